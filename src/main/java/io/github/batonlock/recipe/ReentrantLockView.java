package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.runtime.Awaits;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.PerThread;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A view of a lock as a {@link Lock} of the JDK, for code that expects one: reentrant, counted,
 * bound to the thread that acquired it.
 *
 * <p>A {@link Lock} has no way to report that it was lost. Check {@link #heldLock()} between steps,
 * or rely on {@link #unlock()}, which throws if the lock was lost meanwhile. Waiting threads of one
 * client get the lock in the order of their calls.
 *
 * <p>All threads may share one view; each thread has a hold of its own. Two views of one key do not
 * know of each other: a thread that uses both waits for itself.
 *
 * <pre>{@code
 * Lock lock = ReentrantLockView.of(client, "reports/2026-11");
 * lock.lock();
 * try {
 *   write(report);
 * } finally {
 *   lock.unlock();
 * }
 * }</pre>
 */
public final class ReentrantLockView implements Lock {
  /**
   * The longest wait that a request accepts; callers that mean "without a limit" pass a longer one.
   */
  private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

  private final LockClient client;
  private final LockRequest request;

  /** Of this view alone: a thread may hold locks of several views. */
  private final PerThread<Hold> holds = new PerThread<>();

  /** The hold of one thread. */
  @ConfinedTo(ConfinedTo.ONE_THREAD)
  private static final class Hold {
    final HeldLock lock;
    long count = 1;

    Hold(HeldLock lock) {
      this.lock = lock;
    }
  }

  private ReentrantLockView(LockClient client, LockRequest request) {
    this.client = Objects.requireNonNull(client, "client");
    this.request = Objects.requireNonNull(request, "request");
    new RequestOptions("ReentrantLockView", request)
        .refuseWait("lock(), tryLock() or tryLock(long, TimeUnit)");
  }

  /**
   * Returns a view of a lock with the client's lease.
   *
   * @param client acquires the lock
   * @param key the lock
   * @return the view; this method sends no request
   */
  public static ReentrantLockView of(LockClient client, String key) {
    return of(client, LockRequest.of(key));
  }

  /**
   * Returns a view of a lock with the client's lease.
   *
   * @param client acquires the lock
   * @param key the lock
   * @return the view; this method sends no request
   */
  public static ReentrantLockView of(LockClient client, LockKey key) {
    return of(client, LockRequest.of(key));
  }

  /**
   * Returns a view of a lock that is acquired as a request says.
   *
   * @param client acquires the lock
   * @param request which lock, with which options; without a waiting time: the methods of {@link
   *     Lock} say how long to wait. With {@code requestRelease} a thread that waits asks the holder
   * @return the view; this method sends no request
   * @throws IllegalArgumentException if the request has {@code waitUpTo} or {@code waitForever}
   */
  public static ReentrantLockView of(LockClient client, LockRequest request) {
    return new ReentrantLockView(client, request);
  }

  /**
   * Acquires the lock, waiting without a limit. Interrupts do not end the wait, and the interrupt
   * status is kept. A thread that already has the lock gets it once more, if it has not been lost.
   *
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   * @throws LockNotAcquiredException if the client is closed meanwhile
   */
  @Override
  public void lock() {
    Awaits.throughInterrupts(
        () -> {
          lockInterruptibly();
          return this;
        });
  }

  /**
   * Acquires the lock, waiting without a limit.
   *
   * @throws InterruptedException if interrupted first; the lock is not acquired then
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   * @throws LockNotAcquiredException if the client is closed meanwhile
   */
  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (!reentered()) {
      took(client.acquire(request.toBuilder().waitForever().build()));
    }
  }

  /**
   * Acquires the lock only if it is free now. Unlike the JDK's locks, this method asks the table,
   * which takes one request, unless the client knows that the lock is held ({@link
   * LockClient#tryAcquire}). An interrupt does not end the call, and the interrupt status is kept.
   *
   * @return whether this thread has it
   * @throws LockRevokedException if this thread had the lock and it was lost
   * @throws io.github.batonlock.LockStoreException if the table cannot be used
   */
  @Override
  public boolean tryLock() {
    return reentered() || Awaits.throughInterrupts(this::tookIfFree);
  }

  /**
   * Acquires the lock, waiting for at most the given time.
   *
   * @param time how long to wait; one try if not positive
   * @param unit of the time
   * @return whether this thread has it
   * @throws InterruptedException if interrupted first; the lock is not acquired then
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
    LockRequest asked = wait.isZero() ? request.withoutWaiting() : request;
    try {
      took(client.acquire(asked.toBuilder().waitUpTo(wait).build()));
      return true;
    } catch (LockNotAcquiredException e) {
      if (e.reason() == LockNotAcquiredException.Reason.CLIENT_CLOSED) {
        throw e;
      }
      return false;
    }
  }

  private boolean tookIfFree() throws InterruptedException {
    Optional<HeldLock> lock = client.tryAcquire(request.withoutWaiting());
    lock.ifPresent(this::took);
    return lock.isPresent();
  }

  private void took(HeldLock lock) {
    holds.set(new Hold(lock));
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
   * Releases the lock once it has been called as often as the lock was acquired.
   *
   * @throws IllegalMonitorStateException if this thread does not have the lock
   * @throws LockRevokedException at the last call, if the lock was lost meanwhile; this thread no
   *     longer has the lock in this case either
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
   * Returns the lock that this thread holds: to check whether it is still held, and for the fencing
   * token.
   *
   * @return empty if this thread does not have the lock
   */
  public Optional<HeldLock> heldLock() {
    return Optional.ofNullable(holds.get()).map(hold -> hold.lock);
  }

  /**
   * Always throws: conditions do not work across machines.
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
