package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the history says about one holder's possession of one lock. */
final class Hold {
  final String who;
  final String key;
  final long token;
  final List<Event> acquired = new ArrayList<>();

  /** When the client said that the lock is held. */
  final List<Event> claims = new ArrayList<>();

  final List<Event> told = new ArrayList<>();

  /** RELEASED or CLOSED; null if it was neither, or not any more. */
  @Nullable Event end;

  private record Id(String who, String key, long token) {}

  private Hold(Id id) {
    this.who = id.who();
    this.key = id.key();
    this.token = id.token();
  }

  /** All holds of a history, in the order in which they first appear. */
  static List<Hold> of(List<Event> events) {
    Map<Id, Hold> holds = new LinkedHashMap<>();
    for (Event event : events) {
      switch (event.kind()) {
        case ACQUIRED, HELD, TOLD, RELEASED, CLOSED ->
            holds
                .computeIfAbsent(new Id(event.who(), event.key(), event.token()), Hold::new)
                .add(event);
        default -> {}
      }
    }
    return List.copyOf(holds.values());
  }

  private void add(Event event) {
    switch (event.kind()) {
      case ACQUIRED -> acquired.add(event);
      case HELD -> claims.add(event);
      case TOLD -> told.add(event);
      default -> end = event;
    }
  }

  /** The earliest instant at which it was held for certain; the largest long if there is none. */
  long certainlyFrom() {
    long from = claims.stream().mapToLong(Event::to).min().orElse(Long.MAX_VALUE);
    return acquired.isEmpty() ? from : Math.min(from, acquired.get(0).to());
  }

  /** The latest instant at which it was held for certain; the smallest long if there is none. */
  long certainlyUntil() {
    return claims.stream().mapToLong(Event::from).max().orElse(Long.MIN_VALUE);
  }

  boolean wasReleased() {
    return end != null && end.kind() == Kind.RELEASED;
  }

  @Override
  public String toString() {
    return who + "'s hold of '" + key + "' with token " + token;
  }
}
