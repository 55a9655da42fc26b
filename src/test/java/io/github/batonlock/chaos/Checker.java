package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds in a history what may never be. It knows the protocol's promises, and nothing of Baton.
 *
 * <p>All times are of one clock, and each event happened at some instant between its two times.
 * Only what is so for every choice of these instants is a violation: none is an artefact of a
 * process that was stopped between a question and the line about its answer.
 */
final class Checker {
  private static final Set<String> REASONS = Set.of("LEASE_EXPIRED", "TAKEN_OVER", "CLIENT_CLOSED");

  private final List<Event> events;
  private final List<Hold> holds;
  private final List<Violation> violations = new ArrayList<>();

  private Checker(List<Event> events) {
    this.events = events;
    this.holds = Hold.of(events);
  }

  /**
   * Checks a history.
   *
   * @param events those of one writer in the order in which it wrote them
   * @return what is wrong; empty if nothing is
   */
  static List<Violation> check(List<Event> events) {
    Checker checker = new Checker(events);
    checker.nothingOdd();
    checker.fenceTakesTokensInOrder();
    checker.tokensAreUnique();
    checker.everybodyIsTold();
    checker.violations.addAll(BeliefRules.check(events, checker.holds));
    checker.violations.addAll(TableRules.check(events, checker.holds));
    return checker.violations;
  }

  private void violated(String key, long at, String what) {
    violations.add(new Violation(key, at, what));
  }

  private void nothingOdd() {
    for (Event event : events) {
      if (event.kind() == Kind.ODD) {
        violated(
            event.key(), event.from(), event.who() + " met what may not be: " + event.detail());
      }
    }
  }

  /** Does not believe the resource: compares its answers with what it had accepted before. */
  private void fenceTakesTokensInOrder() {
    Map<String, Long> highest = new HashMap<>();
    for (Event event : events) {
      boolean accepted = event.kind() == Kind.ACCEPTED;
      if (!accepted && event.kind() != Kind.REFUSED) {
        continue;
      }
      boolean inOrder = event.token() >= highest.getOrDefault(event.key(), Long.MIN_VALUE);
      if (accepted != inOrder) {
        violated(
            event.key(),
            event.from(),
            "the fenced resource said "
                + event.kind()
                + " to token "
                + event.token()
                + " after "
                + highest.get(event.key()));
      }
      if (accepted) {
        highest.merge(event.key(), event.token(), Math::max);
      }
    }
  }

  /** Where the item stays, a token is one holder's. */
  private void tokensAreUnique() {
    Map<String, Hold> first = new HashMap<>();
    for (Hold hold : holds) {
      if (!Settings.isKept(hold.key)) {
        continue;
      }
      Hold other = first.putIfAbsent(hold.key + " " + hold.token, hold);
      if (other != null || hold.acquired.size() > 1) {
        violated(
            hold.key,
            hold.certainlyFrom(),
            hold + " and " + (other == null ? "another of it" : other) + " have one token");
      }
    }
  }

  /** A lock that was not released by its holder was revoked, and the callback ran once. */
  private void everybodyIsTold() {
    Set<String> inOrder =
        events.stream()
            .filter(event -> event.kind() == Kind.BYE)
            .map(Event::who)
            .collect(Collectors.toCollection(HashSet::new));
    for (Hold hold : holds) {
      if (hold.told.size() > 1) {
        violated(hold.key, hold.told.get(1).from(), hold + " was told twice of its revocation");
      }
      if (hold.wasReleased() && !hold.told.isEmpty()) {
        violated(hold.key, hold.told.get(0).from(), hold + " was told although it was released");
      }
      if (inOrder.contains(hold.who) && !hold.wasReleased() && hold.told.isEmpty()) {
        violated(
            hold.key, hold.certainlyFrom(), hold + " was neither released nor told of its end");
      }
      hold.told.forEach(told -> checkReason(hold, told));
    }
  }

  /** Nobody writes to the items but Baton: there is no reason for other reasons. */
  private void checkReason(Hold hold, Event told) {
    boolean goneByRelease = !Settings.isKept(hold.key) && told.detail().equals("ITEM_DELETED");
    if (!REASONS.contains(told.detail()) && !goneByRelease) {
      violated(hold.key, told.from(), hold + " was told " + told.detail());
    }
  }
}
