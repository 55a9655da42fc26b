package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whoever waits for a free lock, runs and is connected, gets it with his next look, and a dead
 * holder's a lease after its last write (protocol section 8, property 4); his own client's ghost he
 * does not wait for.
 *
 * <p>Measured between two changes of the item or of who holds it: nothing may stay as it is for
 * longer while somebody waits.
 */
final class LivenessCheck extends Check {
  private static final long SLACK = Duration.ofMillis(600).toNanos();

  /** 1.2 s, a tenth more, and half as much again where a heartbeat is due then. */
  private static final long POLL = Duration.ofSeconds(2).toNanos();

  /** Between looks at a session; twice as much where a heartbeat is due then. */
  private static final long SESSION_POLL = Duration.ofSeconds(5).toNanos();

  /** No stretch that is shorter than this can be too long. */
  private static final long SHORTEST = POLL / 2;

  private final Map<LockKey, Course> courses = new HashMap<>();
  private final long from;
  private final long stopped;

  LivenessCheck(Scenario scenario, History history, long calmFrom, long stopped) {
    super(scenario, history);
    // A client that finds its clock to have stood still drops what it has observed.
    boolean clocksStandStill =
        scenario.has(Hazard.SUSPENDS)
            || scenario.has(Hazard.BROKEN_CLOCKS)
            || scenario.has(Hazard.FREEZES);
    this.from = clocksStandStill ? calmFrom : 0;
    this.stopped = stopped;
  }

  @Override
  void run() {
    for (Wait wait : history.waits) {
      long from = Math.max(this.from, wait.began.world());
      long to = wait.ended == null ? stopped : Math.min(stopped, wait.ended.world());
      if (from < to && !wait.node.isCrashed()) {
        waited(wait, from, to);
      }
    }
  }

  private void waited(Wait wait, long from, long to) {
    Course course = courses.computeIfAbsent(wait.key, Course::new);
    int last = course.lastChange(from);
    long begin = from;
    while (begin < to) {
      long end = Math.min(to, course.changedAt(last + 1));
      if (end - begin > SHORTEST && !course.isHeldAfter(last)) {
        stretch(wait, begin, end);
      }
      begin = end;
      last++;
    }
  }

  /**
   * When a lock's item, its session or its holder changed, and between which changes it is held.
   */
  private final class Course {
    private final long[] changes;
    private final int[] holders;

    Course(LockKey key) {
      TreeMap<Long, Integer> holdersMore = new TreeMap<>();
      for (Hold hold : history.holdsOf(key)) {
        holdersMore.merge(hold.grantedAt.world(), 1, Integer::sum);
        holdersMore.merge(hold.endedAt(), -1, Integer::sum);
      }
      itemChanges(key).forEach(at -> holdersMore.putIfAbsent(at, 0));
      changes = new long[holdersMore.size()];
      holders = new int[changes.length];
      int i = 0;
      int now = 0;
      for (Map.Entry<Long, Integer> change : holdersMore.entrySet()) {
        now += change.getValue();
        changes[i] = change.getKey();
        holders[i++] = now;
      }
    }

    /** The number of the last change until some time; -1 if there was none. */
    int lastChange(long at) {
      int found = Arrays.binarySearch(changes, at);
      return found >= 0 ? found : -found - 2;
    }

    long changedAt(int change) {
      return change < changes.length ? changes[change] : Long.MAX_VALUE;
    }

    boolean isHeldAfter(int change) {
      return change >= 0 && holders[change] > 0;
    }
  }

  /** When a lock's item changed, or that of the session which it named last. */
  private Set<Long> itemChanges(LockKey key) {
    Set<Long> changes = new HashSet<>();
    List<Commit> commits = history.commitsOf(key);
    LockKey named = null;
    long since = 0;
    for (Commit commit : commits) {
      changes.add(commit.at());
      LockKey names = commit.after().session();
      if (names != null && !names.equals(named)) {
        addWithin(changes, named, since, commit.at());
        named = names;
        since = commit.at();
      }
    }
    addWithin(changes, named, since, Long.MAX_VALUE);
    return changes;
  }

  private void addWithin(Set<Long> changes, @Nullable LockKey session, long from, long to) {
    if (session != null) {
      history.commitsOf(session).stream()
          .mapToLong(Commit::at)
          .filter(at -> at >= from && at < to)
          .forEach(changes::add);
    }
  }

  private void stretch(Wait wait, long from, long to) {
    Commit last = history.lastChange(wait.key, from);
    Row row = last == null ? Row.NONE : last.after();
    long lease = row.isHeld() && !isOwnGhost(wait, row) ? leaseOf(row, from) : 0;
    // A version that was seen replaced, and is there after all, is observed anew: an operator has
    // brought it back, or a stale read has shown one before it that had not been seen until then.
    boolean mayBeAnew = scenario.has(Hazard.STALE_READS) || (last != null && last.send() == null);
    long bound = mayBeAnew ? 2 * lease : lease;
    long staleness = scenario.has(Hazard.STALE_READS) ? Faults.MAX_STALENESS.toNanos() : 0;
    long most =
        (long) ((bound + poll(row) + recovery(scenario, wait.node)) / scenario.slowest())
            + SLACK
            + staleness;
    long good = Health.longestGood(wait.node, from, to);
    if (good > most) {
      violated(
          to,
          wait
              + " saw nothing change for "
              + Duration.ofNanos(good).toMillis()
              + " ms, the item being "
              + row);
    }
  }

  /**
   * Something that the waiter's own client got and gave up: it knows that of a lock with its own
   * lease as long as it remembers, and of one that names its session without any memory.
   */
  private boolean isOwnGhost(Wait wait, Row row) {
    Send send = history.send(row.version());
    boolean isKnown = row.session() != null || !scenario.has(Hazard.SMALL_BOUNDS);
    return isKnown
        && send != null
        && send.node() == wait.node
        && history.holdsGivenFor(send.lineage()).isEmpty();
  }

  private static long poll(Row row) {
    return row.session() == null ? POLL : POLL + SESSION_POLL;
  }

  /** What remains of it at most: nothing, if its session has ended. */
  private long leaseOf(Row row, long at) {
    long lease = Duration.ofMillis(row.leaseMillis()).toNanos();
    LockKey session = row.session();
    if (session != null) {
      Commit last = history.lastChange(session, at);
      return last != null && last.after().released() ? 0 : lease;
    }
    return history.send(row.version()) == null ? lease / 4 * 5 : lease;
  }
}
