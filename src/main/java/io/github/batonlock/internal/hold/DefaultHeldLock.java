package io.github.batonlock.internal.hold;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The lock as the user sees it. Answers from a snapshot and the clock, without I/O and without
 * locks.
 *
 * <p>One compare-and-set decides how the hold ends, whichever thread comes first: the loop, a
 * reader that finds the deadline passed, or the user's close.
 */
public final class DefaultHeldLock implements HeldLock {
  private final HoldContext core;
  private final HoldSpec spec;
  private final long fencingToken;
  private final @Nullable SharedLeaseSource session;
  private final LeaseRenewer keeper;
  private final @Nullable HoldLimitMonitor gates;
  private final RevocationCallbacks callbacks;
  private final AtomicReference<@Nullable HoldEnd> ending = new AtomicReference<>();
  private final AtomicBoolean checkAsked = new AtomicBoolean();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private volatile LeaseView view;
  private volatile @Nullable SdkBytes data;
  private volatile @Nullable LockStoreException lastFailure;

  public DefaultHeldLock(
      HoldContext core, HoldSpec spec, long fencingToken, @Nullable SdkBytes data, Grant grant) {
    this.core = core;
    this.spec = spec;
    this.fencingToken = fencingToken;
    this.data = data;
    SharedLeaseSource shared = grant.session();
    this.session = shared;
    this.callbacks = new RevocationCallbacks(core.notices, this);
    this.gates = HoldLimitMonitor.of(core, this, spec.limits());
    if (shared == null) {
      this.view = new LeaseView(grant.sentAt(), spec.terms().usable().toNanos(), null);
      this.keeper = new OwnLease(core, this, spec, grant);
    } else {
      this.view = shared.lease().view();
      this.keeper = new SharedLease(core, this, spec, grant, shared);
    }
    if (spec.onRevoked() != null) {
      callbacks.add(spec.onRevoked());
    }
  }

  @Override
  public LockKey key() {
    return spec.key();
  }

  @Override
  public long fencingToken() {
    return fencingToken;
  }

  @Override
  public Optional<LockKey> session() {
    return Optional.ofNullable(session).map(SharedLeaseSource::key);
  }

  @Override
  public boolean isHeld() {
    return HoldChecks.remainingNanos(this, core.loop.now()) > 0;
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(HoldChecks.remainingNanos(this, core.loop.now()));
  }

  @Override
  public void ensureHeld() {
    HoldChecks.require(this, core.config.ownerName(), core.loop.now(), Duration.ZERO);
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    HoldChecks.checkPossible(this, duration);
    HoldChecks.require(this, core.config.ownerName(), core.loop.now(), duration);
  }

  /** The hold that has the lease: this lock, or its session's. */
  DefaultHeldLock leased() {
    SharedLeaseSource shared = session;
    return shared == null ? this : shared.lease();
  }

  Revocation.Reason reasonForItsLocks() {
    return ending.get() instanceof HoldEnd.Revoked revoked
        ? revoked.revocation().reason()
        : Revocation.Reason.CLIENT_CLOSED;
  }

  /** The clocks disagree. A heartbeat that is sent at once decides. */
  void askForCheck() {
    if (checkAsked.compareAndSet(false, true)) {
      core.loop.execute(
          () -> {
            checkAsked.set(false);
            keeper.checkClocks();
          });
    }
  }

  @Override
  public void progress() {
    if (gates != null && !isEnded()) {
      gates.pulse(core.loop.now());
    }
  }

  @Override
  public TransactWriteItem guard() {
    ensureHeld();
    return core.guards.of(key(), fencingToken);
  }

