package io.github.batonlock.internal.request;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The order in which requests are sent when the store is slower than the demand.
 *
 * <pre>
 *  asked --turn comes--> begun --sends--> under way --answered, failed or given up--> ended
 *    | `--waited for too long--> told    `--no longer wants to send--> ended
 * </pre>
 *
 * <p>A limited number of requests is under way; the others wait. The content of a request is made
 * when its turn comes: a lease counts from its send, and waiting must not use it up. Renewals go
 * first, the nearest deadline before all others. While the nearest deadline is far, one turn of
 * four is for grants and releases. Otherwise a client that has just as many locks as its table can
 * renew in time would never release one. A renewal that was just throttled alternates with those
 * that were not: if one part of a table is throttled, its locks do not keep the others from being
 * renewed. Grants, releases and looks never have all turns, so that requests that hang do not delay
 * renewals.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class RequestScheduler {
  /** The purpose of a request, the most urgent first. */
  enum Priority {
    /** Renews a lease. */
    RENEWAL(0),
    /** Renews a lease, and was throttled the last time: has a pace of its own already. */
    THROTTLED_RENEWAL(0),
    /** Lets a lock change hands: a grant or a release. */
    CHANGE(1),
    /** Only reads. */
    LOOK(2);

    /**
     * Fifths of all requests under way that are reserved for more urgent priorities than this one.
     */
    private final int fifthsKept;

    Priority(int fifthsKept) {
      this.fifthsKept = fifthsKept;
    }

    /**
     * The limit of requests under way of this priority and less urgent ones, if there may be this
     * many in all.
     */
    private int limit(int all) {
      return all - fifthsKept * Math.max(1, all / 5);
    }
  }

  /**
   * No deadline is further away than this. The value avoids an overflow of the clock's largest
   * number.
   */
  private static final long FOREVER = Long.MAX_VALUE / 4;

  private final EventLoop loop;
  private final Bounds bounds;
  private final int limit;
  private final AdaptiveRateLimiter limiter = new AdaptiveRateLimiter();
  private final Map<Priority, TurnQueue> queues = new EnumMap<>(Priority.class);
  private EventLoop.Timer wakeUp = () -> {};
  private long asked;
  private boolean serving;
  private boolean throttledWentLast;
  private int renewalsInARow;

  RequestScheduler(EventLoop loop, Bounds bounds) {
    this.loop = loop;
    this.bounds = bounds;
    this.limit = bounds.of(Bound.REQUESTS_IN_FLIGHT);
    for (Priority priority : Priority.values()) {
      queues.put(priority, new TurnQueue());
    }
  }

  /** The requests of one priority. */
  private static final class TurnQueue {
    final NavigableSet<Turn> waiting = new TreeSet<>();
    int underWay;
  }

  /** A request's place in the order. When its turn comes, it is the right to send one request. */
  public final class Turn implements Comparable<Turn> {
    private final Priority priority;
    private final long deadline;
    private final long patience;
    private final Consumer<Turn> send;
    private final Consumer<Boolean> notSent;
    private final long number = asked++;
    private EventLoop.Timer expiry = () -> {};
    private boolean used;

    private Turn(
        Priority priority,
        long deadline,
        long patience,
        Consumer<Turn> send,
        Consumer<Boolean> notSent) {
      this.priority = priority;
      this.deadline = deadline;
      this.patience = patience;
      this.send = send;
      this.notSent = notSent;
    }

    /** A request is sent now. */
    void use() {
      if (used) {
        throw new IllegalStateException("A turn is for one request");
      }
      used = true;
    }

    /**
     * The right to one more request in this turn, if the answer to the first makes it necessary. It
     * has to be used before this one has ended.
     */
    Turn another() {
      Turn next = new Turn(priority, deadline, patience, send, notSent);
      queue(priority).underWay++;
      RequestScheduler.this.sent(priority);
      return next;
    }

    /**
     * The request was answered, failed or given up: another may be sent.
     *
     * @param failure why there is no answer; null if there is one
     */
    void ended(@Nullable LockStoreException failure) {
      assert loop.isCurrent();
      queue(priority).underWay--;
      boolean firstTry = priority == Priority.RENEWAL;
      if (failure == null) {
        limiter.passed(firstTry, loop.nanoTime());
      } else if (failure.kind() == LockStoreException.Kind.THROTTLED) {
        limiter.throttled(firstTry, loop.nanoTime());
      }
      serve();
    }

    @Override
    public int compareTo(Turn other) {
      // Compares differences, since the monotonic clock may overflow.
      long difference = deadline - other.deadline;
      return difference == 0 ? Long.compare(number, other.number) : difference < 0 ? -1 : 1;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }
  }

  /**
   * Asks to send a renewal. A caller that no longer wants to send when the turn comes sends
   * nothing.
   *
   * @param deadline until when the renewal is of use
   * @param patience from when on the renewal is urgent: it waits only for a turn
   * @param throttled whether the last try was throttled
   * @param send sends one request, or none
   */
  void renewal(long deadline, long patience, boolean throttled, Consumer<Turn> send) {
    Priority priority = throttled ? Priority.THROTTLED_RENEWAL : Priority.RENEWAL;
    add(new Turn(priority, deadline, patience, send, closing -> {}));
  }

  /**
   * Asks to send another request, in the order of asking.
   *
   * @param priority how urgent it is
   * @param patienceNanos how long it may wait
   * @param send sends one request, or none
   * @param notSent what to do when it has waited that long, or the client closes (true)
   */
  void other(
      Priority priority, long patienceNanos, Consumer<Turn> send, Consumer<Boolean> notSent) {
    long now = loop.nanoTime();
    long patience = Math.min(patienceNanos, FOREVER);
    Turn turn = new Turn(priority, now, now + patience, send, notSent);
    add(turn);
    if (waiting(priority).contains(turn)) {
      turn.expiry = loop.schedule(patience, () -> giveUp(turn, false));
    }
  }

  private void add(Turn turn) {
    assert loop.isCurrent();
    waiting(turn.priority).add(turn);
    serve();
  }

  /** The client closes: no more reads are sent. */
  void close() {
    assert loop.isCurrent();
    List.copyOf(waiting(Priority.LOOK)).forEach(turn -> giveUp(turn, true));
  }

  void count(Census census) {
    for (TurnQueue queue : queues.values()) {
      census.add(Kept.WAITING_REQUESTS, queue.waiting.size());
      census.add(Kept.REQUESTS_UNDER_WAY, queue.underWay);
    }
  }

  private void giveUp(Turn turn, boolean closing) {
    if (waiting(turn.priority).remove(turn)) {
      turn.expiry.cancel();
      turn.notSent.accept(closing);
    }
  }

  private void serve() {
    if (serving) {
      return;
    }
    serving = true;
    boolean failed = true;
    try {
      for (Turn next = next(); next != null; next = next()) {
        begin(next);
      }
      failed = false;
    } finally {
      serving = false;
      if (failed) {
        // The loop logs an exception of one request; other requests still get their turns.
        boolean unused = loop.execute(this::serve);
      }
    }
  }

  private void begin(Turn turn) {
    turn.expiry.cancel();
    queue(turn.priority).underWay++;
    try {
      turn.send.accept(turn);
    } finally {
      if (turn.used) {
        sent(turn.priority);
      } else {
        queue(turn.priority).underWay--;
      }
    }
  }

  private void sent(Priority priority) {
    throttledWentLast = priority == Priority.THROTTLED_RENEWAL;
    boolean isRenewal = priority.compareTo(Priority.THROTTLED_RENEWAL) <= 0;
    if (!isRenewal && isManyInARow() && !waiting(Priority.RENEWAL).isEmpty()) {
      bounds.reached(Bound.RENEWALS_IN_A_ROW);
    }
    renewalsInARow = isRenewal ? renewalsInARow + 1 : 0;
    if (priority != Priority.THROTTLED_RENEWAL) {
      limiter.sent();
    }
  }

  /** Takes out the next turn; null if no turn is due. */
  private @Nullable Turn next() {
    long now = loop.nanoTime();
    Turn firstHeldBack = null;
    for (Priority priority : order(now)) {
      NavigableSet<Turn> queue = waiting(priority);
      if (!queue.isEmpty() && hasRoom(priority)) {
        Turn first = queue.first();
        if (mayPass(first, now)) {
          queue.remove(first);
          return first;
        }
        firstHeldBack = firstHeldBack == null ? first : firstHeldBack;
      }
    }
    if (firstHeldBack != null) {
      wakeUpFor(firstHeldBack, now);
    }
    return null;
  }

  private boolean hasRoom(Priority priority) {
    int all = 0;
    int fromHere = 0;
    for (Map.Entry<Priority, TurnQueue> other : queues.entrySet()) {
      int underWay = other.getValue().underWay;
      all += underWay;
      fromHere += other.getKey().compareTo(priority) >= 0 ? underWay : 0;
    }
    boolean hasRoom = all < limit && fromHere < priority.limit(limit);
    if (!hasRoom) {
      bounds.reached(Bound.REQUESTS_IN_FLIGHT);
    }
    return hasRoom;
  }

  private List<Priority> order(long now) {
    Priority first = throttledWentLast ? Priority.RENEWAL : Priority.THROTTLED_RENEWAL;
    Priority second = throttledWentLast ? Priority.THROTTLED_RENEWAL : Priority.RENEWAL;
    boolean othersFirst = isManyInARow() && !isPressing(first, now) && !isPressing(second, now);
    return othersFirst
        ? List.of(Priority.CHANGE, Priority.LOOK, first, second)
        : List.of(first, second, Priority.CHANGE, Priority.LOOK);
  }

  private boolean isManyInARow() {
    return renewalsInARow >= bounds.of(Bound.RENEWALS_IN_A_ROW);
  }

  private boolean isPressing(Priority priority, long now) {
    return !waiting(priority).isEmpty() && waiting(priority).first().patience - now <= 0;
  }

  private boolean mayPass(Turn turn, long now) {
    return turn.priority == Priority.THROTTLED_RENEWAL
        || limiter.untilNext(now) <= 0
        || (turn.priority == Priority.RENEWAL && turn.patience - now <= 0);
  }

  private void wakeUpFor(Turn turn, long now) {
    wakeUp.cancel();
    long delay = limiter.untilNext(now);
    if (turn.priority == Priority.RENEWAL) {
      delay = Math.min(delay, turn.patience - now);
    }
    wakeUp = loop.schedule(delay, this::serve);
  }

  private NavigableSet<Turn> waiting(Priority priority) {
    return queue(priority).waiting;
  }

  private TurnQueue queue(Priority priority) {
    TurnQueue queue = queues.get(priority);
    if (queue == null) {
      throw new IllegalStateException("no queue for " + priority);
    }
    return queue;
  }
}
