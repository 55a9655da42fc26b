package io.github.batonlock.cli.serve;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.serve.BoardEvent.Tone;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.OperatorTable.Traffic;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that the page knows: the locks of the table, what happened to them, and whether the table
 * answers. Any thread. It sends no request and reads no clock.
 */
final class LockBoard {
  private static final long MINUTE = 60_000;

  @GuardedBy("this")
  private final Map<LockKey, SeenLock> locks = new HashMap<>();

  @GuardedBy("this")
  private final Deque<BoardEvent> events = new ArrayDeque<>();

  @GuardedBy("this")
  private final Deque<Spent> spent = new ArrayDeque<>();

  @GuardedBy("this")
  private @Nullable Problem problem;

  @GuardedBy("this")
  private @Nullable Long scannedAt;

  @GuardedBy("this")
  private boolean isCut;

  private record Spent(long at, Traffic traffic) {}

  /**
   * Why the page may be out of date.
   *
   * @param text for people
   * @param since since when the table has not answered
   */
  record Problem(String text, long since) {}

  /**
   * One view of the board.
   *
   * @param now the time of it
   * @param view the view, with a page that exists
   * @param rows the locks on that page
   * @param matches how many locks there are on all pages
   * @param open the lock with details that are shown; null for none
   * @param ofOpen what happened to that lock, newest first
   * @param counts how many locks of each group match the filter
   * @param events what happened last, newest first
   * @param problem why it may be out of date; null if it is not
   * @param scannedAt when the table was last scanned; null if it never was
   * @param isCut whether the table has more locks than the board takes
   * @param lastMinute the requests of the last minute
   */
  record Picture(
      long now,
      View view,
      List<SeenLock> rows,
      int matches,
      @Nullable SeenLock open,
      List<BoardEvent> ofOpen,
      Map<View.Group, Integer> counts,
      List<BoardEvent> events,
      @Nullable Problem problem,
      @Nullable Long scannedAt,
      boolean isCut,
      Traffic lastMinute) {

    /** How many pages the list has; at least one. */
    int pages() {
      return Math.max(1, (matches + PageBounds.LOCKS_ON_A_PAGE - 1) / PageBounds.LOCKS_ON_A_PAGE);
    }

    /** The locks that this view shows. */
    Set<LockKey> shown() {
      Set<LockKey> keys = new HashSet<>();
      rows.forEach(lock -> keys.add(lock.row().key()));
      if (open != null) {
        keys.add(open.row().key());
      }
      return keys;
    }
  }

  // What looks show

  /**
   * A scan of the whole table.
   *
   * @param rows all of its rows
   * @param now the time before the scan
   */
  synchronized void scanned(List<LockRow> rows, long now) {
    Set<LockKey> present = new HashSet<>();
    isCut = false;
    for (LockRow row : rows) {
      if (isSession(row)) {
        continue;
      }
      isCut |= present.size() == PageBounds.LOCKS;
      if (present.size() < PageBounds.LOCKS) {
        present.add(row.key());
        saw(row, now);
      }
    }
    for (Iterator<SeenLock> all = locks.values().iterator(); all.hasNext(); ) {
      SeenLock lock = all.next();
      if (!present.contains(lock.row().key()) && lock.seenAt() <= now) {
        all.remove();
        if (lock.life() != Life.ABSENT && !isCut) {
          add(new BoardEvent(now, lock.row().key(), Tone.WARNING, "the item was deleted"));
        }
      }
    }
    scannedAt = now;
    problem = null;
  }

  /**
   * A look at some locks.
   *
   * @param rows their rows
   * @param now the time before the look
   */
  synchronized void looked(List<LockRow> rows, long now) {
    rows.forEach(row -> saw(row, now));
    problem = null;
  }

  @GuardedBy("this")
  private void saw(LockRow row, long now) {
    SeenLock before = locks.get(row.key());
    SeenLock after = before == null ? SeenLock.first(row, now) : before.next(row, now);
    locks.put(row.key(), after);
    if (before != null || scannedAt != null) {
      BoardEvent.between(before, after).forEach(this::add);
    }
  }

  private static boolean isSession(LockRow row) {
    return row.state() == LockRow.State.SESSION || row.state() == LockRow.State.SESSION_OVER;
  }

  @GuardedBy("this")
  private void add(BoardEvent event) {
    if (events.size() == PageBounds.EVENTS) {
      events.removeLast();
    }
    events.addFirst(event);
  }

  /** The table has not answered. */
  synchronized void failed(String text, long now) {
    Problem before = problem;
    problem = new Problem(text, before == null ? now : before.since());
  }

  /** Something was done to a lock from this page. */
  synchronized void tell(LockKey key, Tone tone, String text, long now) {
    add(new BoardEvent(now, key, tone, text));
  }

  /** The requests that were sent so far. */
  synchronized void spent(Traffic traffic, long now) {
    spent.addLast(new Spent(now, traffic));
    while (spent.size() > 1 && now - second(spent).at() >= MINUTE) {
      spent.removeFirst();
    }
  }

  private static Spent second(Deque<Spent> spent) {
    Iterator<Spent> all = spent.iterator();
    Spent unused = all.next();
    return all.next();
  }

  // What is known

  /** A lock; null if it is not known. */
  synchronized @Nullable SeenLock lock(LockKey key) {
    return locks.get(key);
  }

  /** The board as one browser wants to see it. */
  Picture picture(View view, long now) {
    List<SeenLock> all;
    synchronized (this) {
      all = new ArrayList<>(locks.values());
    }
    Map<View.Group, Integer> counts = new EnumMap<>(View.Group.class);
    List<SeenLock> matching = new ArrayList<>();
    for (SeenLock lock : all) {
      if (view.matches(lock)) {
        for (View.Group group : View.Group.values()) {
          if (group.has(lock)) {
            counts.merge(group, 1, Integer::sum);
          }
        }
        if (view.group().has(lock)) {
          matching.add(lock);
        }
      }
    }
    matching.sort(view.order());
    int last = Math.max(0, (matching.size() - 1) / PageBounds.LOCKS_ON_A_PAGE);
    int page = Math.min(view.page(), last);
    int from = page * PageBounds.LOCKS_ON_A_PAGE;
    int to = Math.min(matching.size(), from + PageBounds.LOCKS_ON_A_PAGE);
    View actual =
        new View(
            view.filter(), view.group(), view.column(), view.isDescending(), page, view.open());
    return picture(actual, now, List.copyOf(matching.subList(from, to)), matching.size(), counts);
  }

  private synchronized Picture picture(
      View view, long now, List<SeenLock> rows, int matches, Map<View.Group, Integer> counts) {
    LockKey open = view.open();
    return new Picture(
        now,
        view,
        rows,
        matches,
        open == null ? null : locks.get(open),
        events.stream().filter(event -> event.key().equals(open)).toList(),
        counts,
        events.stream().limit(PageBounds.EVENTS_SHOWN).toList(),
        problem,
        scannedAt,
        isCut,
        lastMinute());
  }

  @GuardedBy("this")
  private Traffic lastMinute() {
    if (spent.isEmpty()) {
      return new Traffic(0, 0, 0);
    }
    Traffic now = Objects.requireNonNull(spent.peekLast()).traffic();
    Traffic then = Objects.requireNonNull(spent.peekFirst()).traffic();
    return new Traffic(
        now.pages() - then.pages(),
        now.reads() - then.reads(),
        now.consistentReads() - then.consistentReads());
  }
}
