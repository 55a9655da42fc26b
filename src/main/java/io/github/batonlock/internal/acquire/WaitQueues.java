package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.hold.Successors;
import io.github.batonlock.internal.observe.LocalHolds;
import io.github.batonlock.internal.observe.PollSchedule;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The queues of a client's waiters, one for each lock that has a waiter. */
@ConfinedTo(ConfinedTo.LOOP)
public final class WaitQueues implements Successors {
  private final Bounds bounds;
  private final EventLoop loop;
  private final RandomGenerator random;
  private final Observations observations;
  private final LocalHolds holds;
  private final Map<LockKey, WaitQueue> byKey = new HashMap<>();

  /** Locks that holders of this client are releasing, until the answer comes. */
  private final Set<LockKey> releasing = new HashSet<>();

  /** What was learnt about the holders of locks, for waiters that come again. */
  private final Map<LockKey, PollSchedule> pollSchedules;

  private final Map<LockKey, List<Consumer<LockInfo>>> onHolder = new HashMap<>();

  public WaitQueues(
      Bounds bounds,
      EventLoop loop,
      RandomGenerator random,
      Observations observations,
      LocalHolds holds) {
    this.bounds = bounds;
    this.loop = loop;
    this.random = random;
    this.observations = observations;
    this.holds = holds;
    this.pollSchedules = new LruMap<>(bounds.limit(Bound.POLL_PACES));
  }

  /** When to read a lock next. */
  PollSchedule pollSchedule(LockKey key) {
    assert loop.isCurrent();
    return pollSchedules.computeIfAbsent(key, unused -> new PollSchedule(random));
  }

  /** The queue for a lock; null if it has no waiters. */
  @Nullable WaitQueue of(LockKey key) {
    assert loop.isCurrent();
    WaitQueue queue = byKey.get(key);
    return queue == null || queue.first() == null ? null : queue;
  }

  /** Joins the queue at its end. */
  WaitQueue join(Acquisition waiter) {
    WaitQueue queue = byKey.computeIfAbsent(waiter.key(), this::begin);
    queue.add(waiter);
    return queue;
  }

  /** Begins a queue. Its observations are kept however many other locks are observed meanwhile. */
  private WaitQueue begin(LockKey key) {
    observations.retain(key);
    return new WaitQueue(bounds, loop, () -> pollSchedule(key), holder -> tellHolder(key, holder));
  }

  // What recipes learn from the looks of waiters, and tell them

  /**
   * Tells what the looks of this client's waiters show.
   *
   * @param seen learns of each other client that holds the lock, and of each change of its data
   */
  public void listen(LockKey key, Consumer<LockInfo> seen) {
    assert loop.isCurrent();
    onHolder.computeIfAbsent(key, unused -> new ArrayList<>()).add(seen);
  }

  /** Ends {@link #listen}; a second call does nothing. */
  public void listenNoMore(LockKey key, Consumer<LockInfo> seen) {
    assert loop.isCurrent();
    List<Consumer<LockInfo>> all = onHolder.get(key);
    if (all != null && all.remove(seen) && all.isEmpty()) {
      onHolder.remove(key);
    }
  }

  private void tellHolder(LockKey key, LockInfo holder) {
    List.copyOf(onHolder.getOrDefault(key, List.of())).forEach(seen -> seen.accept(holder));
  }

  /** The holder of a lock is about to release it: the first waiter looks often. */
  public void expectRelease(LockKey key) {
    pollSchedule(key).expectRelease(loop.now().nanos());
    Acquisition first = first(key);
    if (first != null) {
      first.releaseIsExpected();
    }
  }

  /** The holder keeps the lock. */
  public void expectNoRelease(LockKey key) {
    pollSchedule(key).expectNoRelease();
  }

  private void end(LockKey key, WaitQueue queue) {
    if (byKey.remove(key, queue)) {
      observations.release(key, loop.now().nanos());
    }
  }

  /** Leaves the queue, from any place. The waiter that is first then goes on. */
  void leave(Acquisition waiter) {
    assert loop.isCurrent();
    WaitQueue queue = byKey.get(waiter.key());
    if (queue == null || !queue.contains(waiter)) {
      return;
    }
    boolean wasFirst = queue.isFirst(waiter);
    queue.remove(waiter);
    Acquisition next = queue.first();
    boolean isPassingOn = queue.isPassingOn() && holds.isHeldHere(waiter.key());
    if (next == null && !isPassingOn) {
      end(waiter.key(), queue);
    } else if (next != null && wasFirst) {
      loop.execute(next::becameFirst);
    }
  }

  @Override
  public void holdBegan(LockKey key) {
    assert loop.isCurrent();
    WaitQueue queue = byKey.get(key);
    if (queue != null) {
      queue.tellFollowers(Acquisition::tryOnce);
    }
  }

  @Override
  public void releaseBegan(LockKey key) {
    assert loop.isCurrent();
    releasing.add(key);
  }

  @Override
  public void releaseSettled(LockKey key) {
    assert loop.isCurrent();
    Acquisition first = first(key);
    if (releasing.remove(key) && first != null) {
      first.releaseSettled();
    }
  }

  boolean isReleasing(LockKey key) {
    assert loop.isCurrent();
    return releasing.contains(key);
  }

  @Override
  public void holdEnded(LockKey key) {
    assert loop.isCurrent();
    WaitQueue queue = byKey.get(key);
    if (queue == null) {
      return;
    }
    Acquisition first = queue.first();
    if (first != null) {
      first.holdEnded();
    } else {
      // Runs after it was told how the hold ended.
      loop.execute(() -> forgetIfEmpty(key, queue));
    }
  }

  private void forgetIfEmpty(LockKey key, WaitQueue queue) {
    if (queue.first() == null) {
      end(key, queue);
    }
  }

  @Override
  public void released(LockKey key) {
    assert loop.isCurrent();
    Acquisition first = first(key);
    if (first != null) {
      first.lockWasReleased();
    }
  }

  @Override
  public @Nullable Successor next(LockKey key) {
    assert loop.isCurrent();
    WaitQueue queue = byKey.get(key);
    return queue == null ? null : queue.nextHolder();
  }

  public void count(Census census) {
    census.add(Kept.LINES, byKey.size());
    byKey.values().forEach(queue -> census.add(Kept.WAITERS_IN_LINE, queue.size()));
    census.add(Kept.LOCKS_BEING_RELEASED, releasing.size());
  }

  private @Nullable Acquisition first(LockKey key) {
    WaitQueue queue = byKey.get(key);
    return queue == null ? null : queue.first();
  }
}
