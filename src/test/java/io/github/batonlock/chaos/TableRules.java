package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the table may show: tokens that grow, releases that last, and the holder that believes. */
final class TableRules {
  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, TreeMap<Long, Event>> seen = new HashMap<>();

  private TableRules(List<Event> events) {
    for (Event event : events) {
      if (event.kind() == Kind.SEEN) {
        seen.computeIfAbsent(event.key(), key -> new TreeMap<>()).put(event.from(), event);
      }
    }
  }

  static List<Violation> check(List<Event> events, List<Hold> holds) {
    TableRules rules = new TableRules(events);
    rules.seen.forEach(
        (key, looks) -> {
          if (Settings.isKept(key)) {
            rules.tokensGrow(new ArrayList<>(looks.values()));
          }
        });
    holds.forEach(rules::believerIsNamed);
    return rules.violations;
  }

  static boolean isHeld(Event look) {
    return look.detail().startsWith("held ");
  }

  private void violated(Event look, String what) {
    violations.add(new Violation(look.key(), look.from(), what + ": " + look.line()));
  }

  private void tokensGrow(List<Event> looks) {
    for (int i = 1; i < looks.size(); i++) {
      Event before = looks.get(i - 1);
      Event now = looks.get(i);
      if (now.token() < before.token()) {
        violated(now, "the table's token went back from " + before.token());
      } else if (now.token() == before.token() && isHeld(now) && !isHeld(before)) {
        violated(now, "a released lock was revived");
      }
    }
  }

  /** Between an acquisition's return and the holder's last claim, the table shows him only. */
  private void believerIsNamed(Hold hold) {
    long last = hold.certainlyUntil();
    if (hold.acquired.isEmpty() || last <= hold.acquired.get(0).to()) {
      return;
    }
    for (Event look :
        seen.getOrDefault(hold.key, new TreeMap<>())
            .subMap(hold.acquired.get(0).to(), false, last, false)
            .values()) {
      boolean named = isHeld(look) && look.token() == hold.token;
      if (look.to() < last && !named) {
        violated(look, hold + " was believed until later, but not named by the table");
      }
    }
  }
}
