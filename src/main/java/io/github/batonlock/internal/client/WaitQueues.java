package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.observe.PollSchedule;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The queues of a client's waiters, one for each lock that has a waiter. */
@ConfinedTo(ConfinedTo.LOOP)
final class WaitQueues {
  private final Core core;
  private final Map<LockKey, WaitQueue> byKey = new HashMap<>();

  /** Locks that holders of this client are releasing, until the answer comes. */
  private final Set<LockKey> releasing = new HashSet<>();

  /** What was learnt about the holders of locks, for waiters that come again. */
  private final Map<LockKey, PollSchedule> paces;

  WaitQueues(Core core) {
    this.core = core;
    this.paces = new LruMap<>(core.config.bounds().limit(Bound.POLL_PACES));
  }

  /** The pace of reads of a lock. */
  PollSchedule pace(LockKey key) {
    assert core.loop.isCurrent();
    return paces.computeIfAbsent(key, unused -> new PollSchedule(core.platform.random()));
  }

  /** The queue for a lock; null if it has no waiters. */
  @Nullable WaitQueue of(LockKey key) {
    assert core.loop.isCurrent();
    WaitQueue line = byKey.get(key);
    return line == null || line.first() == null ? null : line;
  }

  /** Joins the queue at its end. */
  WaitQueue join(Acquisition waiter) {
    WaitQueue line = byKey.computeIfAbsent(waiter.key(), this::begin);
    line.add(waiter);
    return line;
  }

  /** Begins a queue. Its observations are kept however many other locks are observed meanwhile. */
  private WaitQueue begin(LockKey key) {
    core.observations.retain(key);
    return new WaitQueue(core, key);
  }

  private void end(LockKey key, WaitQueue line) {
    if (byKey.remove(key, line)) {
      core.observations.release(key, core.loop.now().nanos());
    }
  }

  /** Leaves the queue, from any place. The waiter that is first then goes on. */
  void leave(Acquisition waiter) {
    assert core.loop.isCurrent();
    WaitQueue line = byKey.get(waiter.key());
    if (line == null || !line.contains(waiter)) {
      return;
    }
    boolean wasFirst = line.isFirst(waiter);
    line.remove(waiter);
    Acquisition next = line.first();
    boolean isPassingOn = line.isPassingOn() && core.registry.isHeldHere(waiter.key());
    if (next == null && !isPassingOn) {
      end(waiter.key(), line);
    } else if (next != null && wasFirst) {
      core.loop.execute(next::becameFirst);
    }
  }

  /** This client holds the lock now. */
  void holdBegan(LockKey key) {
    assert core.loop.isCurrent();
    WaitQueue line = byKey.get(key);
    if (line != null) {
      line.tellFollowers(Acquisition::tryOnce);
    }
  }

  /** A holder of this client releases the lock: soon it is certain whether the lock is free. */
  void releaseBegan(LockKey key) {
    assert core.loop.isCurrent();
    releasing.add(key);
  }

  /** The write of that release was answered, or has failed. */
  void releaseSettled(LockKey key) {
    assert core.loop.isCurrent();
    Acquisition first = first(key);
    if (releasing.remove(key) && first != null) {
      first.releaseSettled();
    }
  }

  boolean isReleasing(LockKey key) {
    assert core.loop.isCurrent();
    return releasing.contains(key);
  }

  /** A hold of this client is over. Other methods tell how it ended. */
  void holdEnded(LockKey key) {
    assert core.loop.isCurrent();
    WaitQueue line = byKey.get(key);
    if (line == null) {
      return;
    }
    Acquisition first = line.first();
    if (first != null) {
      first.holdEnded();
    } else {
      // Runs after it was told how the hold ended.
      core.loop.execute(() -> forgetIfEmpty(key, line));
    }
  }

  private void forgetIfEmpty(LockKey key, WaitQueue line) {
    if (line.first() == null) {
      end(key, line);
    }
  }

  /** This client has freed the lock. */
  void released(LockKey key) {
    assert core.loop.isCurrent();
    Acquisition first = first(key);
    if (first != null) {
      first.lockWasReleased();
    }
  }

  /**
   * The waiter that gets the lock from a hold that its holder ends.
   *
   * @return null if the lock is to be freed for all clients
   */
  @Nullable Acquisition nextHolder(LockKey key) {
    assert core.loop.isCurrent();
    WaitQueue line = byKey.get(key);
    return line == null ? null : line.nextHolder();
  }

  void count(Census census) {
    census.add(Kept.LINES, byKey.size());
    byKey.values().forEach(line -> census.add(Kept.WAITERS_IN_LINE, line.size()));
    census.add(Kept.LOCKS_BEING_RELEASED, releasing.size());
  }

  private @Nullable Acquisition first(LockKey key) {
    WaitQueue line = byKey.get(key);
    return line == null ? null : line.first();
  }
}
