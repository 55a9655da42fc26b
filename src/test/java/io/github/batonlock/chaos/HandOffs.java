package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How long locks stayed free while they were wanted, as the table showed it.
 *
 * <p>Only locks with their own lease: of others the item does not tell when the holder fell silent.
 * A released lock is free from when the table was seen to show it. A lock of a silent holder is
 * free one lease after its last heartbeat was seen: the lease itself is not counted, as nobody may
 * take the lock before.
 */
final class HandOffs {
  /** A request that was sent into a fault is given up, and another one sent, within this time. */
  private static final long RECOVERY = Settings.LEASE.toNanos();

  private final List<Event> events;
  private final Map<String, List<Wait>> waits = new HashMap<>();
  private final Map<String, List<Event>> faults = new HashMap<>();
  private final List<HandOff> all = new ArrayList<>();

  /**
   * One change of hands.
   *
   * @param key the lock
   * @param token of the new holder
   * @param at when the new holder was seen
   * @param afterSilence whether the holder before was silent for a lease; else it had released
   * @param wantedNanos the longest time that somebody waited while the lock was free
   * @param calmNanos the same of one waiter that no fault touched, then and a moment before
   */
  record HandOff(
      String key, long token, long at, boolean afterSilence, long wantedNanos, long calmNanos) {}

  private record Wait(String worker, long from, long to) {}

  private HandOffs(List<Event> events) {
    this.events = events;
  }

  /** All of a history, in the order of keys and times. */
  static List<HandOff> of(List<Event> events) {
    HandOffs handOffs = new HandOffs(events);
    handOffs.collectWaits();
    handOffs.collectFaults();
    Map<String, List<Event>> looks = new TreeMap<>();
    for (Event event : events) {
      if (event.kind() == Kind.SEEN && !event.key().equals(Settings.SHARED_KEY)) {
        looks.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(event);
      }
    }
    looks.values().forEach(handOffs::follow);
    return handOffs.all;
  }

  private void collectWaits() {
    Map<String, Event> begun = new HashMap<>();
    long end = Long.MIN_VALUE;
    for (Event event : inTime()) {
      end = Math.max(end, event.to());
      switch (event.kind()) {
        case WAITING -> begun.put(event.who() + " " + event.token(), event);
        case ACQUIRED -> ended(begun.remove(event.who() + " " + event.detail()), event.to());
        case GAVE_UP -> ended(begun.remove(event.who() + " " + event.token()), event.from());
        case KILLED -> {
          Set<String> killed = new HashSet<>(begun.keySet());
          killed.removeIf(id -> !id.startsWith(event.who() + " "));
          killed.forEach(id -> ended(begun.remove(id), event.from()));
        }
        default -> {}
      }
    }
    for (Event waiting : begun.values()) {
      ended(waiting, end);
    }
  }

  private List<Event> inTime() {
    return events.stream().sorted(Comparator.comparingLong(Event::to)).toList();
  }

  private void ended(Event waiting, long end) {
    if (waiting != null) {
      waits
          .computeIfAbsent(waiting.key(), key -> new ArrayList<>())
          .add(new Wait(waiting.worker(), waiting.from(), end));
    }
  }

  private void collectFaults() {
    for (Event event : inTime()) {
      // A step of the clock takes no time; what it costs is the client's own doing.
      if (event.kind() == Kind.FAULT && !event.detail().startsWith("WALL_")) {
        faults.computeIfAbsent(event.who(), who -> new ArrayList<>()).add(event);
      }
    }
    faults.values().forEach(some -> some.sort(Comparator.comparingLong(Event::from)));
  }

  private void follow(List<Event> looks) {
    List<Wait> toCome = waits.getOrDefault(looks.get(0).key(), new ArrayList<>());
    toCome.sort(Comparator.comparingLong(Wait::from));
    int next = 0;
    List<Wait> current = new ArrayList<>();
    for (int i = 1; i < looks.size(); i++) {
      Event before = looks.get(i - 1);
      Event now = looks.get(i);
      boolean wasHeld = TableRules.isHeld(before);
      if (!TableRules.isHeld(now) || (wasHeld && before.token() == now.token())) {
        continue;
      }
      // Sooner than a lease: it was released, and taken again between two looks.
      boolean afterSilence = wasHeld && now.to() - before.from() >= Settings.LEASE.toNanos();
      long freeFrom =
          afterSilence ? before.to() + Settings.LEASE.toNanos() : wasHeld ? now.to() : before.to();
      long until = Math.max(freeFrom, now.to());
      while (next < toCome.size() && toCome.get(next).from() < until) {
        current.add(toCome.get(next++));
      }
      current.removeIf(wait -> wait.to() <= freeFrom);
      all.add(
          new HandOff(
              now.key(),
              now.token(),
              now.to(),
              afterSilence,
              longestWanted(current, freeFrom, until),
              longestCalm(current, afterSilence, freeFrom, until)));
    }
  }

  private static long longestWanted(List<Wait> wanting, long from, long until) {
    long longest = 0;
    long begin = from;
    long end = from;
    for (Wait wait : wanting) {
      if (wait.from() > end) {
        begin = wait.from();
      }
      end = Math.max(end, Math.min(until, wait.to()));
      longest = Math.max(longest, end - Math.max(begin, from));
    }
    return longest;
  }

  private long longestCalm(List<Wait> wanting, boolean afterSilence, long from, long until) {
    long longest = 0;
    for (Wait wait : wanting) {
      List<Event> inTheWay = new ArrayList<>(faults.getOrDefault(wait.worker(), List.of()));
      inTheWay.addAll(faults.getOrDefault("table", List.of()));
      inTheWay.sort(Comparator.comparingLong(Event::from));
      // Who comes later than the last heartbeat has to see a lease of silence for himself.
      long own = wait.from() + (afterSilence ? Settings.LEASE.toNanos() : 0);
      long begin = Math.max(from, own);
      long end = Math.min(until, wait.to());
      for (Event fault : inTheWay) {
        longest = Math.max(longest, Math.min(end, fault.from()) - begin);
        begin = Math.max(begin, fault.to() + RECOVERY);
      }
      longest = Math.max(longest, end - begin);
    }
    return longest;
  }
}
