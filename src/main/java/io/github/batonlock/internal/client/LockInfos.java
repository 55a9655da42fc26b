package io.github.batonlock.internal.client;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes what users see of an item, and takes note of it. */
@ConfinedTo(ConfinedTo.LOOP)
final class LockInfos {
  private final Core core;

  LockInfos(Core core) {
    this.core = core;
  }

  /**
   * Looks at an item.
   *
   * @throws MalformedLockItemException if it is not a lock
   */
  Optional<LockInfo> of(LockKey key, StoredItem stored) {
    assert core.isOnLoop();
    if (stored.state() instanceof ItemState.Lock lock) {
      return Optional.of(of(key, lock.item(), stored.attributes()));
    }
    core.observations.forget(key);
    if (stored.state() instanceof ItemState.NotALock bad) {
      throw new MalformedLockItemException(key, bad.attribute(), bad.problem());
    }
    return Optional.empty();
  }

  LockInfo of(LockKey key, LockItem item, UserAttributes attributes) {
    assert core.isOnLoop();
    if (item.released()) {
      core.observations.forget(key);
      return info(key, item, attributes, LockInfo.State.FREE, Optional.empty());
    }
    Moment now = core.now();
    Observation seen = core.observations.see(key, item, now.nanos());
    LockKey session = item.session();
    if (session != null) {
      seen = core.observations.of(session);
    }
    boolean alive =
        core.registry.isHeldAs(key, item.version())
            || (seen != null && seen.sawHeartbeat(now.nanos()));
    Instant since =
        Instant.ofEpochMilli(now.epochMillis())
            .minusNanos(seen == null ? 0 : now.nanos() - seen.since());
    return info(
        key,
        item,
        attributes,
        alive ? LockInfo.State.HELD : LockInfo.State.UNKNOWN,
        alive ? Optional.empty() : Optional.of(since));
  }

  /** What this client knows of a lock that it holds itself; null if it does not hold it. */
  @Nullable LockInfo heldHere(LockKey key) {
    assert core.isOnLoop();
    LeaseKeeper hold = core.registry.heldHere(key);
    return hold == null
        ? null
        : new LockInfo(
            key,
            LockInfo.State.HELD,
            core.config.ownerName(),
            OptionalLong.of(hold.lock().fencingToken()),
            hold.spec().terms().lease(),
            hold.tenure().candidates().get(0),
            hold.lock().data(),
            hold.spec().attributes().values(),
            Optional.empty());
  }

  private static LockInfo info(
      LockKey key,
      LockItem item,
      UserAttributes attributes,
      LockInfo.State state,
      Optional<Instant> unknownSince) {
    return new LockInfo(
        key,
        state,
        item.ownerName(),
        item.fencingToken(),
        item.leaseDuration(),
        item.version(),
        Optional.ofNullable(item.data()),
        attributes.values(),
        unknownSince);
  }
}
