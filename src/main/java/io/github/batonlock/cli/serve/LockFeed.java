package io.github.batonlock.cli.serve;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.LockReader;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.OperatorTable.Traffic;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The way from the table to the board: scans of the table, and reads of what is on a screen. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class LockFeed {
  private static final long SHORTEST_WAIT = 50;

  private final LockReader reader;
  private final Supplier<Traffic> traffic;
  private final LockBoard board;
  private final Screens screens;
  private final Pace pace;
  private final LongSupplier clock;
  private long nextScan;
  private long nextLook;

  /**
   * How often the feed looks.
   *
   * @param scan from one scan of the table to the next
   * @param look from one read of a lock on a screen to the next
   */
  record Pace(Duration scan, Duration look) {}

  /**
   * Creates a feed.
   *
   * @param reader reads the table
   * @param traffic the requests that it has sent so far
   * @param board gets what is read
   * @param screens what is shown
   * @param pace how often
   * @param clock milliseconds that never step
   */
  LockFeed(
      LockReader reader,
      Supplier<Traffic> traffic,
      LockBoard board,
      Screens screens,
      Pace pace,
      LongSupplier clock) {
    this.reader = reader;
    this.traffic = traffic;
    this.board = board;
    this.screens = screens;
    this.pace = pace;
    this.clock = clock;
    this.nextScan = clock.getAsLong();
    this.nextLook = nextScan;
  }

  /**
   * Scans the table for the first time.
   *
   * @throws LockException if the table does not answer
   */
  void begin() throws InterruptedException {
    scan(clock.getAsLong());
    told();
  }

  /**
   * Does what is due.
   *
   * @return the time to the next step, in milliseconds
   */
  long step() throws InterruptedException {
    long now = clock.getAsLong();
    try {
      if (now >= nextScan) {
        scan(now);
        told();
      }
      List<LockKey> due = due(now);
      if (now >= nextLook && !due.isEmpty()) {
        look(due, now);
        told();
      }
    } catch (LockException e) {
      long after = clock.getAsLong();
      board.failed(e.getMessage() == null ? "no answer" : e.getMessage(), after);
      nextLook = after + pace.look().toMillis();
      nextScan = Math.max(nextScan, nextLook);
      told();
    }
    return untilNext(clock.getAsLong());
  }

  private void told() {
    board.spent(traffic.get(), clock.getAsLong());
    screens.tell();
  }

  private void scan(long now) throws InterruptedException {
    board.scanned(reader.list(""), now);
    nextScan = now + pace.scan().toMillis();
  }

  /** The locks on screens that were not read lately. */
  private List<LockKey> due(long now) {
    return screens.shown().stream().filter(key -> dueAt(key) <= now).toList();
  }

  private long dueAt(LockKey key) {
    SeenLock lock = board.lock(key);
    return lock == null ? Long.MIN_VALUE : lock.seenAt() + pace.look().toMillis();
  }

  private void look(List<LockKey> keys, long now) throws InterruptedException {
    List<LockRow> rows = new ArrayList<>();
    for (LockRow row : reader.glance(keys)) {
      SeenLock before = board.lock(row.key());
      // An eventually consistent read may be late. A death is looked at twice.
      boolean wouldDie = before != null && before.wouldDie(row, now);
      rows.add(wouldDie ? reader.read(row.key()) : row);
    }
    board.looked(rows, now);
  }

  private long untilNext(long now) {
    long next = nextScan;
    for (LockKey key : screens.shown()) {
      next = Math.min(next, Math.max(nextLook, dueAt(key)));
    }
    return Math.max(SHORTEST_WAIT, next - now);
  }
}
