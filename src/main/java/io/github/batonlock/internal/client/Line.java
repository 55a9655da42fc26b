package io.github.batonlock.internal.client;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.observe.PollPace;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's waiters for one lock, first come first served.
 *
 * <p>Only the first looks and writes; so a lock costs the same however many wait for it here. When
 * the lock is held by this client itself, nobody looks: the hold's end tells. From there it is
 * handed on within the client, by one write each time, but not for ever: after some turns it is
 * freed for everybody, and this line stands back for a moment.
 *
 * <p>An acquisition that is one try stands here only if nobody else does. Else it follows the
 * first: what that one finds out about the lock is the outcome of both.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Line {
  /** Others look every 25 ms or so while the lock is changing hands. */
  private static final long SHORTEST_STANDING_BACK = 50 * ClockReading.NANOS_PER_MILLI;

  /** Others look about every second when it does not. */
  private static final long LONGEST_STANDING_BACK = 1_250 * ClockReading.NANOS_PER_MILLI;

  /** Of the time this line had the lock: what standing back costs where nobody else waits. */
  private static final int STANDING_BACK_PERCENT = 10;

  private final Core core;
  private final Set<Acquisition> waiters = new LinkedHashSet<>();
  private final Set<Acquisition> followers = new LinkedHashSet<>();
  private final LockKey key;
  private @Nullable PollPace pace;
  private @Nullable LockInfo holder;
  private int turns;
  private long turnsBegan;
  private long standBackUntil;

  Line(Core core, LockKey key) {
    this.core = core;
    this.key = key;
    this.standBackUntil = core.loop.now().nanos();
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

  /** The first has found something out, or never will. */
  void tellFollowers(Consumer<Acquisition> outcome) {
    List<Acquisition> all = List.copyOf(followers);
    followers.clear();
    all.stream().filter(follower -> !follower.isDone()).forEach(outcome);
  }

  /** Whether the present hold was handed on here: then the turns are counted on after it. */
  boolean isPassingOn() {
    return turns > 0;
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

  /** When to look next. */
  PollPace pace() {
    if (pace == null) {
      pace = core.lines.pace(key);
    }
    return pace;
  }

  /** The first of it has the lock now. */
  void acquired() {
    if (pace != null) {
      pace.acquired(core.loop.now().nanos());
    }
  }

  /** Who held the lock at the last look of anybody in line; null if nobody has looked. */
  @Nullable LockInfo holder() {
    return holder;
  }

  /** The first has seen another client hold the lock. */
  void heldElsewhere(LockInfo info) {
    holder = info;
    turns = 0;
  }

  @Nullable Acquisition nextHolder() {
    Acquisition first = first();
    if (first == null || !first.canTakeOver()) {
      turns = 0;
      return null;
    }
    long now = core.loop.now().nanos();
    if (turns == 0) {
      turnsBegan = now;
    }
    if (turns == core.config.bounds().of(Bound.HANDOFFS_IN_A_ROW)) {
      core.config.bounds().reached(Bound.HANDOFFS_IN_A_ROW);
      long had = (now - turnsBegan) / 100 * STANDING_BACK_PERCENT;
      standBackUntil = now + Math.max(SHORTEST_STANDING_BACK, Math.min(had, LONGEST_STANDING_BACK));
      turns = 0;
      return null;
    }
    turns++;
    return first;
  }

  /** How long to leave a lock to others that this client has freed, in nanoseconds. */
  long standBack() {
    return Math.max(0, standBackUntil - core.loop.now().nanos());
  }
}
