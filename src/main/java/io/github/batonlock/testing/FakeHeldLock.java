package io.github.batonlock.testing;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * A held lock without a client and a table, for unit tests of code that takes a {@link HeldLock}:
 * the test revokes it, puts it in jeopardy, or asks for its release.
 *
 * <p>It answers and throws as a real lock does. It differs in three things. Its callbacks run on
 * the thread of the test, inside the method that causes them. Its time stands still: {@link
 * #remaining()} is what the test sets, at first the whole usable lease of the default lease, 16 s.
 * And {@link #guard()} is a placeholder that DynamoDB refuses.
 *
 * <p>For code that acquires locks, {@link LockTestbed} has real clients. Safe for use by many
 * threads.
 */
public final class FakeHeldLock implements HeldLock {
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final Duration USABLE = Duration.ofSeconds(16);

  private final LockKey key;
  private final long fencingToken;

  @GuardedBy("this")
  private final List<Consumer<? super Revocation>> onRevoked = new ArrayList<>();

  @GuardedBy("this")
  private final List<Consumer<? super HeldLock>> onJeopardy = new ArrayList<>();

  @GuardedBy("this")
  private final List<Consumer<? super HeldLock>> onSafe = new ArrayList<>();

  @GuardedBy("this")
  private final List<Consumer<? super ReleaseRequest>> onReleaseRequested = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable Revocation revocation;

  @GuardedBy("this")
  private @Nullable ReleaseRequest releaseRequest;

  @GuardedBy("this")
  private @Nullable SdkBytes data;

  @GuardedBy("this")
  private Duration remaining = USABLE;

  @GuardedBy("this")
  private boolean inJeopardy;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private int progressReports;

  /**
   * Creates a lock that is held.
   *
   * @param key the lock
   * @param fencingToken positive
   */
  public FakeHeldLock(LockKey key, long fencingToken) {
    this.key = Objects.requireNonNull(key, "key");
    this.fencingToken = fencingToken;
    if (fencingToken < 1) {
      throw new IllegalArgumentException(
          "The token of lock '%s' is %d; tokens are positive".formatted(key, fencingToken));
    }
  }

  /**
   * Creates a lock that is held, with the token 1.
   *
   * @param key the lock's partition key
   * @return the lock
   */
  public static FakeHeldLock of(String key) {
    return new FakeHeldLock(LockKey.of(key), 1);
  }

  // What the test does to the lock.

  /**
   * Revokes the lock as a client does, and runs the callbacks. The times of the revocation are
   * those of the default lease at its deadline: renewed 16 s before, free for others in 4 s. Where
   * the reason says that another client may have the lock, it is free for others at once.
   *
   * @param reason why
   * @return what the callbacks received
   */
  public Revocation revoke(Revocation.Reason reason) {
    boolean isSafe =
        switch (reason) {
          case LEASE_EXPIRED, WORKER_DIED, HELD_TOO_LONG, STALLED -> true;
          case TAKEN_OVER, ITEM_DELETED, ITEM_CHANGED, RELEASED_EXTERNALLY, CLIENT_CLOSED -> false;
        };
    Revocation made =
        new Revocation(
            key, fencingToken, reason, USABLE, isSafe ? LEASE.minus(USABLE) : Duration.ZERO, null);
    revoke(made);
    return made;
  }

  /**
   * Revokes the lock, and runs the callbacks. No effect if it was closed or revoked already.
   *
   * @param what what the callbacks receive
   */
  public void revoke(Revocation what) {
    List<Consumer<? super Revocation>> told;
    synchronized (this) {
      if (closed || revocation != null) {
        return;
      }
      revocation = Objects.requireNonNull(what, "what");
      told = List.copyOf(onRevoked);
    }
    told.forEach(callback -> callback.accept(what));
  }

  /**
   * Puts the lock in jeopardy, and runs the callbacks: its renewals fail, and it is still held.
   *
   * @param left how much of the lease is left from now on, positive
   */
  public void jeopardize(Duration left) {
    List<Consumer<? super HeldLock>> told;
    synchronized (this) {
      inJeopardy = true;
      remaining = left;
      told = List.copyOf(onJeopardy);
    }
    told.forEach(callback -> callback.accept(this));
  }

  /** Renews a lock in jeopardy, and runs the callbacks: the whole usable lease is left again. */
  public void renew() {
    List<Consumer<? super HeldLock>> told;
    synchronized (this) {
      told = inJeopardy ? List.copyOf(onSafe) : List.of();
      inJeopardy = false;
      remaining = USABLE;
    }
    told.forEach(callback -> callback.accept(this));
  }

  /**
   * Sets how much of the lease is left. Zero makes the lock suspect, as after a suspend of the
   * machine: it is not held, and not revoked.
   *
   * @param left not negative
   */
  public synchronized void setRemaining(Duration left) {
    remaining = Objects.requireNonNull(left, "left");
  }

  /**
   * Asks for the release of the lock, and runs the callbacks.
   *
   * @param request what they receive
   */
  public void requestRelease(ReleaseRequest request) {
    List<Consumer<? super ReleaseRequest>> told;
    synchronized (this) {
      releaseRequest = Objects.requireNonNull(request, "request");
      told = List.copyOf(onReleaseRequested);
    }
    told.forEach(callback -> callback.accept(request));
  }

  // What the test asks.

  /**
   * Returns whether the lock was closed.
   *
   * @return true after the first {@link #close} or {@link #closeAsync}
   */
  public synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Returns how often {@link #progress} was called.
   *
   * @return zero at first
   */
  public synchronized int progressReports() {
    return progressReports;
  }

  // The lock.

  @Override
  public LockKey key() {
    return key;
  }

  @Override
  public long fencingToken() {
    return fencingToken;
  }

  @Override
  public Optional<LockKey> session() {
    return Optional.empty();
  }

  @Override
  public boolean isHeld() {
    return !remaining().isZero();
  }

  @Override
  public synchronized Duration remaining() {
    return closed || revocation != null ? Duration.ZERO : remaining;
  }

  @Override
  public void ensureHeld() {
    require(Duration.ofNanos(1));
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    if (duration.isNegative() || duration.isZero() || duration.compareTo(USABLE) > 0) {
      throw new IllegalArgumentException(
          "The usable lease of the fake lock '%s' is %s; it cannot be held for %s"
              .formatted(key, USABLE, duration));
    }
    require(duration);
  }

  private synchronized void require(Duration needed) {
    if (closed) {
      throw new IllegalStateException("Lock '" + key + "' was closed");
    }
    if (revocation != null) {
      throw new LockRevokedException(revocation);
    }
    if (remaining.compareTo(needed) < 0) {
      throw new LockNotHeldException(
          key, "Lock '%s' has %s left, less than %s".formatted(key, remaining, needed));
    }
  }

  @Override
  public synchronized void progress() {
    progressReports++;
  }

  @Override
  public TransactWriteItem guard() {
    ensureHeld();
    return TransactWriteItem.builder()
        .conditionCheck(
            check -> check.tableName("fake").conditionExpression("attribute_exists(fencingToken)"))
        .build();
  }

  @Override
  public HeldLock onRevoked(Consumer<? super Revocation> callback) {
    Revocation already;
    synchronized (this) {
      onRevoked.add(Objects.requireNonNull(callback, "callback"));
      already = revocation;
    }
    if (already != null) {
      callback.accept(already);
    }
    return this;
  }

  @Override
  public HeldLock onJeopardy(Consumer<? super HeldLock> callback) {
    boolean already;
    synchronized (this) {
      onJeopardy.add(Objects.requireNonNull(callback, "callback"));
      already = inJeopardy && !closed && revocation == null;
    }
    if (already) {
      callback.accept(this);
    }
    return this;
  }

  @Override
  public synchronized HeldLock onSafe(Consumer<? super HeldLock> callback) {
    onSafe.add(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public HeldLock onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
    ReleaseRequest already;
    synchronized (this) {
      onReleaseRequested.add(Objects.requireNonNull(callback, "callback"));
      already = releaseRequest;
    }
    if (already != null) {
      callback.accept(already);
    }
    return this;
  }

  @Override
  public synchronized Optional<Revocation> revocation() {
    return Optional.ofNullable(revocation);
  }

  @Override
  public synchronized Optional<SdkBytes> data() {
    return Optional.ofNullable(data);
  }

  @Override
  public synchronized void updateData(SdkBytes newData) {
    ensureHeld();
    data = Objects.requireNonNull(newData, "newData");
  }

  @Override
  public CompletableFuture<Void> updateDataAsync(SdkBytes newData) {
    try {
      updateData(newData);
      return CompletableFuture.completedFuture(null);
    } catch (LockNotHeldException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    close();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public String toString() {
    return "FakeHeldLock(" + key + ", token " + fencingToken + ")";
  }
}
