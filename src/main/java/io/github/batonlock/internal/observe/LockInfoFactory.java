package io.github.batonlock.internal.observe;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The maker of the information that users see about an item. It also records each item as an
 * observation.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class LockInfoFactory {
  private final EventLoop loop;
  private final Observations observations;
  private final ItemClassifier classifier;
  private final LocalHolds holds;

  public LockInfoFactory(
      EventLoop loop, Observations observations, ItemClassifier classifier, LocalHolds holds) {
    this.loop = loop;
    this.observations = observations;
    this.classifier = classifier;
    this.holds = holds;
  }

  /**
   * Makes the information of an item, and records the observation.
   *
   * @throws MalformedLockItemException if the item is not a lock
   */
  public Optional<LockInfo> of(LockKey key, StoredItem stored) {
    assert loop.isCurrent();
    if (stored.state() instanceof ItemState.Lock lock) {
      return Optional.of(of(key, lock.item(), stored.attributes()));
    }
    if (classifier.classify(key, stored.state(), false) instanceof Finding.NotALock bad) {
      throw bad.problem();
    }
    return Optional.empty();
  }

  public LockInfo of(LockKey key, LockItem item, UserAttributes attributes) {
    assert loop.isCurrent();
    if (item.released()) {
      observations.forget(key);
      return info(key, item, attributes, Liveness.FREE, Optional.empty());
    }
    ClockReading now = loop.now();
    Observation seen = observations.see(key, item, now.nanos());
    if (item.keptClosed()) {
      Liveness closed = ofClosed(seen.mayTakeOver(now.nanos()));
      return info(key, item, attributes, closed, Optional.empty());
    }
    LockKey session = item.session();
    if (session != null) {
      seen = observations.of(session);
    }
    Liveness liveness =
        holds.isHeldAs(key, item.version()) ? Liveness.ALIVE : livenessOf(item, seen, now);
    Instant since =
        Instant.ofEpochMilli(now.epochMillis())
            .minusNanos(seen == null ? 0 : now.nanos() - seen.since());
    return info(
        key,
        item,
        attributes,
        liveness,
        liveness == Liveness.ALIVE ? Optional.empty() : Optional.of(since));
  }

  /** The liveness of a lock that its holder has left closed; free when the time is over. */
  static Liveness ofClosed(boolean isOver) {
    return isOver ? Liveness.FREE : Liveness.CLOSED;
  }

  private Liveness livenessOf(LockItem item, @Nullable Observation seen, ClockReading now) {
    if (seen != null && seen.sawHeartbeat(now.nanos())) {
      return Liveness.ALIVE;
    }
    boolean isSilent = seen != null && seen.mayTakeOver(now.nanos());
    boolean isOver = item.session() == null && classifier.isOverAtFirstSight(item);
    return isSilent || isOver ? Liveness.DEAD : Liveness.UNKNOWN;
  }

  private static LockInfo info(
      LockKey key,
      LockItem item,
      UserAttributes attributes,
      Liveness liveness,
      Optional<Instant> silentSince) {
    return new LockInfo(
        key,
        liveness,
        item.ownerName(),
        item.fencingToken(),
        item.leaseDuration(),
        item.version(),
        Optional.ofNullable(item.data()),
        attributes.values(),
        silentSince);
  }
}
