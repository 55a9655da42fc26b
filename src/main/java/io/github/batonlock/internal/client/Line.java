package io.github.batonlock.internal.client;

import io.github.batonlock.LockInfo;
import io.github.batonlock.internal.protocol.Moment;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client's waiters for one lock, first come first served. Belongs to the loop.
 *
 * <p>Only the first looks and writes; so a lock costs the same however many wait for it here. When
 * the lock is held by this client itself, nobody looks: the hold's end tells. From there it is
 * handed on within the client, by one write each time, but not for ever: after some turns it is
 * freed for everybody, and this line stands back for a moment.
 */
final class Line {
  /** Handoffs in a row, at most: between fairness to other clients and one write a turn. */
  private static final int MAX_TURNS = 32;

  /** Others look every 25 ms or so while the lock is changing hands. */
  private static final long SHORTEST_STANDING_BACK = 50 * Moment.NANOS_PER_MILLI;

  /** Others look about every second when it does not. */
  private static final long LONGEST_STANDING_BACK = 1_250 * Moment.NANOS_PER_MILLI;

  /** Of the time this line had the lock: what standing back costs where nobody else waits. */
  private static final int STANDING_BACK_PERCENT = 10;

  private final Core core;
  private final Set<Acquisition> waiters = new LinkedHashSet<>();
  private final PollPace pace;
  private @Nullable LockInfo holder;
  private int turns;
  private long turnsBegan;
  private long standBackUntil;

  Line(Core core) {
    this.core = core;
    this.pace = new PollPace(core.platform.random());
    this.standBackUntil = core.now().nanos();
  }

  void add(Acquisition waiter) {
    waiters.add(waiter);
  }

  void remove(Acquisition waiter) {
    waiters.remove(waiter);
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

  /** When to look next. */
  PollPace pace() {
    return pace;
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
    long now = core.now().nanos();
    if (turns == 0) {
      turnsBegan = now;
    }
    if (turns == MAX_TURNS) {
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
    return Math.max(0, standBackUntil - core.now().nanos());
  }
}
