package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.observe.PollSchedule;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one client's waiters for one lock, in the order of their arrival.
 *
 * <p>Only the first waiter reads and writes, so the requests for a lock do not grow with the number
 * of waiters. While this client itself holds the lock, no waiter reads: the end of the hold starts
 * the first waiter. The lock is then handed over within the client, by one write each time. After a
 * limited number of hand-overs in a row, the lock is freed for all clients, and this queue stands
 * back for a moment.
 *
 * <p>An acquisition that is one try joins the queue only if the queue is empty. Otherwise it
 * follows the first waiter: what the first waiter finds out about the lock is the outcome of both.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class WaitQueue {
  /** Other clients read the lock about every 25 ms while it is changing hands. */
  private static final long SHORTEST_STANDING_BACK = 50 * ClockReading.NANOS_PER_MILLI;

  /** Other clients read the lock about every second while it is not changing hands. */
  private static final long LONGEST_STANDING_BACK = 1_250 * ClockReading.NANOS_PER_MILLI;

  /**
   * The share of the time for which this queue had the lock. It is the cost of standing back when
   * no other client waits.
   */
  private static final int STANDING_BACK_PERCENT = 10;

  private final Bounds bounds;
  private final EventLoop loop;
  private final Supplier<PollSchedule> schedule;
  private final Consumer<LockInfo> onHolder;
  private final Set<Acquisition> waiters = new LinkedHashSet<>();
  private final Set<Acquisition> followers = new LinkedHashSet<>();
  private @Nullable PollSchedule pollSchedule;
  private @Nullable LockInfo holder;
  private @Nullable LockStoreException failure;
  private boolean answered;
  private int handoffs;
  private long handoffsBegan;
  private long standBackUntil;

  /**
   * Creates a queue without waiters.
   *
   * @param onHolder learns of each other client that a waiter sees hold the lock, and of each
   *     change of its data
   */
  WaitQueue(
      Bounds bounds, EventLoop loop, Supplier<PollSchedule> schedule, Consumer<LockInfo> onHolder) {
    this.bounds = bounds;
    this.loop = loop;
    this.schedule = schedule;
    this.onHolder = onHolder;
    this.standBackUntil = loop.now().nanos();
  }

  void add(Acquisition waiter) {
    waiters.add(waiter);
  }

  void remove(Acquisition waiter) {
    waiters.remove(waiter);
  }

  void follow(Acquisition oneTry) {
    followers.add(oneTry);
  }

  void unfollow(Acquisition oneTry) {
    followers.remove(oneTry);
  }

  /** The first waiter has found something out, or never will. */
  void tellFollowers(Consumer<Acquisition> outcome) {
    List<Acquisition> all = List.copyOf(followers);
    followers.clear();
    all.stream().filter(follower -> !follower.isDone()).forEach(outcome);
  }

  /** Whether the current hold was handed over here. Then its hand-overs are counted on after it. */
  boolean isPassingOn() {
    return handoffs > 0;
  }

  boolean contains(Acquisition waiter) {
    return waiters.contains(waiter);
  }

  boolean isFirst(Acquisition waiter) {
    return first() == waiter;
  }

  @Nullable Acquisition first() {
    Iterator<Acquisition> each = waiters.iterator();
    return each.hasNext() ? each.next() : null;
  }

  int size() {
    return waiters.size() + followers.size();
  }

  /** When to read the lock next. */
  PollSchedule pollSchedule() {
    if (pollSchedule == null) {
      pollSchedule = schedule.get();
    }
    return pollSchedule;
  }

  /** The first waiter has the lock now. */
  void acquired(long token) {
    if (pollSchedule != null) {
      pollSchedule.acquired(token, isPassingOn(), loop.now().nanos());
    }
  }

  /**
   * The holder of the lock at the last read by a waiter of this queue; null if there was no read.
   */
  @Nullable LockInfo holder() {
    return holder;
  }

  /** A request of the first waiter was answered. */
  void answered() {
    failure = null;
    answered = true;
  }

  /** A request of the first waiter has failed. */
  void failed(LockStoreException why) {
    failure = why;
  }

  /** The failure of the last request; null if it was answered, or there was none. */
  @Nullable LockStoreException failure() {
    return failure;
  }

  /** Whether a request of this queue was ever answered. */
  boolean wasAnswered() {
    return answered;
  }

  /** The first waiter has seen another client hold the lock. */
  void heldElsewhere(LockInfo info) {
    LockInfo before = holder;
    holder = info;
    handoffs = 0;
    if (before == null
        || !info.fencingToken().equals(before.fencingToken())
        || !info.data().equals(before.data())) {
      onHolder.accept(info);
    }
  }

  @Nullable Acquisition nextHolder() {
    Acquisition first = first();
    if (first == null || !first.canTakeOver()) {
      handoffs = 0;
      return null;
    }
    long now = loop.now().nanos();
    if (handoffs == 0) {
      handoffsBegan = now;
    }
    if (handoffs == bounds.of(Bound.HANDOFFS_IN_A_ROW)) {
      bounds.reached(Bound.HANDOFFS_IN_A_ROW);
      long had = (now - handoffsBegan) / 100 * STANDING_BACK_PERCENT;
      standBackUntil = now + Math.max(SHORTEST_STANDING_BACK, Math.min(had, LONGEST_STANDING_BACK));
      handoffs = 0;
      return null;
    }
    handoffs++;
    return first;
  }

  /** How long to leave a lock that this client has freed to other clients, in nanoseconds. */
  long standBack() {
    return Math.max(0, standBackUntil - loop.now().nanos());
  }
}
