package io.github.batonlock.spring;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.client.RecipeSupport;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.ExpirableLockRegistry;
import org.springframework.integration.support.locks.RenewableLockRegistry;

/**
 * A registry of Spring Integration whose locks are Baton's. A held lock is renewed in the
 * background until it is unlocked.
 *
 * <p><b>What it does not guarantee.</b> A held lock is a lease, as everywhere in Baton: a paused
 * process cannot be stopped from outside. A {@link java.util.concurrent.locks.Lock} cannot tell
 * that it was lost: check {@link #heldLock} between steps, which also has the fencing token.
 *
 * <p><b>The locks.</b> {@link #obtain} returns the same object for each call with a key, while the
 * lock is in use, and as long as the cache keeps it. The cache never evicts a lock that a thread
 * holds or waits for. A lock belongs to the thread that locked it, and is reentrant. {@code unlock}
 * and {@link #renewLock(Object)} of another thread throw {@link IllegalMonitorStateException}.
 *
 * <p><b>A lock that is lost while it is held</b>: {@code unlock} throws {@link
 * ConcurrentModificationException} with the {@link LockRevokedException} as its cause; the thread
 * no longer has the lock then. Until that {@code unlock}, locking it once more throws {@link
 * CannotAcquireLockException}, and renewing it {@link IllegalStateException}, both with that cause.
 *
 * <p><b>A table that fails</b>: locking throws {@link CannotAcquireLockException} with Baton's
 * exception as its cause. {@code unlock} never fails for the table: a release that is not confirmed
 * is tried again in the background.
 *
 * <p><b>The time to live</b> of {@link DistributedLock#lock(Duration)} and {@link
 * DistributedLock#tryLock(Duration, Duration)} is the lease of that hold: how long after a crash
 * the lock stays closed. A thread that has the lock already keeps the lease that it has. Conditions
 * are not supported. No task scheduler is needed for renewals: one that is set is not used.
 *
 * <p>The key of a lock is the registry's key, unless {@link Builder#requests} says otherwise. The
 * registry needs no close, and closes nothing. Safe for use by many threads.
 *
 * <pre>{@code
 * BatonLockRegistry locks = BatonLockRegistry.of(client);
 * locks.executeLocked("reports/2026-11", () -> write(report));
 * }</pre>
 */
