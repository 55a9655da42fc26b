package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.observe.PollPace;
import io.github.batonlock.internal.protocol.RecentlyUsed;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lines of a client's waiters, one for each lock that somebody waits for. */
@ConfinedTo(ConfinedTo.LOOP)
final class Lines {
  private final Core core;
  private final Map<LockKey, Line> byKey = new HashMap<>();

  /** Locks that holders of this client give back, where no answer has come yet. */
  private final Set<LockKey> releasing = new HashSet<>();

  /** What was learnt of locks' holders, for who waits again. */
  private final Map<LockKey, PollPace> paces;

  Lines(Core core) {
    this.core = core;
    this.paces = new RecentlyUsed<>(core.config.bounds().limit(Bound.POLL_PACES));
  }

  /** When to look at a lock. */
  PollPace pace(LockKey key) {
    assert core.loop.isCurrent();
    return paces.computeIfAbsent(key, unused -> new PollPace(core.platform.random()));
  }

  /** The line for a lock; null if nobody stands in it. */
  @Nullable Line of(LockKey key) {
    assert core.loop.isCurrent();
    Line line = byKey.get(key);
    return line == null || line.first() == null ? null : line;
  }

  /** Joins at the end. */
  Line join(Acquisition waiter) {
    Line line = byKey.computeIfAbsent(waiter.key(), this::begin);
    line.add(waiter);
    return line;
  }

  /** What its waiters observe is theirs, however many other locks are looked at meanwhile. */
  private Line begin(LockKey key) {
    core.observations.retain(key);
    return new Line(core, key);
  }

  private void end(LockKey key, Line line) {
    if (byKey.remove(key, line)) {
      core.observations.release(key, core.loop.now().nanos());
    }
  }

  /** Leaves, wherever in line; whoever is first then goes on. */
  void leave(Acquisition waiter) {
    assert core.loop.isCurrent();
    Line line = byKey.get(waiter.key());
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
    Line line = byKey.get(key);
    if (line != null) {
      line.tellFollowers(Acquisition::tryOnce);
    }
  }

  /** A holder of this client gives the lock back: in a moment it can be had without a doubt. */
  void releaseBegan(LockKey key) {
    assert core.loop.isCurrent();
    releasing.add(key);
  }

  /** That write was answered, or has failed. */
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

  /** A hold of this client is over: in which way, others will tell. */
  void holdEnded(LockKey key) {
    assert core.loop.isCurrent();
    Line line = byKey.get(key);
    if (line == null) {
      return;
    }
    Acquisition first = line.first();
    if (first != null) {
      first.holdEnded();
    } else {
      // When it is said how it ended.
      core.loop.execute(() -> forgetIfEmpty(key, line));
    }
  }

  private void forgetIfEmpty(LockKey key, Line line) {
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
   * Who gets the lock from a hold that ends by its holder's wish.
   *
   * @return null if it is to be freed for everybody
   */
  @Nullable Acquisition nextHolder(LockKey key) {
    assert core.loop.isCurrent();
    Line line = byKey.get(key);
    return line == null ? null : line.nextHolder();
  }

  void count(Census census) {
    census.add(Kept.LINES, byKey.size());
    byKey.values().forEach(line -> census.add(Kept.WAITERS_IN_LINE, line.size()));
    census.add(Kept.LOCKS_BEING_RELEASED, releasing.size());
  }

  private @Nullable Acquisition first(LockKey key) {
    Line line = byKey.get(key);
    return line == null ? null : line.first();
  }
}
