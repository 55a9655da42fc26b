package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.runtime.Blocking;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A lock of the table as a {@link Lock} of the JDK, for code that expects one: reentrant, counted,
 * bound to the thread that took it.
 *
 * <p>What a {@link Lock} cannot say: that it was lost. Ask {@link #heldLock()} between steps, or
 * let {@link #unlock()} tell, which throws when the lock was lost meanwhile. Waiting threads of one
 * client get the lock in the order in which they came.
 *
 * <p>One view may be shared by all threads; each has a hold of its own. Two views of one key know
 * nothing of each other: a thread that uses both waits for itself.
 *
 * <pre>{@code
 * Lock lock = new ReentrantLockView(client, LockRequest.of("reports/2026-11"));
 * lock.lock();
 * try {
 *   write(report);
 * } finally {
 *   lock.unlock();
 * }
 * }</pre>
 */
public final class ReentrantLockView implements Lock {
  /** What a request takes; code that means "for ever" says more. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

  private final LockClient client;
  private final LockRequest request;

  // Of a view, not of the class: a thread may hold locks of several views.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<@Nullable Hold> holds = new ThreadLocal<>();

  /** What one thread has. */
  @ConfinedTo(ConfinedTo.ONE_THREAD)
  private static final class Hold {
    final HeldLock lock;
    long count = 1;

    Hold(HeldLock lock) {
      this.lock = lock;
    }
  }

  /**
   * A view of one lock.
   *
   * @param client takes it
   * @param request which lock, with which options; how long to wait is told by the methods of
   *     {@link Lock}, whatever the request says
   */
  public ReentrantLockView(LockClient client, LockRequest request) {
    this.client = Objects.requireNonNull(client, "client");
    this.request = Objects.requireNonNull(request, "request");
  }

  /**
   * Takes the lock, waiting for as long as it takes, through interrupts, which are kept. A thread
   * that has it already gets it once more, if it has not been lost.
   *
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   * @throws LockNotAcquiredException if the client is closed meanwhile
   */
  @Override
  public void lock() {
    Blocking.throughInterrupts(
        () -> {
          lockInterruptibly();
          return this;
        });
  }

  /**
   * Takes the lock, waiting for as long as it takes.
   *
   * @throws InterruptedException if interrupted first; the lock is not taken then
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   * @throws LockNotAcquiredException if the client is closed meanwhile
   */
  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (!reentered()) {
      holds.set(new Hold(client.acquire(request.toBuilder().waitForever().build())));
    }
  }

  /**
   * Takes the lock if one look finds it free. Unlike its model it asks the table, which takes a
   * request, unless the client knows that the lock is held ({@link LockClient#tryAcquire}); an
   * interrupt does not end it, and is kept.
   *
   * @return whether this thread has it
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   */
  @Override
  public boolean tryLock() {
    return reentered() || Blocking.throughInterrupts(() -> took(client.tryAcquire(request)));
  }

  /**
   * Takes the lock, waiting for so long at most.
   *
   * @param time how long; one look if not positive
   * @param unit of the time
   * @return whether this thread has it
   * @throws InterruptedException if interrupted first; the lock is not taken then
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   */
  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    if (reentered()) {
      return true;
    }
    long nanos = Math.min(unit.toNanos(time), LONGEST_WAIT.toNanos());
    Duration wait = Duration.ofNanos(Math.max(0, nanos));
    try {
      return took(Optional.of(client.acquire(request.toBuilder().waitUpTo(wait).build())));
    } catch (LockNotAcquiredException e) {
      if (e.reason() == LockNotAcquiredException.Reason.CLIENT_CLOSED) {
        throw e;
      }
      return false;
    }
  }

  private boolean took(Optional<HeldLock> lock) {
    lock.ifPresent(taken -> holds.set(new Hold(taken)));
    return lock.isPresent();
  }

  private boolean reentered() {
    Hold hold = holds.get();
    if (hold == null) {
      return false;
    }
    hold.lock.ensureHeld();
    hold.count++;
    return true;
  }

  /**
   * Gives the lock back when it has been called as often as the lock was taken.
   *
   * @throws IllegalMonitorStateException if this thread does not have the lock
   * @throws LockRevokedException at the last call, if the lock was lost meanwhile; the thread has
   *     it no more all the same
   */
  @Override
  public void unlock() {
    Hold hold = holds.get();
    if (hold == null) {
      throw new IllegalMonitorStateException(
          "This thread does not have lock '" + request.key() + "'; unlock what was locked");
    }
    if (--hold.count > 0) {
      return;
    }
    holds.remove();
    hold.lock.close();
    hold.lock
        .revocation()
        .ifPresent(
            revocation -> {
              throw new LockRevokedException(revocation);
            });
  }

  /**
   * What this thread holds: to ask whether it is held still, and for the fencing token.
   *
   * @return empty if this thread does not have the lock
   */
  public Optional<HeldLock> heldLock() {
    return Optional.ofNullable(holds.get()).map(hold -> hold.lock);
  }

  /**
   * Conditions of another machine cannot be waited for.
   *
   * @return never
   * @throws UnsupportedOperationException always
   */
  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException(
        "A lock of the table has no conditions; wait for the lock, or poll what you wait for");
  }

  @Override
  public String toString() {
    return "ReentrantLockView(" + request.key() + ")";
  }
}
