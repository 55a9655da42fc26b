package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A holder that was told of its loss after the next one had the lock.
 *
 * @param nanos how much later
 * @param wasStopped whether its process had been stopped since the last moment at which it held the
 *     lock for certain
 */
record Late(long nanos, boolean wasStopped) {

  /** All of a history, of keys whose tokens grow by one. */
  static List<Late> of(List<Event> events) {
    Map<String, Event> acquired = new HashMap<>();
    for (Event event : events) {
      if (event.kind() == Kind.ACQUIRED && Settings.isKept(event.key())) {
        acquired.put(event.key() + " " + event.token(), event);
      }
    }
    List<Late> late = new ArrayList<>();
    for (Hold hold : Hold.of(events)) {
      Event next = acquired.get(hold.key + " " + (hold.token + 1));
      if (next != null && !hold.told.isEmpty() && hold.told.get(0).from() > next.to()) {
        late.add(new Late(hold.told.get(0).from() - next.to(), wasStopped(hold, events)));
      }
    }
    return late;
  }

  private static boolean wasStopped(Hold hold, List<Event> events) {
    long told = hold.told.get(0).from();
    return events.stream()
        .anyMatch(
            event ->
                event.kind() == Kind.FAULT
                    && event.detail().equals(Fault.Kind.STOP.name())
                    && event.who().equals(hold.told.get(0).worker())
                    && event.from() < told
                    && event.to() > hold.certainlyUntil());
  }

  /** The longest time that no stop explains. */
  static long longestUnstopped(List<Late> late) {
    return late.stream().filter(l -> !l.wasStopped()).mapToLong(Late::nanos).max().orElse(0);
  }
}
