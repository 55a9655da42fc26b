package io.github.batonlock.internal.session;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.callback.OwnFailure;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.SharedLeaseSource;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.LeaseStatus;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lease that many locks share. It has a session item, which is acquired and kept like a lock.
 *
 * <pre>
 *  OPENING --granted--> OPEN --no lock for a lease, client closed--> over, released
 *     '--failed--> over   '-----lease lost-----> over, all its locks revoked
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Session implements SharedLeaseSource, LockListener {
  private final Sessions sessions;
  private final Leases leases;
  private final LockKey key;
  private final Set<KeptLock> holds = new LinkedHashSet<>();
  private final Set<KeptLock> stopping = new HashSet<>();
  private final List<KeptLock> endWithIt = new ArrayList<>();
  private final Set<SessionRef> users = new LinkedHashSet<>();
  private final List<Opening> waiting = new ArrayList<>();
  private @Nullable DefaultHeldLock lease;
  private Timer idle = () -> {};
  private boolean over;

  /** A caller that waits for the session to open. */
  private record Opening(Consumer<Session> opened, Consumer<LockStoreException> failed) {}

  Session(LockKey key, Leases leases, Sessions sessions) {
    this.key = key;
    this.leases = leases;
    this.sessions = sessions;
  }

  @Override
  public LockKey key() {
    return key;
  }

  Leases leases() {
    return leases;
  }

  // Beginning

  void open(CompletableFuture<Optional<DefaultHeldLock>> acquisition) {
    var unused =
        acquisition.whenComplete(
            (granted, failure) -> {
              if (failure == null && granted.isPresent()) {
                opened(granted.get());
              } else {
                failed(failure);
              }
            });
  }

  private void opened(DefaultHeldLock granted) {
    lease = granted;
    List<Opening> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(each -> each.opened().accept(this));
    endLaterIfUnused();
  }

  private void failed(@Nullable Throwable why) {
    over = true;
    sessions.forget(this);
    LockStoreException failure =
        why instanceof LockStoreException known
            ? known
            : new LockStoreException(
                LockStoreException.Kind.UNAVAILABLE,
                false,
                "The session for shared leases could not be opened: " + why,
                why);
    List<Opening> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(each -> each.failed().accept(OwnFailure.oneOf(all.size(), failure)));
  }

  void whenOpen(Consumer<Session> opened, Consumer<LockStoreException> failed) {
    if (isOpen()) {
      opened.accept(this);
    } else {
      waiting.add(new Opening(opened, failed));
    }
  }

  // Use

  boolean isOpen() {
    return lease != null && !over;
  }

  @Override
  public DefaultHeldLock lease() {
    DefaultHeldLock held = lease;
    if (held == null) {
      throw new IllegalStateException("Session " + key + " is not open yet");
    }
    return held;
  }

  @Override
  public boolean isOver(ClockReading now) {
    return over || lease().isEnded() || lease().view().status(now) == LeaseStatus.OVER;
  }

  void enter(SessionRef user) {
    users.add(user);
    idle.cancel();
  }

  void leave(SessionRef user) {
    users.remove(user);
    endLaterIfUnused();
  }

  @Override
  public void add(KeptLock hold) {
    holds.add(hold);
    idle.cancel();
  }

  @Override
  public void remove(KeptLock hold) {
    holds.remove(hold);
    boolean wasLast = stopping.remove(hold) && stopping.isEmpty();
    if (wasLast && over) {
      lease().cleanUp();
    }
    endLaterIfUnused();
  }

  /**
   * A client requests the release of one of the session's locks. A lock that is no longer held is
   * not told.
   */
  void asked(AskedRelease asked) {
    for (KeptLock hold : List.copyOf(holds)) {
      if (hold.key().equals(asked.lock())) {
        hold.asked(asked);
      }
    }
  }

  @Override
  public void stopping(KeptLock hold) {
    stopping.add(hold);
    holds.remove(hold);
  }

  @Override
  public boolean hasStoppingLocks() {
    return !stopping.isEmpty();
  }

  @Override
  public void endsWith(KeptLock hold) {
    endWithIt.add(hold);
  }

  /** The session's end frees its locks, and is not confirmed. */
  void leftAtClose(LockException problem) {
    endWithIt.forEach(hold -> hold.leftAtClose(problem));
  }

  private boolean isUnused() {
    return holds.isEmpty() && users.isEmpty() && stopping.isEmpty();
  }

  void count(Census census) {
    census.add(Kept.SHARED_LOCKS, holds.size() + stopping.size());
    census.add(Kept.SESSION_USERS, users.size() + waiting.size());
  }

  // End

  private void endLaterIfUnused() {
    if (isUnused() && isOpen()) {
      idle.cancel();
      idle = sessions.endLater(this);
    }
  }

  /** Frees all items that still name the session, with one write. */
  void endIfUnused() {
    if (isUnused() && isOpen()) {
      over = true;
      idle.cancel();
      sessions.retire(this);
      lease().releaseOnLoop();
    }
  }

  // Its lease

  @Override
  public boolean isInJeopardy() {
    return lease().callbacks().isInJeopardy();
  }

  @Override
  public void jeopardy(HeldLock itsLease) {
    List.copyOf(holds).forEach(hold -> hold.jeopardy(true));
  }

  @Override
  public void safe(HeldLock itsLease) {
    List.copyOf(holds).forEach(hold -> hold.jeopardy(false));
  }

  @Override
  public void released(HeldLock itsLease) {
    sessions.forget(this);
  }

  @Override
  public void revoked(HeldLock itsLease, Revocation revocation) {
    over = true;
    idle.cancel();
    sessions.forget(this);
    if (hasStoppingLocks()) {
      // The end of the session would free a lock early whose write to keep it closed is under way.
      lease().postponeCleanUp();
    }
    List.copyOf(holds).forEach(hold -> hold.revoke(revocation.reason()));
  }
}
