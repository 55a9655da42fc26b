package io.github.batonlock.micrometer;

import io.github.batonlock.HeldLock;
import java.util.Map;
import java.util.OptionalLong;
import java.util.WeakHashMap;

/**
 * The holds of one client, as far as its listener was told. Events of one hold may come in any
 * order, and two of its end: each hold counts once. An ended hold is remembered for as long as its
 * lock object is in use elsewhere. Any thread.
 */
final class Holds {
  private final Map<HeldLock, State> states = new WeakHashMap<>();

  /**
   * What was told of one hold.
   *
   * @param began when it began, in nanoseconds
   * @param jeopardies the beginnings of jeopardy, less their ends
   */
  private record State(boolean isHeld, boolean isOver, long began, int jeopardies) {
    static final State NEW = new State(false, false, 0, 0);
  }

  synchronized void began(HeldLock lock, LockCounts counts, long now) {
    State state = states.getOrDefault(lock, State.NEW);
    if (!state.isOver && !state.isHeld) {
      states.put(lock, new State(true, false, now, state.jeopardies));
      counts.addHeld(1);
    }
  }

  /** A lock came into jeopardy, or is safe again. */
  synchronized void jeopardy(HeldLock lock, LockCounts counts, int change) {
    State state = states.getOrDefault(lock, State.NEW);
    if (!state.isOver) {
      states.put(lock, new State(state.isHeld, false, state.began, state.jeopardies + change));
      counts.addInJeopardy(change);
    }
  }

  /**
   * Ends a hold.
   *
   * @return for how many nanoseconds the lock was held; empty if the hold had ended before
   */
  synchronized OptionalLong ended(HeldLock lock, LockCounts counts, long now) {
    State state = states.getOrDefault(lock, State.NEW);
    if (state.isOver) {
      return OptionalLong.empty();
    }
    states.put(lock, new State(false, true, 0, 0));
    counts.addInJeopardy(-state.jeopardies);
    counts.addHeld(state.isHeld ? -1 : 0);
    // Threads that overtake each other have read the clock before they came here.
    return OptionalLong.of(state.isHeld ? Math.max(0, now - state.began) : 0);
  }
}
