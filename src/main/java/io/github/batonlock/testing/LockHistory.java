package io.github.batonlock.testing;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A record of holds of locks, with checks of what a lock promises: one holder at a time, fencing
 * tokens that grow, no write of a late holder.
 *
 * <p>A {@link LockTestbed} keeps one by itself. For a run of your own, with processes that are
 * stopped and killed, make one history per run and record in it what each process saw. All times of
 * a history are of one clock, from any origin: the virtual time of a testbed, or {@code
 * System.nanoTime()} where all processes share a machine.
 *
 * <p>An event happened at some instant between its two times. Only what is wrong for every choice
 * of these instants is a violation. So read the clock before and after each question ({@code
 * lock.isHeld()}, a write), and no violation is an artefact of a pause between the question and the
 * line that records it.
 *
 * <p>Safe for use by many threads.
 */
public final class LockHistory {
  @GuardedBy("this")
  private final List<Event> events = new ArrayList<>();

  /** Creates an empty history. */
  public LockHistory() {}

  /** The kinds of events. */
  public enum Kind {
    /** A client has acquired the lock, and counts it as held. */
    ACQUIRED,
    /** A client counts the lock as held: {@code isHeld()} was true. */
    HELD,
    /** The holder has released the lock. Its hold ended then, or before. */
    RELEASED,
    /** The holder was told that its lock is lost. Its hold ended then, or before. */
    REVOKED,
    /** The guarded resource has accepted a write with the token of the hold. */
    WROTE
  }

  /**
   * An event of a hold.
   *
   * @param kind what happened
   * @param holder the name of the client
   * @param key the lock
   * @param token the fencing token of the hold
   * @param from it happened at this time or later
   * @param to it happened at this time or earlier
   * @param detail for people, such as the reason of a revocation; may be empty
   */
  public record Event(
      Kind kind,
      String holder,
      LockKey key,
      long token,
      Duration from,
      Duration to,
      String detail) {
    @Override
    public String toString() {
      String time = from.equals(to) ? at(from) : at(from) + " to " + at(to);
      return "%s: %s %s '%s' (token %d)%s"
          .formatted(time, holder, kind, key, token, detail.isEmpty() ? "" : ", " + detail);
    }

    private static String at(Duration time) {
      return time.toMillis() / 1000.0 + " s";
    }
  }

  /**
   * Records an event.
   *
   * @param event what happened
   * @throws IllegalArgumentException if the event ends before it begins
   */
  public synchronized void record(Event event) {
    if (event.from().compareTo(event.to()) > 0) {
      throw new IllegalArgumentException(
          "An event of '%s' is from %s to %s; it has to end after it begins"
              .formatted(event.key(), event.from(), event.to()));
    }
    events.add(event);
  }

  /**
   * Records an event that happened at a known instant.
   *
   * @param kind what happened
   * @param holder the name of the client
   * @param key the lock's partition key
   * @param token the fencing token of the hold
   * @param at when
   */
  public void record(Kind kind, String holder, String key, long token, Duration at) {
    record(new Event(kind, holder, LockKey.of(key), token, at, at, ""));
  }

  /**
   * Returns all events.
   *
   * @return in the order in which they were recorded
   */
  public synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /**
   * Returns which clients have held a lock.
   *
   * @param key the lock's partition key
   * @return the name of the client of each {@link Kind#ACQUIRED}, in their order
   */
  public List<String> holders(String key) {
    LockKey wanted = LockKey.of(key);
    return events().stream()
        .filter(event -> event.kind() == Kind.ACQUIRED && event.key().equals(wanted))
        .map(Event::holder)
        .toList();
  }

  /**
   * Returns whether no two holds of one lock were counted as held at the same time, and no hold
   * after its end.
   *
   * @return true if no such thing was recorded
   */
  public boolean isExclusive() {
    return found().stream().noneMatch(each -> each.rule() == HistoryChecker.Rule.EXCLUSIVE);
  }

  /**
   * Returns whether each holder of a lock had a larger fencing token than all holders before it,
   * and the guarded resource accepted no write with a token that is smaller than one it had
   * accepted before.
   *
   * @return true if no such thing was recorded
   */
  public boolean hasGrowingTokens() {
    return found().stream().noneMatch(each -> each.rule() == HistoryChecker.Rule.TOKENS);
  }

  /**
   * Returns what this history shows that may never be.
   *
   * @return a sentence each, with keys, holders, tokens and times; empty if nothing is wrong
   */
  public List<String> violations() {
    return found().stream().map(HistoryChecker.Violation::text).toList();
  }

  /**
   * Fails if this history shows what may never be.
   *
   * @throws AssertionError with the {@link #violations}
   */
  public void check() {
    fail(violations());
  }

  static void fail(List<String> violations) {
    if (!violations.isEmpty()) {
      throw new AssertionError(
          violations.stream()
              .collect(Collectors.joining("\n  ", "The history of the locks is wrong:\n  ", "")));
    }
  }

  List<HistoryChecker.Violation> found() {
    return HistoryChecker.check(events());
  }

  /** {@return all events, a line each} */
  @Override
  public String toString() {
    return events().stream().map(Event::toString).collect(Collectors.joining("\n"));
  }
}
