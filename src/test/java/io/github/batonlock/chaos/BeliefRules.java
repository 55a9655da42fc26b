package io.github.batonlock.chaos;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What workers may believe: one at a time, in token order, and nobody after his end. */
final class BeliefRules {
  private final List<Violation> violations = new ArrayList<>();

  private BeliefRules() {}

  static List<Violation> check(List<Event> events, List<Hold> holds) {
    BeliefRules rules = new BeliefRules();
    holds.forEach(rules::nobodyBelievesAfterHisEnd);
    byKey(holds, hold -> hold.key).forEach((key, some) -> rules.beliefsDoNotOverlap(some));
    Map<String, List<Event>> perKey = byKey(events, Event::key);
    byKey(holds, hold -> hold.key)
        .forEach(
            (key, some) -> {
              if (Settings.isKept(key)) {
                rules.laterTokensComeLater(perKey.get(key), some);
              }
            });
    return rules.violations;
  }

  private static <T> Map<String, List<T>> byKey(List<T> all, Function<T, String> key) {
    return all.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
  }

  private void violated(Hold hold, long at, String what) {
    violations.add(new Violation(hold.key, at, hold + " " + what));
  }

  private void nobodyBelievesAfterHisEnd(Hold hold) {
    long last = hold.certainlyUntil();
    if (hold.end != null && last > hold.end.to()) {
      violated(hold, last, "was believed after it was closed");
    }
    if (!hold.told.isEmpty() && last > hold.told.get(0).to()) {
      violated(hold, last, "was believed after its holder was told that it is lost");
    }
  }

  /** From its first to its last claim a lock is held; in between, nobody else may claim it. */
  private void beliefsDoNotOverlap(List<Hold> holds) {
    List<Hold> inTime =
        holds.stream()
            .filter(hold -> hold.certainlyFrom() < hold.certainlyUntil())
            .sorted(Comparator.comparingLong(Hold::certainlyFrom))
            .toList();
    Hold latest = null;
    for (Hold hold : inTime) {
      if (latest != null && hold.certainlyFrom() < latest.certainlyUntil()) {
        violated(hold, hold.certainlyFrom(), "was believed together with " + latest);
      }
      if (latest == null || hold.certainlyUntil() > latest.certainlyUntil()) {
        latest = hold;
      }
    }
  }

  /**
   * Once anything has shown a token, nobody believes in a lower one: an acquisition that returned,
   * a claim, a write that arrived, a look at the table.
   */
  private void laterTokensComeLater(List<Event> events, List<Hold> holds) {
    List<Event> facts =
        events.stream()
            .filter(BeliefRules::showsToken)
            .sorted(Comparator.comparingLong(Event::to))
            .toList();
    List<Hold> ended =
        holds.stream().sorted(Comparator.comparingLong(Hold::certainlyUntil)).toList();
    int next = 0;
    Event highest = null;
    for (Hold hold : ended) {
      while (next < facts.size() && facts.get(next).to() < hold.certainlyUntil()) {
        Event fact = facts.get(next++);
        if (highest == null || fact.token() > highest.token()) {
          highest = fact;
        }
      }
      if (highest != null && highest.token() > hold.token) {
        violated(
            hold,
            hold.certainlyUntil(),
            "was believed after a higher token had been shown: " + highest.line());
      }
    }
  }

  private static boolean showsToken(Event event) {
    return switch (event.kind()) {
      case ACQUIRED, HELD, ACCEPTED, REFUSED, SEEN -> event.token() != 0;
      default -> false;
    };
  }
}
