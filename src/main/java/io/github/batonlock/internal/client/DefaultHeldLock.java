package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Standing;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * What the user holds: answers from a snapshot and the clock, without I/O and without locks.
 *
 * <p>Its end is decided by one compare-and-set, whichever thread comes first: the loop, a reader
 * that finds the deadline passed, or the user's close.
 */
final class DefaultHeldLock implements HeldLock {
  private final Core core;
  private final AcquireSpec spec;
  private final long fencingToken;
  private final LeaseKeeper keeper;
  private final RevocationCallbacks callbacks;
  private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();
  private final AtomicBoolean checkAsked = new AtomicBoolean();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private volatile LeaseView view;
  private volatile @Nullable SdkBytes data;
  private volatile @Nullable LockStoreException lastFailure;
  private volatile @Nullable CompletableFuture<Void> work;

  DefaultHeldLock(
      Core core, AcquireSpec spec, long fencingToken, @Nullable SdkBytes data, Grant grant) {
    this.core = core;
    this.spec = spec;
    this.fencingToken = fencingToken;
    this.data = data;
    this.view = new LeaseView(grant.sentAt(), spec.terms().usable().toNanos(), null);
    this.callbacks = new RevocationCallbacks(core.notices, this);
    this.keeper = new LeaseKeeper(core, this, spec, grant);
    if (spec.onRevoked() != null) {
      callbacks.add(spec.onRevoked());
    }
  }

  /**
   * The write that granted a lock.
   *
   * @param version its version
   * @param sentAt taken before it was sent
   */
  record Grant(String version, Moment sentAt) {}

  @Override
  public LockKey key() {
    return spec.key();
  }

  @Override
  public long fencingToken() {
    return fencingToken;
  }

