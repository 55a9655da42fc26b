package io.github.batonlock.spring;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.runtime.Awaits;
import io.github.batonlock.spring.ThreadHolds.ThreadHold;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.Function;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.integration.support.locks.DistributedLock;

/**
 * A lock of a {@link BatonLockRegistry}, which says what its methods throw. The registry has all
 * state: two objects of one name are one lock. Any thread.
 */
final class BatonLock implements DistributedLock {
  /** The longest wait that a request accepts; a longer one means "without a limit". */
  private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

  private final String name;
  private final LockClient client;
  private final Function<String, LockRequest> requests;
  private final LockCache cache;
  private final ThreadHolds holds;

  /** One way to acquire: the lock, or empty if it is not free in time. */
  @FunctionalInterface
  private interface Acquisition {
    Optional<HeldLock> run() throws InterruptedException;
  }

  BatonLock(
      String name,
      LockClient client,
      Function<String, LockRequest> requests,
      LockCache cache,
      ThreadHolds holds) {
    this.name = name;
    this.client = client;
    this.requests = requests;
    this.cache = cache;
    this.holds = holds;
  }

  @Override
  public void lock() {
    if (!reentered()) {
      lockThroughInterrupts(requests.apply(name));
    }
  }

  @Override
  public void lock(Duration ttl) {
    if (!reentered()) {
      lockThroughInterrupts(withLease(ttl));
    }
  }

  private void lockThroughInterrupts(LockRequest request) {
    boolean unused = Awaits.throughInterrupts(() -> takes(() -> waited(request)));
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (!reentered()) {
      LockRequest request = requests.apply(name);
      boolean unused = takes(() -> waited(request));
    }
  }

  private Optional<HeldLock> waited(LockRequest request) throws InterruptedException {
    return Optional.of(client.acquire(request.toBuilder().waitForever().build()));
  }

  @Override
  public boolean tryLock() {
    if (reentered()) {
      return true;
    }
    LockRequest request = requests.apply(name).withoutWaiting();
    return Awaits.throughInterrupts(() -> takes(() -> client.tryAcquire(request)));
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    return reentered() || tookWithin(nanos(unit.toNanos(time)), requests.apply(name));
  }

  @Override
  public boolean tryLock(Duration waitTime, Duration ttl) throws InterruptedException {
    return reentered() || tookWithin(waitTime, withLease(ttl));
  }

  private static Duration nanos(long nanos) {
    return nanos == Long.MAX_VALUE ? LONGEST_WAIT : Duration.ofNanos(nanos);
  }

  private boolean tookWithin(Duration time, LockRequest request) throws InterruptedException {
    if (time.isZero() || time.isNegative()) {
      LockRequest once = request.withoutWaiting();
      return takes(() -> client.tryAcquire(once));
    }
    Duration wait = time.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : time;
    LockRequest waiting = request.toBuilder().waitUpTo(wait).build();
    return takes(() -> acquiredInTime(waiting));
  }

  private Optional<HeldLock> acquiredInTime(LockRequest request) throws InterruptedException {
    try {
      return Optional.of(client.acquire(request));
    } catch (LockNotAcquiredException e) {
      if (e.reason() == LockNotAcquiredException.Reason.CLIENT_CLOSED) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private LockRequest withLease(Duration ttl) {
    return requests.apply(name).toBuilder().leaseDuration(ttl).build();
  }

  private boolean reentered() {
    ThreadHold hold = holds.get(name);
    if (hold == null) {
      return false;
    }
    try {
      hold.lock.ensureHeld();
    } catch (LockException e) {
      throw new CannotAcquireLockException(
          "This thread has lock '" + name + "', and has lost it: unlock it first", e);
    }
    hold.count++;
    return true;
  }

  /** Acquires for the calling thread, and says whether it has the lock now. */
  private boolean takes(Acquisition acquisition) throws InterruptedException {
    cache.begins(name, this);
    Optional<HeldLock> lock = Optional.empty();
    try {
      lock = acquisition.run();
      lock.ifPresent(held -> holds.began(name, held));
      return lock.isPresent();
    } catch (LockException e) {
      throw new CannotAcquireLockException("Failed to lock '" + name + "': " + e.getMessage(), e);
    } finally {
      if (lock.isEmpty()) {
        cache.ends(name);
      }
    }
  }

  @Override
  public void unlock() {
    ThreadHold hold = holds.get(name);
    if (hold == null) {
      throw new IllegalMonitorStateException(
          "This thread does not have lock '" + name + "'; unlock what was locked");
    }
    if (--hold.count > 0) {
      return;
    }
    holds.ended(name);
    cache.ends(name);
    hold.lock.close();
    hold.lock
        .revocation()
        .ifPresent(
            revocation -> {
              throw new ConcurrentModificationException(
                  "Lock '"
                      + name
                      + "' was lost before it was unlocked ("
                      + revocation.reason()
                      + "); another process may have worked under it",
                  new LockRevokedException(revocation));
            });
  }

  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException(
        "A lock of the table has no conditions; wait for the lock, or poll what you wait for");
  }

  @Override
  public String toString() {
    return "BatonLock(" + name + ")";
  }
}
