package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The permissions of the credentials, the speed of the table and this machine's clock. Each action
 * is tried on a probe key, by writes with a condition that no item meets: nothing is changed.
 */
final class AccessExam {
  /** How far this machine's time of day may be off. */
  private static final Duration OFF = OperatorTable.MAX_DATE_ERROR;

  /** The longest attempt of a heartbeat, however long its interval. */
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  private static final String UPDATE = "dynamodb:UpdateItem";

  private final OperatorTable table;
  private final LockKey probe;

  AccessExam(OperatorTable table, LockKey probe) {
    this.table = table;
    this.probe = probe;
  }

  /** A request that needs one permission. */
  @FunctionalInterface
  private interface Request {
    void send() throws InterruptedException;
  }

  /** Tries each action that clients need. */
  List<Check> permissions() throws InterruptedException {
    List<Check> checks = new ArrayList<>();
    checks.add(needed("dynamodb:GetItem", () -> table.read(probe)));
    checks.add(needed(UPDATE, this::refusedUpdate));
    checks.add(
        optional(
            "dynamodb:DeleteItem",
            "deleteOnRelease",
            () -> table.trial(new LockWrite.Delete(probe, "-", List.of(table.newVersion())))));
    checks.add(optional("dynamodb:Scan", "listLocks and 'baton list'", () -> table.onePage()));
    return checks;
  }

  /** A write that names a version of no item. */
  private void refusedUpdate() throws InterruptedException {
    String version = table.newVersion();
    SentBefore unknown = SentBefore.stamp(version, OptionalLong.empty());
    table.trial(new LockWrite.Mark(probe, unknown, null));
  }

  private static Check needed(String action, Request request) throws InterruptedException {
    return isAllowed(request)
        ? Check.good("access", action)
        : Check.wrong(
            "access", action + " is denied", "Every client needs it: add it to the policy");
  }

  private static Check optional(String action, String need, Request request)
      throws InterruptedException {
    return isAllowed(request)
        ? Check.good("access", action)
        : Check.note("access", action + " is denied", "Only " + need + " needs it");
  }

  private static boolean isAllowed(Request request) throws InterruptedException {
    try {
      request.send();
      return true;
    } catch (LockStoreException e) {
      if (e.kind() != Kind.ACCESS_DENIED) {
        throw e;
      }
      return false;
    }
  }

  // Speed

  /**
   * Measures reads and refused writes.
   *
   * @param samples how many of each
   * @param heartbeat the interval that the holders have
   */
  List<Check> speed(int samples, Duration heartbeat) throws InterruptedException {
    Duration half = heartbeat.dividedBy(2);
    Duration budget = half.compareTo(ATTEMPT) < 0 ? half : ATTEMPT;
    List<Check> checks = new ArrayList<>();
    checks.add(latency("reads", samples, budget, () -> table.read(probe)));
    checks.add(latency("writes", samples, budget, this::refusedUpdate));
    return checks;
  }

  private Check latency(String what, int samples, Duration budget, Request request)
      throws InterruptedException {
    long[] nanos = new long[samples];
    for (int i = 0; i < samples; i++) {
      long before = table.now().nanos();
      try {
        request.send();
      } catch (LockStoreException e) {
        if (e.kind() == Kind.ACCESS_DENIED) {
          return Check.unknown(what, "could not be measured: access denied", "");
        } else if (!e.kind().isTransient()) {
          throw e;
        }
        // As slow as the request was until it failed.
      }
      nanos[i] = table.now().nanos() - before;
    }
    Arrays.sort(nanos);
    Duration median = Duration.ofNanos(nanos[samples / 2]);
    Duration slowest = Duration.ofNanos(nanos[(samples * 99 - 1) / 100]);
    return judged(what, median, slowest, budget);
  }

  private static Check judged(String what, Duration median, Duration slowest, Duration budget) {
    String found =
        "p50 "
            + median.toMillis()
            + " ms, p99 "
            + slowest.toMillis()
            + " ms, of "
            + budget.toMillis()
            + " ms that one try of a heartbeat has";
    if (slowest.compareTo(budget) > 0) {
      return Check.wrong(
          what,
          found,
          "Heartbeats time out: use a longer lease, or look for the cause (network, throttling, a"
              + " slow machine)");
    } else if (slowest.multipliedBy(2).compareTo(budget) > 0) {
      return Check.note(what, found, "There is little room: consider a longer lease");
    }
    return Check.good(what, found);
  }

  // Clock

  /** Compares this machine's time of day with the {@code Date} of the last answer. */
  Check clock() {
    OperatorTable.Exchange last = table.latestDate();
    if (last == null) {
      return Check.unknown("clock", "the answers have no Date", "");
    }
    // A date is cut to the second.
    long date = last.date().toEpochMilli();
    long ahead = last.sentAt().epochMillis() - (date + 1_000);
    long behind = date - last.receivedAt().epochMillis();
    long off = Math.max(0, Math.max(ahead, behind));
    if (off <= OFF.toMillis()) {
      return Check.good("clock", off == 0 ? "agrees with the table's" : "off by " + off + " ms");
    }
    return Check.wrong(
        "clock",
        "this machine's time of day is "
            + Ages.inWords(Duration.ofMillis(off))
            + (ahead > behind ? " ahead of" : " behind")
            + " the table's",
        "Set it (chrony, ntpd): locks do not depend on it, but AWS refuses requests that are signed"
            + " five minutes off");
  }
}
