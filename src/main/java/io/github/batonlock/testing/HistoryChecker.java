package io.github.batonlock.testing;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.testing.LockHistory.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds in a history what a lock promises never to happen. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class HistoryChecker {
  private final List<Violation> violations = new ArrayList<>();

  /** What is broken. */
  enum Rule {
    EXCLUSIVE,
    TOKENS
  }

  /** One thing that is wrong. */
  record Violation(Rule rule, LockKey key, String text) {}

  /** An event, and its place among those of the same time. */
  private record Claim(Event event, int place) {
    static final Comparator<Claim> BY_BEGIN =
        Comparator.comparing((Claim claim) -> claim.event.from()).thenComparing(Claim::place);
    static final Comparator<Claim> BY_END =
        Comparator.comparing((Claim claim) -> claim.event.to()).thenComparing(Claim::place);

    /** Whether this event has certainly ended when the other one begins. */
    boolean isBefore(Claim other) {
      int order = event.to().compareTo(other.event.from());
      return order < 0 || (order == 0 && place < other.place);
    }
  }

  private record Id(LockKey key, String holder, long token) {}

  /** What a history says of one hold. */
  private record Hold(Id id, List<Claim> claims, List<Claim> ends, List<Claim> writes) {
    /** The event by whose end the hold had begun for certain. */
    Claim first() {
      return claims.stream().min(Claim.BY_END).orElseThrow();
    }

    /** The event until whose begin the hold lasted for certain. */
    Claim last() {
      return claims.stream().max(Claim.BY_BEGIN).orElseThrow();
    }

    /** Whether it was held throughout an event, for certain. */
    boolean lastsThroughout(Claim event) {
      return first().isBefore(event) && event.isBefore(last());
    }

    @Override
    public String toString() {
      return "%s's hold of '%s' with token %d".formatted(id.holder(), id.key(), id.token());
    }
  }

  private HistoryChecker() {}

  static List<Violation> check(List<Event> events) {
    HistoryChecker checker = new HistoryChecker();
    Map<LockKey, List<Hold>> holds = new LinkedHashMap<>();
    holds(events)
        .values()
        .forEach(
            hold -> holds.computeIfAbsent(hold.id().key(), key -> new ArrayList<>()).add(hold));
    holds.values().forEach(checker::checkLock);
    return checker.violations;
  }

  private static Map<Id, Hold> holds(List<Event> events) {
    Map<Id, Hold> holds = new LinkedHashMap<>();
    int place = 0;
    for (Event event : events) {
      Hold hold =
          holds.computeIfAbsent(
              new Id(event.key(), event.holder(), event.token()),
              id -> new Hold(id, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
      Claim claim = new Claim(event, place++);
      switch (event.kind()) {
        case ACQUIRED, HELD -> hold.claims().add(claim);
        case RELEASED, REVOKED -> hold.ends().add(claim);
        case WROTE -> hold.writes().add(claim);
      }
    }
    return holds;
  }

  private void checkLock(List<Hold> all) {
    List<Hold> holds = all.stream().filter(hold -> !hold.claims().isEmpty()).toList();
    holds.forEach(this::checkEnd);
    for (int i = 0; i < holds.size(); i++) {
      for (int j = i + 1; j < holds.size(); j++) {
        checkPair(holds.get(i), holds.get(j));
      }
    }
    checkWrites(all);
  }

  private void checkEnd(Hold hold) {
    Claim end = hold.ends().stream().min(Claim.BY_END).orElse(null);
    if (end != null && end.isBefore(hold.last())) {
      violated(
          Rule.EXCLUSIVE,
          hold,
          "was counted as held at %s, after its end: %s"
              .formatted(seconds(hold.last().event().from()), end.event()));
    }
  }

  private void checkPair(Hold one, Hold other) {
    if (one.id().token() == other.id().token()) {
      violated(Rule.TOKENS, one, "and " + other + " have one token");
    }
    Claim together = together(one, other);
    if (together != null) {
      violated(
          Rule.EXCLUSIVE,
          one,
          "and %s were counted as held together at %s"
              .formatted(other, seconds(together.event().to())));
    } else if (one.first().isBefore(other.first())) {
      checkOrder(one, other);
    } else if (other.first().isBefore(one.first())) {
      checkOrder(other, one);
    }
  }

  /** An event at which both were held for certain; null if there is none. */
  private static @Nullable Claim together(Hold one, Hold other) {
    for (Claim claim : other.claims()) {
      if (one.lastsThroughout(claim)) {
        return claim;
      }
    }
    for (Claim claim : one.claims()) {
      if (other.lastsThroughout(claim)) {
        return claim;
      }
    }
    boolean overlap = one.first().isBefore(other.last()) && other.first().isBefore(one.last());
    boolean haveLength = one.first().isBefore(one.last()) && other.first().isBefore(other.last());
    return overlap && haveLength ? one.last() : null;
  }

  private void checkOrder(Hold earlier, Hold later) {
    if (earlier.id().token() > later.id().token()) {
      violated(
          Rule.TOKENS,
          later,
          "began at %s, after %s, which has a larger token"
              .formatted(seconds(later.first().event().to()), earlier));
    }
  }

  private void checkWrites(List<Hold> holds) {
    for (Hold hold : holds) {
      for (Claim write : hold.writes()) {
        holds.stream()
            .filter(other -> other.id().token() > hold.id().token())
            .filter(other -> other.writes().stream().anyMatch(before -> before.isBefore(write)))
            .findFirst()
            .ifPresent(
                other ->
                    violated(
                        Rule.TOKENS,
                        hold,
                        "was used for a write that was accepted at %s, after one of %s"
                            .formatted(seconds(write.event().from()), other)));
      }
    }
  }

  private void violated(Rule rule, Hold hold, String what) {
    violations.add(new Violation(rule, hold.id().key(), hold + " " + what));
  }

  private static String seconds(Duration time) {
    return time.toMillis() / 1000.0 + " s";
  }
}
