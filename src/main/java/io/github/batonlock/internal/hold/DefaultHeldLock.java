package io.github.batonlock.internal.hold;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.callback.Warnings;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.LeaseStatus;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.Guards;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
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
public final class DefaultHeldLock
    implements HeldLock, SharedLeaseSource.Lease, HoldLimitMonitor.Limited {
  private final EventLoop loop;
  private final HoldUsers users;
  private final Guards guards;
  private final HoldSpec spec;
  private final long fencingToken;
  private final @Nullable SharedLeaseSource session;
  private final Renewer renewer;
  private final @Nullable HoldLimitMonitor limitMonitor;
  private final RevocationCallbacks callbacks;
  private final AtomicReference<@Nullable HoldEnd> ending = new AtomicReference<>();
  private final AtomicBoolean checkAsked = new AtomicBoolean();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private volatile LeaseView view;
  private volatile @Nullable SdkBytes data;
  private volatile @Nullable LockStoreException lastFailure;

  /**
   * What was granted.
   *
   * @param spec what the request says about the hold
   * @param fencingToken the token that the grant has set
   * @param data what the lock item stores; null for none
   * @param grant the write
   */
  record Granted(HoldSpec spec, long fencingToken, @Nullable SdkBytes data, Grant grant) {}

  /** The part of a hold that belongs to the loop: its writes, and its end. */
  interface Renewer {
    /** The hold begins. */
    void start();

    /** The owner name that the hold's writes carry. Any thread. */
    String ownerName();

    void updateData(SdkBytes data, CompletableFuture<Void> done);

    /** Checks a lease that is over by the wall clock only. */
    void checkClocks();

    /** The user has released the lock. Does nothing the second time. */
    void release();

    /** The lock was revoked. */
    void ended();

    /** The holder of a revoked lock has stopped its work. */
    void closedAfterRevocation();

    ClockReading lastSent();

    /** Leaves the item of a revoked lock as it is until {@link #closedAfterRevocation}. */
    void postponeCleanUp();

    /** No caller has had the lock: there is no reason to keep it closed. */
    void unwanted();

    /** Keeps the lock closed for so long from now on, instead of the time before. */
    void keepClosed(Duration atLeast);
  }

  /** How a hold ended. The first ending wins and never changes. */
  private sealed interface HoldEnd {

    /** The holder released the lock. */
    record Released() implements HoldEnd {}

    /**
     * The hold was ended without the holder's consent.
     *
     * @param revocation what happened
     */
    record Revoked(Revocation revocation) implements HoldEnd {}
  }

  /**
   * A hold that was just granted.
   *
   * @param renewer makes the part of this hold that belongs to the loop
   */
  DefaultHeldLock(
      Granted granted,
      EventLoop loop,
      HoldUsers users,
      Guards guards,
      Function<DefaultHeldLock, Renewer> renewer) {
    this.loop = loop;
    this.users = users;
    this.guards = guards;
    this.spec = granted.spec();
    this.fencingToken = granted.fencingToken();
    this.data = granted.data();
    SharedLeaseSource shared = granted.grant().session();
    this.session = shared;
    this.callbacks = users.callbacks(this);
    this.limitMonitor = HoldLimitMonitor.of(loop, this, spec);
    this.view =
        shared == null
            ? new LeaseView(granted.grant().sentAt(), spec.terms().usable().toNanos(), null)
            : shared.lease().view();
    this.renewer = renewer.apply(this);
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
    return remainingNanos(loop.now()) > 0;
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos(loop.now()));
  }

  @Override
  public void ensureHeld() {
    require(loop.now(), Duration.ZERO);
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    Duration usable = spec.terms().usable();
    if (duration.isNegative() || duration.isZero() || duration.compareTo(usable) > 0) {
      throw HoldRefusals.neverThatLong(key(), spec.terms(), duration);
    }
    require(loop.now(), duration);
  }

  /** Returns if the lock is held and its lease lasts as long as needed; throws otherwise. */
  private void require(ClockReading now, Duration needed) {
    long remainingNanos = remainingNanos(now);
    if (remainingNanos > 0 && remainingNanos >= needed.toNanos()) {
      return;
    }
    if (isEnded()) {
      throw overException();
    }
    throw remainingNanos > 0
        ? HoldRefusals.notThatLong(key(), withOwner(now), remainingNanos, needed)
        : HoldRefusals.suspect(key(), withOwner(now));
  }

  /**
   * How long the lock stays held without a renewal; zero if it is not held now. Revokes the lock if
   * it is lost.
   */
  private long remainingNanos(ClockReading now) {
    if (!isEnded()) {
      revokeIfOver(now);
      if (limitMonitor != null) {
        limitMonitor.check(now);
      }
    }
    if (isEnded()) {
      return 0;
    }
    LeaseView current = view();
    if (current.status(now) == LeaseStatus.SUSPECT) {
      leased().askForCheck();
    }
    long leased = current.remainingNanos(now);
    return limitMonitor == null ? leased : Math.min(leased, limitMonitor.leftNanos(now));
  }

  /** Whether the lock may be renewed. Revokes the lock if not. */
  boolean mayRenew(ClockReading now) {
    if (limitMonitor != null) {
      limitMonitor.check(now);
    }
    return !isEnded();
  }

  private void revokeIfOver(ClockReading now) {
    SharedLeaseSource.Lease leased = leased();
    if (leased.isEnded()) {
      revoke(leased.reasonForItsLocks());
    } else if (view().status(now) == LeaseStatus.OVER) {
      revoke(Revocation.Reason.LEASE_EXPIRED);
    }
  }

  /** The lease of this lock: its own, or its session's. */
  private SharedLeaseSource.Lease leased() {
    SharedLeaseSource shared = session;
    return shared == null ? this : shared.lease();
  }

  @Override
  public Revocation.Reason reasonForItsLocks() {
    return ending.get() instanceof HoldEnd.Revoked revoked
        ? revoked.revocation().reason()
        : Revocation.Reason.CLIENT_CLOSED;
  }

  @Override
  public void askForCheck() {
    if (checkAsked.compareAndSet(false, true)) {
      loop.execute(
          () -> {
            checkAsked.set(false);
            renewer.checkClocks();
          });
    }
  }

  @Override
  public void progress() {
    if (limitMonitor != null && !isEnded()) {
      limitMonitor.progress(loop.now());
    }
  }

  @Override
  public TransactWriteItem guard() {
    ensureHeld();
    return guards.of(key(), fencingToken);
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

  /** The release requests that a heartbeat of this session has brought back. On the loop. */
  void askedOfItsLocks(List<AskedRelease> asked) {
    users.asked(key(), asked);
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
    users.tell(key(), event);
  }

  /** Tells the listener that the release is not confirmed. On the loop. */
  void releaseUnconfirmed(LockException problem) {
    users.releaseUnconfirmed(this, problem);
  }

  /** The lines that the client logs. */
  Warnings warnings() {
    return users.warnings();
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
    users.await(() -> startUpdate(newData));
  }

  @Override
  public CompletableFuture<Void> updateDataAsync(SdkBytes newData) {
    try {
      return users.forUser(startUpdate(newData));
    } catch (LockException | IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Void> startUpdate(SdkBytes newData) {
    DataUpdates.check(key(), newData);
    ensureHeld();
    CompletableFuture<Void> done = new CompletableFuture<>();
    users.untilClosed(done, () -> done.completeExceptionally(overException()));
    loop.execute(() -> renewer.updateData(newData, done));
    return done;
  }

  @Override
  public void close() {
    users.awaitUninterruptibly(this::startRelease);
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    return users.forUser(startRelease());
  }

  private CompletableFuture<Void> startRelease() {
    // Read the time first: a renewal between the two reads makes the answer better, not worse.
    ClockReading now = loop.now();
    if (!isEnded()) {
      // The work may have run past the lease: that is a loss, not a release.
      revokeIfOver(now);
    }
    if (ending.compareAndSet(null, new HoldEnd.Released())) {
      users.untilClosed(released, this::releaseDone);
      loop.execute(renewer::release);
    } else if (ending.get() instanceof HoldEnd.Revoked) {
      cleanUp();
      released.complete(null);
    }
    return released;
  }

  /** The caller no longer wants the lock. */
  public void discard() {
    loop.execute(renewer::unwanted);
    var unused = startRelease();
  }

  /**
   * Replaces the longest and the least time of this hold. Both count from now. On the loop.
   *
   * @param maxHold positive; the request had such a limit
   * @param atLeast zero if the lock is free with its release
   * @return false, without effect, if the lock is not certainly held
   */
  public boolean limitAnew(Duration maxHold, Duration atLeast) {
    if (limitMonitor == null) {
      throw new IllegalStateException("Lock '" + key() + "' was acquired without maxHold");
    }
    if (!isHeld()) {
      return false;
    }
    limitMonitor.limitTo(maxHold);
    renewer.keepClosed(atLeast);
    return !isEnded();
  }

  /** Releases the lock at the holder's request, in the same task. On the loop. */
  public void releaseOnLoop() {
    if (ending.compareAndSet(null, new HoldEnd.Released())) {
      renewer.release();
    }
  }

  @Override
  public boolean isEnded() {
    return ending.get() != null;
  }

  /** Whether closing the client has ended this hold. */
  public boolean isGivenUpByClient() {
    return revocation().filter(end -> end.reason() == Revocation.Reason.CLIENT_CLOSED).isPresent();
  }

  void releaseDone() {
    released.complete(null);
  }

  /** Ends this hold, unless it has ended, and then notifies all listeners once. Any thread. */
  @Override
  public void revoke(Revocation.Reason reason) {
    Revocation revocation = loss(reason);
    if (ending.compareAndSet(null, new HoldEnd.Revoked(revocation))) {
      loop.execute(renewer::ended);
      callbacks.revoked(revocation);
      tell(listener -> listener.revoked(this, revocation));
    }
  }

  /** The item of this lock, which was revoked, is not freed before {@link #cleanUp}. */
  public void postponeCleanUp() {
    loop.execute(renewer::postponeCleanUp);
  }

  /** Frees the item of this lock, which was revoked. */
  public void cleanUp() {
    loop.execute(renewer::closedAfterRevocation);
  }

  /** Describes a loss of the lock at this moment. */
  Revocation loss(Revocation.Reason reason) {
    ClockReading now = loop.now();
    long elapsed = Math.max(0, now.holderElapsedSince(view().confirmedAt()));
    long untilTakeover =
        HoldLimitMonitor.leavesTheItem(reason)
            ? Math.max(0, spec.terms().lease().toNanos() - elapsed)
            : 0;
    return new Revocation(
        key(),
        fencingToken,
        reason,
        Duration.ofNanos(elapsed),
        Duration.ofNanos(untilTakeover),
        leased().lastFailure());
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
    renewer.start();
  }

  @Nullable HoldLimitMonitor limitMonitor() {
    return limitMonitor;
  }

  @Override
  public LeaseView view() {
    SharedLeaseSource shared = session;
    return shared == null ? view : shared.lease().view();
  }

  public void view(LeaseView newView) {
    view = newView;
  }

  @Override
  public ClockReading lastSent() {
    return renewer.lastSent();
  }

  void data(SdkBytes newData) {
    data = newData;
  }

  @Override
  public @Nullable LockStoreException lastFailure() {
    return lastFailure;
  }

  void lastFailure(@Nullable LockStoreException failure) {
    lastFailure = failure;
  }

  HoldSpec spec() {
    return spec;
  }

  LeaseTerms terms() {
    return spec.terms();
  }

  /** The exception for an operation that needs the lock after the hold has ended. */
  RuntimeException overException() {
    return revocation()
        .<RuntimeException>map(LockRevokedException::new)
        .orElseGet(() -> HoldRefusals.released(key(), fencingToken));
  }

  @Override
  public String toString() {
    HoldEnd end = ending.get();
    String state =
        end == null
            ? view().status(loop.now()) == LeaseStatus.GOOD ? "held" : "not certainly held"
            : end instanceof HoldEnd.Revoked revoked
                ? "revoked: " + revoked.revocation().reason()
                : "released";
    return "lock '" + key() + "' (token " + fencingToken + ") " + state;
  }

  /** The text for messages of exceptions. */
  private String withOwner(ClockReading now) {
    return "Lock '"
        + key()
        + "' (token "
        + fencingToken
        + ", owner '"
        + renewer.ownerName()
        + "', renewed "
        + Duration.ofNanos(now.holderElapsedSince(view().confirmedAt())).toMillis()
        + " ms ago)";
  }
}