public final class BatonLockRegistry
    implements ExpirableLockRegistry<DistributedLock>, RenewableLockRegistry<DistributedLock> {
  private final LockClient client;
  private final Function<? super String, LockRequest> requests;
  private final LockCache cache;
  private final ThreadHolds holds = new ThreadHolds();

  private BatonLockRegistry(Builder builder) {
    this.client = builder.client;
    this.requests = builder.requests;
    this.cache = new LockCache(builder.cacheCapacity, builder.support::nanoTime);
  }

  /**
   * Returns a registry with all defaults.
   *
   * @param client acquires the locks; made by {@link LockClient#builder}, or a wrapper that returns
   *     the {@link LockClient#recipeHost() recipeHost()} of such a client
   * @return the registry
   * @throws IllegalArgumentException for any other client
   */
  public static BatonLockRegistry of(LockClient client) {
    return builder(client).build();
  }

  /**
   * Returns a builder of a registry.
   *
   * @param client acquires the locks; made by {@link LockClient#builder}, or a wrapper that returns
   *     the {@link LockClient#recipeHost() recipeHost()} of such a client
   * @return a builder, for one thread
   * @throws IllegalArgumentException for any other client
   */
  public static Builder builder(LockClient client) {
    return new Builder(client);
  }

  /**
   * Returns the lock of a key; this method sends no request.
   *
   * @param lockKey a {@link String}
   * @return the lock; the same object as before, if the cache still has it
   * @throws IllegalArgumentException if the key is not a {@link String}
   * @throws CannotAcquireLockException if the cache is full of locks that are in use
   */
  @Override
  public DistributedLock obtain(Object lockKey) {
    return cache.obtain(
        name(lockKey), name -> new BatonLock(name, client, this::request, cache, holds));
  }

  private LockRequest request(String name) {
    LockRequest request =
        Objects.requireNonNull(requests.apply(name), "the request for lock '" + name + "'");
    if (request.waitUpTo().isPresent() || request.isWaitForever()) {
      throw new IllegalArgumentException(
          "BatonLockRegistry takes no request with a waiting time (lock '"
              + name
              + "'): lock() and tryLock(...) say how long to wait");
    }
    return request;
  }

  private static String name(Object lockKey) {
    if (lockKey instanceof String name) {
      return name;
    }
    throw new IllegalArgumentException(
        "A key of BatonLockRegistry is a String, but got a " + lockKey.getClass().getName());
  }

  /**
   * Removes locks from the cache that are not in use.
   *
   * @param age in milliseconds, since the lock was obtained, locked or renewed for the last time
   */
  @Override
  public void expireUnusedOlderThan(long age) {
    cache.expire(age);
  }

  /**
   * Checks that the calling thread holds a lock; this method sends no request, since heartbeats
   * renew the lock.
   *
   * @param lockKey a {@link String}
   * @throws IllegalMonitorStateException if the calling thread does not have the lock
   * @throws IllegalStateException if it has lost the lock; with Baton's exception as its cause
   * @throws IllegalArgumentException if the key is not a {@link String}
   */
  @Override
  public void renewLock(Object lockKey) {
    String name = name(lockKey);
    HeldLock lock =
        holds
            .held(name)
            .orElseThrow(
                () ->
                    new IllegalMonitorStateException(
                        "This thread does not have lock '"
                            + name
                            + "'; only its holder renews it"));
    try {
      lock.ensureHeld();
    } catch (LockException e) {
      throw new IllegalStateException("Could not renew lock '" + name + "': " + e.getMessage(), e);
    }
    cache.touch(name);
  }

  /**
   * Checks that the calling thread holds a lock, as {@link #renewLock(Object)} does. Heartbeats
   * renew the lock until it is unlocked, which is longer than any time to live.
   *
   * @param lockKey a {@link String}
   * @param ttl positive
   * @throws IllegalMonitorStateException if the calling thread does not have the lock
   * @throws IllegalStateException if it has lost the lock; with Baton's exception as its cause
   * @throws IllegalArgumentException if the key is not a {@link String}, or the time not positive
   */
  @Override
  public void renewLock(Object lockKey, Duration ttl) {
    if (ttl.isZero() || ttl.isNegative()) {
      throw new IllegalArgumentException(
          "Lock '" + lockKey + "' cannot be renewed for " + ttl + "; use a positive time");
    }
    renewLock(lockKey);
  }

  /**
   * Returns the lock that the calling thread holds: to check whether it is still held, for
   * callbacks, and for the fencing token. Unlock it by the registry's lock only.
   *
   * @param lockKey a {@link String}
   * @return empty if the calling thread does not have the lock
   * @throws IllegalArgumentException if the key is not a {@link String}
   */
  public Optional<HeldLock> heldLock(Object lockKey) {
    return holds.held(name(lockKey));
  }

  /** Returns the client, for people. */
  @Override
  public String toString() {
    return "BatonLockRegistry(" + client + ")";
  }

  /** Builds a {@link BatonLockRegistry}; not safe for use by several threads. */
  public static final class Builder {
    private final LockClient client;
    private final RecipeSupport support;
    private Function<? super String, LockRequest> requests = LockRequest::of;
    private int cacheCapacity = 100_000;

    private Builder(LockClient client) {
      this.client = Objects.requireNonNull(client, "client");
      this.support = RecipeSupport.of(client);
    }

    /**
     * Sets how a lock is acquired: its key (a prefix, a sort key), its lease, its callbacks and
     * attributes. Default: the registry's key is the lock's key.
     *
     * @param requests makes the request from the registry's key, each time the lock is acquired, on
     *     the caller's thread; without a waiting time. Different keys must have different locks
     * @return this
     */
    public Builder requests(Function<? super String, LockRequest> requests) {
      this.requests = Objects.requireNonNull(requests, "requests");
      return this;
    }

    /**
     * Sets how many locks the cache keeps. Default: 100000. Beyond it, the lock that has not been
     * used for longest is evicted; if all are in use, {@link #obtain} throws.
     *
     * @param cacheCapacity positive
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder cacheCapacity(int cacheCapacity) {
      if (cacheCapacity <= 0) {
        throw new IllegalArgumentException(
            "cacheCapacity must be positive, but is " + cacheCapacity);
      }
      this.cacheCapacity = cacheCapacity;
      return this;
    }

    /**
     * Builds the registry.
     *
     * @return the registry
     */
    public BatonLockRegistry build() {
      return new BatonLockRegistry(this);
    }
  }
}
