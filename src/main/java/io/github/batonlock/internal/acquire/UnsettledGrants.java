package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockListener.AcquisitionEnded.How;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.Grant;
import io.github.batonlock.internal.hold.HoldFactory;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.session.Session;
import io.github.batonlock.internal.session.SessionRef;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The granting writes of one acquisition. It makes a fresh version for each write, and knows which
 * writes may have been applied (protocol section 5).
 */
@ConfinedTo(ConfinedTo.LOOP)
final class UnsettledGrants {
  private static final long MICROS_PER_MILLI = 1_000;

  /** The server's dates are truncated to the second. */
  private static final long DATE_RESOLUTION_MILLIS = 1_000;

  private final AcquireSpec spec;
  private final SessionRef session;
  private final EventLoop loop;
  private final GrantVersions versions;
  private final LateWriteReaper lateWrites;
  private final HoldFactory holds;

  /**
   * Versions of writes that may have been applied, and when each was sent; in the order of sending.
   */
  private final Map<String, Sent> unsettled = new LinkedHashMap<>();

  private @Nullable TokenMissing tokenMissing;

  /** A version under which the item names a hold of this client that is over. */
  private @Nullable String ghost;

  private How ofGhost = How.FREE;

  /** An answer that showed an item without a token: its date, and when this client received it. */
  private record TokenMissing(Instant date, ClockReading seenAt) {}

  /**
   * One granting write.
   *
   * @param at taken before it was sent
   * @param session the session that keeps the lock granted by it; null for a lock with its own
   *     lease
   * @param how from which state of the lock it acquires the lock
   */
  record Sent(ClockReading at, @Nullable Session session, How how) {
    /** Whether the lock granted by this write can no longer be kept. */
    boolean isOver(LeaseTerms terms, ClockReading now) {
      return session == null
          ? now.holderElapsedSince(at) >= terms.usable().toNanos()
          : session.isOver(now);
    }
  }

  /** No write has been sent. Made by {@link GrantFactory}. */
  UnsettledGrants(
      AcquireSpec spec,
      SessionRef session,
      EventLoop loop,
      GrantVersions versions,
      LateWriteReaper lateWrites,
      HoldFactory holds) {
    this.spec = spec;
    this.session = session;
    this.loop = loop;
    this.versions = versions;
    this.lateWrites = lateWrites;
    this.holds = holds;
  }

  /** The session that will keep the lock, if the lease is shared. */
  SessionRef session() {
    return session;
  }

  /** Whether an item names this client. */
  boolean isOwn(LockItem item) {
    return item.ownerName().equals(versions.owner());
  }

  /**
   * An item names a hold of this client that is over, and may be taken over.
   *
   * @param isReserved whether another client keeps the lock for this one
   */
  void sawGhost(String version, boolean isReserved) {
    ghost = version;
    ofGhost = isReserved ? How.HANDOFF : How.FREE;
  }

  private How how(@Nullable String silentVersion) {
    if (silentVersion == null) {
      return How.FREE;
    }
    return silentVersion.equals(ghost) ? ofGhost : How.TAKEOVER;
  }

  /** The content of the next write, which passes a hold of this client on. */
  LockWrite.Grant nextByHandoff() {
    return next(null, How.HANDOFF);
  }

  /**
   * The content of the next write. From here on that write may have been applied.
   *
   * @param silentVersion the version of the silent holder to take the lock over from; null to take
   *     a free lock
   */
  LockWrite.Grant next(@Nullable String silentVersion) {
    return next(silentVersion, how(silentVersion));
  }

  private LockWrite.Grant next(@Nullable String silentVersion, How how) {
    assert loop.isCurrent();
    if (silentVersion != null) {
      versions.takingOver(silentVersion);
    }
    ClockReading sentAt = loop.now();
    String version = versions.fresh(sentAt);
    forgetWhatCannotArrive(sentAt);
    Session keptBy = session.current();
    unsettled.put(version, new Sent(sentAt, keptBy, how));
    versions.claim(version);
    return new LockWrite.Grant(
        versions.owner(),
        spec.terms().lease(),
        version,
        tokenSeed(sentAt),
        spec.data(),
        spec.hold().attributes(),
        keptBy == null ? null : keptBy.key(),
        versions.stamp(version, sentAt));
  }