  @Override
  public HeldLock onRevoked(Consumer<? super Revocation> callback) {
    callbacks.add(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public HeldLock onJeopardy(Consumer<? super HeldLock> callback) {
    callbacks.whileHeld().onJeopardy(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public HeldLock onSafe(Consumer<? super HeldLock> callback) {
    callbacks.whileHeld().onSafe(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  @Override
  public HeldLock onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
    callbacks.whileHeld().onReleaseRequested(Objects.requireNonNull(callback, "callback"));
    return this;
  }

  /** The release request that a heartbeat has brought back. On the loop. */
  public void asked(@Nullable AskedRelease asked) {
    if (asked != null && !isEnded()) {
      callbacks.whileHeld().asked(asked);
    }
  }

  /** The acquisition of this lock has succeeded. On the loop. */
  public void acquired() {
    tell(listener -> listener.acquired(this));
    if (session != null && session.isInJeopardy()) {
      jeopardy(true);
    }
  }

  /** Renewals have failed for long, or the lease was renewed again. On the loop. */
  public void jeopardy(boolean begins) {
    callbacks.jeopardy(begins);
    tell(begins ? listener -> listener.jeopardy(this) : listener -> listener.safe(this));
  }

  /** Tells the listener for this lock: the user's, or its session. */
  void tell(Consumer<LockListener> event) {
    if (spec.isSession()) {
      core.sessionEvents.tell(key(), event);
    } else {
      core.notices.tell(event);
    }
  }

  @Override
  public Optional<Revocation> revocation() {
    return ending.get() instanceof HoldEnd.Revoked revoked
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
    try {
      return core.notices.forUser(startUpdate(newData));
    } catch (LockException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> startUpdate(SdkBytes newData) {
    DataUpdates.check(key(), newData);
    ensureHeld();
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
    // Read the time first: a renewal between the two reads makes the answer better, not worse.
    ClockReading now = core.loop.now();
    if (!isEnded()) {
      // The work may have run past the lease: that is a loss, not a release.
      HoldChecks.revokeIfOver(this, now);
    }
    if (ending.compareAndSet(null, new HoldEnd.Released())) {
      core.calls.track(released, this::releaseDone);
      core.loop.execute(keeper::release);
    } else if (ending.get() instanceof HoldEnd.Revoked) {
      core.loop.execute(keeper::closedAfterRevocation);
      released.complete(null);
    }
    return released;
  }

  /** The caller no longer wants the lock. */
  public void discard() {
    var unused = startRelease();
  }

  /** Releases the lock at the holder's request, in the same task. On the loop. */
  public void releaseOnLoop() {
    if (ending.compareAndSet(null, new HoldEnd.Released())) {
      keeper.release();
    }
  }

  public boolean isEnded() {
    return ending.get() != null;
  }

  void releaseDone() {
    released.complete(null);
  }

  /** Ends this hold, unless it has ended, and then notifies all listeners once. Any thread. */
  public void revoke(Revocation.Reason reason) {
    Revocation revocation = loss(reason);
    if (ending.compareAndSet(null, new HoldEnd.Revoked(revocation))) {
      core.loop.execute(keeper::ended);
      callbacks.revoked(revocation);
      tell(listener -> listener.revoked(this, revocation));
    }
  }

  /** Describes a loss of the lock at this moment. */
  Revocation loss(Revocation.Reason reason) {
    return HoldText.loss(this, reason, core.loop.now(), leased().lastFailure);
  }

  /** The acquisition has returned this lock: callbacks may run from here on. */
  public DefaultHeldLock handedOver() {
    callbacks.enable();
    Optional.ofNullable(spec.onReleaseRequested()).ifPresent(this::onReleaseRequested);
    return this;
  }

  public RevocationCallbacks callbacks() {
    return callbacks;
  }

  /** Starts renewals. On the loop. */
  public void keep() {
    keeper.start();
  }

  @Nullable HoldLimitMonitor gates() {
    return gates;
  }

  public LeaseView view() {
    return leased().view;
  }

  public void view(LeaseView newView) {
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

  /** The exception for an operation that needs the lock after the hold has ended. */
  RuntimeException overException() {
    return revocation()
        .<RuntimeException>map(LockRevokedException::new)
        .orElseGet(() -> Refusals.released(key(), fencingToken));
  }

  @Override
  public String toString() {
    return HoldText.withState(this, ending.get(), view().standing(core.loop.now()));
  }
}
