package io.github.batonlock.internal.request;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener.RequestEnded;
import io.github.batonlock.LockListener.RequestEnded.Result;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.request.RequestScheduler.Priority;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The way from the loop to the store and back. Every request is answered or failed exactly once, on
 * the loop, and in bounded time whatever the SDK does.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class RequestDispatcher {

  /**
   * How much later than the SDK's own timeout a request is given up here. Only requests of HTTP
   * clients that cannot be interrupted reach this limit.
   */
  private static final Duration GUARD = Duration.ofMillis(250);

  private final LockStore store;
  private final EventLoop loop;
  private final Bounds bounds;
  private final RandomGenerator random;
  private final RequestScheduler scheduler;
  private final RefusalReads refusals;
  private final Dates dates;
  private final @Nullable Consumer<RequestEnded> onEnded;

  /** A listener for the dates of answers; on the loop. */
  public interface Dates {
    /**
     * An answer was received.
     *
     * @param date its {@code Date}, cut to the second
     * @param sentAt taken before the request was sent
     * @param receivedAt taken after the answer was received
     */
    void answered(Instant date, ClockReading sentAt, ClockReading receivedAt);
  }

  /**
   * Creates the way to one client's table.
   *
   * @param dates told the date of each answer that has one, before its receiver
   * @param onEnded told of each request that has ended, before its receiver; null for nothing
   */
  public RequestDispatcher(
      LockStore store,
      EventLoop loop,
      Bounds bounds,
      RandomGenerator random,
      Dates dates,
      @Nullable Consumer<RequestEnded> onEnded) {
    this.store = store;
    this.loop = loop;
    this.bounds = bounds;
    this.random = random;
    this.scheduler = new RequestScheduler(loop, bounds);
    this.refusals = new RefusalReads(this, loop);
    this.dates = dates;
    this.onEnded = onEnded;
  }

  /**
   * The pauses between tries.
   *
   * @param terms of the lock or session that is tried for
   * @return the pauses of one series of tries
   */
  public Backoff backoff(LeaseTerms terms) {
    return new Backoff(random, terms, bounds.limit(Bound.BACKOFF_DOUBLINGS));
  }

  // Turns

  /**
   * Asks for a turn to renew a lease.
   *
   * @param terms the lease
   * @param confirmedAt the time from which the lease counts
   * @param throttled whether the last try was throttled
   * @param send sends one request in this turn, or none if it is no longer needed
   */
  public void renewal(
      LeaseTerms terms, ClockReading confirmedAt, boolean throttled, Consumer<Turn> send) {
    long usable = terms.usable().toNanos();
    // From half of the time that a lease has left when its renewal is due.
    long patience = (usable + terms.heartbeat().toNanos()) / 2;
    long since = confirmedAt.nanos();
    scheduler.renewal(since + usable, since + patience, throttled, send);
  }

  /**
   * Asks for a turn to let a lock change hands.
   *
   * @param key the lock
   * @param patience how long it may wait for its turn
   * @param send sends one request in this turn, or none if it is no longer needed
   * @param failed told if the turn does not come
   */
  public void change(
      LockKey key, Duration patience, Consumer<Turn> send, Consumer<LockStoreException> failed) {
    ask(Priority.CHANGE, "a write to lock '" + key + "'", patience, send, failed);
  }

  private void ask(
      Priority priority,
      String what,
      Duration patience,
      Consumer<Turn> send,
      Consumer<LockStoreException> failed) {
    scheduler.other(
        priority,
        patience.toNanos(),
        send,
        closing -> failed.accept(Refusals.notSent(what, patience, closing)));
  }

  /** The client closes. Reads that still wait for a turn fail. */
  public void closing() {
    scheduler.close();
  }

  public void count(Census census) {
    scheduler.count(census);
  }

  // Requests

  /**
   * Sends one write in its turn. The answer to a refused write contains the item, or says that it
   * is absent.
   */
  public void write(
      LockWrite write,
      Timeouts timeouts,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    change(
        write.key(),
        timeouts.total(),
        turn -> write(turn, write, timeouts, answered, failed),
        failed);
  }

  public void write(
      Turn turn,
      LockWrite write,
      Timeouts timeouts,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    Pending<WriteAnswer> pending =
        new Pending<>(
            turn,
            write.getClass().getSimpleName(),
            RequestKind.of(write),
            refusals.after(turn, write, timeouts, answered, failed),
            failed);
    pending.send(() -> store.write(write, timeouts), timeouts);
  }

  /** Reads an item when its turn comes. */
  public void read(
      LockKey key,
      boolean consistent,
      Timeouts timeouts,
      Consumer<ReadAnswer> answered,
      Consumer<LockStoreException> failed) {
    look(
        key,
        consistent,
        timeouts,
        () -> true,
        reading -> answered.accept(reading.answer()),
        failed);
  }

  /**
   * Reads an item when its turn comes, if the read is still wanted by then.
   *
   * @param key of the item
   * @param consistent whether the answer has to show the current state
   * @param timeouts how long the read may take, and wait for its turn
   * @param isWanted asked when the turn has come; if not, nothing is sent, and nothing is told
   * @param answered told the answer
   * @param failed told if the read fails, or its turn does not come
   */
  public void look(
      LockKey key,
      boolean consistent,
      Timeouts timeouts,
      BooleanSupplier isWanted,
      Consumer<Reading> answered,
      Consumer<LockStoreException> failed) {
    ask(
        Priority.LOOK,
        "a read of lock '" + key + "'",
        timeouts.total(),
        turn -> {
          if (isWanted.getAsBoolean()) {
            ClockReading sent = loop.now();
            read(
                turn,
                key,
                consistent,
                timeouts,
                answer -> answered.accept(new Reading(answer, consistent, sent)),
                failed);
          }
        },
        failed);
  }

  public void read(
      Turn turn,
      LockKey key,
      boolean consistent,
      Timeouts timeouts,
      Consumer<ReadAnswer> answered,
      Consumer<LockStoreException> failed) {
    Pending<ReadAnswer> pending = new Pending<>(turn, "Read", RequestKind.READ, answered, failed);
    pending.send(() -> store.read(key, consistent, timeouts), timeouts);
  }

  /** Sends several grants in one transaction. */
  public void grantAll(
      Turn turn,
      List<LockWrite> grants,
      Timeouts timeouts,
      Consumer<GrantsAnswer> answered,
      Consumer<LockStoreException> failed) {
    Pending<GrantsAnswer> pending =
        new Pending<>(
            turn,
            "Transaction",
            RequestKind.TRANSACTION,
            refusals.afterAll(turn, grants, timeouts, answered, failed),
            failed);
    pending.send(() -> store.grantAll(grants, timeouts), timeouts);
  }

  /** Reads several items as they are at one moment. The answer contains all of them. */
  public void readAll(
      List<LockKey> keys,
      Timeouts timeouts,
      Consumer<List<StoredItem>> answered,
      Consumer<LockStoreException> failed) {
    ask(
        Priority.LOOK,
        "a read of lock '" + keys.get(0) + "' and others",
        timeouts.total(),
        turn -> readAll(turn, keys, timeouts, answered, failed),
        failed);
  }

  public void readAll(
      Turn turn,
      List<LockKey> keys,
      Timeouts timeouts,
      Consumer<List<StoredItem>> answered,
      Consumer<LockStoreException> failed) {
    Consumer<List<StoredItem>> complete =
        items -> {
          if (items.size() == keys.size()) {
            answered.accept(items);
          } else {
            String missing = "the items of all " + keys.size() + " keys";
            failed.accept(Refusals.answerLacks(keys.get(0), false, missing));
          }
        };
    Pending<List<StoredItem>> pending =
        new Pending<>(turn, "Read", RequestKind.READ_ALL, complete, failed);
    pending.send(() -> store.readAll(keys, timeouts), timeouts);
  }

  public void list(
      LockStore.@Nullable PageToken after,
      Consumer<ItemPage> answered,
      Consumer<LockStoreException> failed) {
    Timeouts timeouts = RequestTimeouts.LISTING;
    ask(
        Priority.LOOK,
        "a page of a listing",
        timeouts.total(),
        turn -> {
          Pending<ItemPage> pending =
              new Pending<>(turn, "List", RequestKind.SCAN, answered, failed);
          pending.send(() -> store.list(after, timeouts), timeouts);
        },
        failed);
  }

  /** A request that is under way; its state belongs to the loop. */
  private final class Pending<A> {
    private final Turn turn;
    private final String name;
    private final RequestKind<A> kind;
    private final Consumer<A> answered;
    private final Consumer<LockStoreException> failed;
    private final ClockReading sent = loop.now();
    private boolean settled;

    Pending(
        Turn turn,
        String name,
        RequestKind<A> kind,
        Consumer<A> answered,
        Consumer<LockStoreException> failed) {
      this.turn = turn;
      this.name = name;
      this.kind = kind;
      this.answered = answered;
      this.failed = failed;
      turn.use();
    }

    /**
     * Sends the request. An exception of the store is the request's failure, so that the turn
     * always ends.
     */
    void send(Supplier<CompletableFuture<A>> request, Timeouts timeouts) {
      CompletableFuture<A> future;
      try {
        future = request.get();
      } catch (Throwable t) {
        future = CompletableFuture.failedFuture(t);
      }
      track(future, timeouts);
    }

    private void track(CompletableFuture<A> future, Timeouts timeouts) {
      EventLoop.Timer guard =
          loop.schedule(
              timeouts.total().plus(GUARD).toNanos(),
              () -> {
                settle(null, Refusals.unanswered(name, kind.isWrite(), timeouts.total()));
                future.cancel(false);
              });
      CompletableFuture<A> unused =
          future.whenComplete(
              (answer, failure) -> {
                ClockReading received = loop.now();
                loop.executeLast(
                    () -> {
                      guard.cancel();
                      if (answer != null) {
                        compareClocks(kind.date().apply(answer), received);
                      }
                      settle(answer, failure);
                    });
              });
    }

    private void settle(@Nullable A answer, @Nullable Throwable failure) {
      if (settled) {
        return;
      }
      settled = true;
      // Requests that follow from the answer are made before the turn goes to the next.
      if (answer != null) {
        tell(kind.isApplied().test(answer) ? Result.APPLIED : Result.REFUSED, null);
        try {
          answered.accept(answer);
        } finally {
          turn.ended(null);
        }
      } else {
        LockStoreException problem = asStoreException(failure);
        tell(Result.FAILED, problem.kind());
        try {
          failed.accept(problem);
        } finally {
          turn.ended(problem);
        }
      }
    }

    private void tell(Result result, LockStoreException.@Nullable Kind failure) {
      if (onEnded != null) {
        Duration latency = Duration.ofNanos(loop.nanoTime() - sent.nanos());
        onEnded.accept(
            new RequestEnded(kind.operation(), result, Optional.ofNullable(failure), latency));
      }
    }

    private void compareClocks(@Nullable Instant serverDate, ClockReading received) {
      if (serverDate != null) {
        dates.answered(serverDate, sent, received);
      }
    }

    private LockStoreException asStoreException(@Nullable Throwable failure) {
      return failure instanceof LockStoreException known
          ? known
          : new LockStoreException(
              LockStoreException.Kind.UNAVAILABLE,
              kind.isWrite(),
              name + " failed unexpectedly: " + failure,
              failure);
    }
  }
}