  /**
   * Limits how many versions are kept: an acquisition may wait for days without an answer to a
   * write.
   */
  private void forgetWhatCannotArrive(ClockReading now) {
    long latest = HoldVersions.LATEST_ARRIVAL.toNanos();
    Iterator<Map.Entry<String, Sent>> each = unsettled.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<String, Sent> oldest = each.next();
      if (now.monotonicSince(oldest.getValue().at()) <= latest) {
        return;
      }
      each.remove();
      versions.retire(List.of(oldest.getKey()));
    }
  }

  /** The write that takes the lock: a free lock, or the lock of a silent holder. */
  LockWrite write(LockWrite.Grant grant, @Nullable String silentVersion) {
    if (silentVersion != null) {
      return new LockWrite.Takeover(spec.key(), grant, silentVersion);
    }
    return spec.hold().isSession()
        ? new LockWrite.Open(spec.key(), grant)
        : new LockWrite.Acquire(spec.key(), grant, spec.onlyIfExists());
  }

  /**
   * The start value of the fencing token, in microseconds, for an item that has none. An item
   * cannot have a million holders a second, so a sequence of tokens never overtakes the clock. The
   * server's clock is known to the second; this client's clock supplies the fraction of that
   * second.
   */
  private long tokenSeed(ClockReading sentAt) {
    long ours = sentAt.epochMillis();
    TokenMissing missing = tokenMissing;
    if (missing != null) {
      long date = missing.date().toEpochMilli();
      long earliest = date + sentAt.monotonicSince(missing.seenAt()) / ClockReading.NANOS_PER_MILLI;
      // Only the wall clock counts the time of a suspend since then.
      long latest =
          date + sentAt.holderElapsedSince(missing.seenAt()) / ClockReading.NANOS_PER_MILLI;
      ours = Math.max(earliest, Math.min(ours, latest + DATE_RESOLUTION_MILLIS));
    }
    return ours * MICROS_PER_MILLI;
  }

  /** An answer showed an item that the next write may replace, and carried this date. */
  void saw(LockItem item, @Nullable Instant serverDate) {
    tokenMissing =
        serverDate == null || item.fencingToken().isPresent()
            ? null
            : new TokenMissing(serverDate, loop.now());
  }

  /** A write was answered. */
  void answered(String version, WriteAnswer answer) {
    if (answer.retried()) {
      mayComeLate(version);
    }
    if (!answer.applied() && !answer.item().hasVersion(version)) {
      notApplied(version);
    }
  }

  /** A write has failed. */
  void failed(String version, LockStoreException failure) {
    if (failure.mayHaveBeenApplied()) {
      mayComeLate(version);
    } else {
      notApplied(version);
    }
  }

  /** A write has no answer, or was sent more than once: it may be applied at any time. */
  private void mayComeLate(String version) {
    Sent sent = unsettled.get(version);
    Session keptBy = sent == null ? null : sent.session();
    if (keptBy != null) {
      lateWrites.expect(spec, keptBy);
    }
  }

  /**
   * A write was not applied. A duplicate of it may still arrive; then it is a ghost of this client.
   */
  void notApplied(String version) {
    unsettled.remove(version);
    versions.retire(List.of(version));
  }

  /** Whether a version in the item may be the effect of a write without an answer. */
  boolean mayHaveWritten(String version) {
    return unsettled.containsKey(version);
  }

  /** A write was applied. Returns when it was sent, and the session that keeps the lock. */
  Sent sent(String version) {
    Sent sent = unsettled.get(version);
    if (sent == null) {
      throw new IllegalStateException("Granted by a version that was not sent: " + version);
    }
    return sent;
  }

  /**
   * The hold that a write has begun; it is renewed from now on. No other version of this
   * acquisition can be in the item now.
   *
   * @param item the lock item
   */
  DefaultHeldLock hold(String version, LockItem item) {
    assert loop.isCurrent();
    Sent sent = sent(version);
    unsettled.remove(version);
    versions.held(version);
    versions.retire(unsettled.keySet());
    unsettled.clear();
    Grant grant = new Grant(version, sent.at(), sent.session());
    DefaultHeldLock lock =
        holds.create(spec.hold(), item.fencingToken().orElse(0), item.data(), grant);
    lock.keep();
    return lock;
  }

  /**
   * The lock is no longer wanted. Retires every version, and frees the item if one of the writes
   * was applied.
   */
  void freeWhatMayHaveLanded() {
    assert loop.isCurrent();
    if (unsettled.isEmpty()) {
      return;
    }
    List<String> landed = new ArrayList<>(unsettled.keySet());
    Sent last = sent(landed.get(landed.size() - 1));
    unsettled.clear();
    versions.free(
        new Releases.Job(
            spec.key(),
            spec.terms(),
            landed,
            spec.hold().deleteOnRelease(),
            last.at(),
            last.session()));
  }
}