  @Override
  public boolean isHeld() {
    return remainingNanos(core.now()) > 0;
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos(core.now()));
  }

  @Override
  public void ensureHeld() {
    requireHeld(Duration.ZERO);
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    Duration usable = spec.terms().usable();
    if (duration.isNegative() || duration.isZero() || duration.compareTo(usable) > 0) {
      throw Refusals.neverThatLong(key(), spec.terms(), duration);
    }
    requireHeld(duration);
  }

  private void requireHeld(Duration needed) {
    Moment now = core.now();
    long remaining = remainingNanos(now);
    if (remaining > 0 && remaining >= needed.toNanos()) {
      return;
    }
    Ending end = ending.get();
    if (end instanceof Ending.Revoked revoked) {
      throw new LockRevokedException(revoked.revocation());
    }
    if (end != null) {
      throw Refusals.released(key(), fencingToken);
    }
    throw remaining > 0
        ? Refusals.notThatLong(key(), describe(now), remaining, needed)
        : Refusals.suspect(key(), describe(now));
  }

  /** Zero unless the lock is held; what is found amiss on the way is acted on. Any thread. */
  private long remainingNanos(Moment now) {
    if (ending.get() != null) {
      return 0;
    }
    LeaseView current = view;
    switch (current.standing(now)) {
      case OVER -> revoke(Revocation.Reason.LEASE_EXPIRED);
      case SUSPECT -> askForCheck();
      case GOOD -> {
        return current.remainingNanos(now);
      }
    }
    return 0;
  }

  private void askForCheck() {
    if (checkAsked.compareAndSet(false, true)) {
      core.loop.execute(
          () -> {
            checkAsked.set(false);
            keeper.checkClocks();
          });
    }
  }

  @Override
  public HeldLock onRevoked(Consumer<? super Revocation> callback) {
    callbacks.add(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public HeldLock onJeopardy(Consumer<? super HeldLock> callback) {
    keeper.watch().onJeopardy(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public HeldLock onSafe(Consumer<? super HeldLock> callback) {
    keeper.watch().onSafe(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public Optional<Revocation> revocation() {
    return ending.get() instanceof Ending.Revoked revoked
        ? Optional.of(revoked.revocation())
        : Optional.empty();
  }

  @Override
  public Optional<SdkBytes> data() {
    return Optional.ofNullable(data);
  }

  @Override
  public void updateData(SdkBytes newData) throws InterruptedException {
    Void unused = core.platform.await(startUpdate(newData));
  }

  @Override
  public CompletableFuture<Void> updateDataAsync(SdkBytes newData) {
    AcquireSpec.checkData(key(), newData);
    try {
      return core.notices.forUser(startUpdate(newData));
    } catch (LockException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> startUpdate(SdkBytes newData) {
    AcquireSpec.checkData(key(), newData);
    requireHeld(Duration.ZERO);
    CompletableFuture<Void> done = new CompletableFuture<>();
    core.calls.track(done, () -> done.completeExceptionally(overException()));
    core.loop.execute(() -> keeper.updateData(newData, done));
    return done;
  }

  @Override
  public void close() {
    Void unused = core.platform.awaitUninterruptibly(startRelease());
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    return core.notices.forUser(startRelease());
  }

  private CompletableFuture<Void> startRelease() {
    // The time first: a renewal that comes between the two makes the answer better, not worse.
    Moment now = core.now();
    if (ending.get() == null && view.standing(now) == Standing.OVER) {
      // The work may have gone on past the lease: that is a loss, not a release.
      revoke(Revocation.Reason.LEASE_EXPIRED);
    }
    if (ending.compareAndSet(null, new Ending.Released())) {
      core.calls.track(released, this::releaseDone);
      core.loop.execute(keeper::release);
    } else if (ending.get() instanceof Ending.Revoked) {
      core.loop.execute(keeper::closedAfterRevocation);
      released.complete(null);
    }
    return released;
  }

  /** The caller does not want it any more: released, and nobody waits for that. */
  void discard() {
    CompletableFuture<Void> unused = startRelease();
  }

  /** The release was confirmed, or given up. */
  void releaseDone() {
    released.complete(null);
  }

  /** Ends this hold, unless it has ended; then tells everybody, once. Any thread. */
  void revoke(Revocation.Reason reason) {
    Revocation revocation = loss(reason);
    if (ending.compareAndSet(null, new Ending.Revoked(revocation))) {
      callbacks.revoked(revocation);
      core.notices.tell(listener -> listener.revoked(this, revocation));
      core.loop.execute(keeper::ended);
    }
  }

  /** Describes a loss at this moment. */
  Revocation loss(Revocation.Reason reason) {
    long elapsed = Math.max(0, core.now().holderElapsedSince(view.confirmedAt()));
    long untilTakeover =
        reason == Revocation.Reason.LEASE_EXPIRED
            ? Math.max(0, spec.terms().lease().toNanos() - elapsed)
            : 0;
    return new Revocation(
        key(),
        fencingToken,
        reason,
        Duration.ofNanos(elapsed),
        Duration.ofNanos(untilTakeover),
        lastFailure);
  }

  /** The acquisition has returned this lock: callbacks may run from here on. */
  DefaultHeldLock handedOver() {
    callbacks.enable();
    return this;
  }

  /** Work of {@code callLocked} begins; the lock must not be released under it. */
  CompletableFuture<Void> workBegins(Runnable interrupt) {
    CompletableFuture<Void> ends = new CompletableFuture<>();
    work = ends;
    callbacks.addInternal(interrupt);
    return ends;
  }

  /** Done when no work of {@code callLocked} goes on. */
  CompletableFuture<Void> workDone() {
    CompletableFuture<Void> current = work;
    return current == null ? CompletableFuture.completedFuture(null) : current;
  }

  /** Done when the revocation callbacks have returned. */
  CompletableFuture<Void> callbacksDone() {
    return callbacks.done();
  }

  /** Starts renewals. On the loop. */
  void keep() {
    keeper.start();
  }

  LeaseView view() {
    return view;
  }

  void view(LeaseView newView) {
    view = newView;
  }

  void data(SdkBytes newData) {
    data = newData;
  }

  void lastFailure(@Nullable LockStoreException failure) {
    lastFailure = failure;
  }

  LeaseTerms terms() {
    return spec.terms();
  }

  LeaseKeeper keeper() {
    return keeper;
  }

  /** Why an operation that needs the lock cannot go on. */
  RuntimeException overException() {
    return ending.get() instanceof Ending.Revoked revoked
        ? new LockRevokedException(revoked.revocation())
        : Refusals.released(key(), fencingToken);
  }

  private String describe(Moment now) {
    return "Lock '"
        + key()
        + "' (token "
        + fencingToken
        + ", owner '"
        + core.config.ownerName()
        + "', renewed "
        + Duration.ofNanos(now.holderElapsedSince(view.confirmedAt())).toMillis()
        + " ms ago)";
  }

  @Override
  public String toString() {
    Ending end = ending.get();
    String state =
        end == null
            ? view.standing(core.now()) == Standing.GOOD ? "held" : "not certainly held"
            : end instanceof Ending.Revoked revoked
                ? "revoked: " + revoked.revocation().reason()
                : "released";
    return "lock '" + key() + "' (token " + fencingToken + ") " + state;
  }
}
