package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.ServerClock;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.internal.time.Clock;
import io.github.batonlock.internal.time.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way from the loop to the store and back: every request is answered or failed exactly once, on
 * the loop, and in bounded time whatever the SDK does.
 */
final class Requests {

  /**
   * How much later than the SDK's own timeout a request is given up here: only HTTP clients that
   * cannot be interrupted get there.
   */
  private static final Duration GUARD = Duration.ofMillis(250);

  private final LockStore store;
  private final EventLoop loop;
  private final Clock clock;
  private final ServerClock serverClock = new ServerClock();
  private final Consumer<Duration> onClockAnomaly;

  Requests(LockStore store, EventLoop loop, Clock clock, Consumer<Duration> onClockAnomaly) {
    this.store = store;
    this.loop = loop;
    this.clock = clock;
    this.onClockAnomaly = onClockAnomaly;
  }

  void write(
      LockWrite write,
      Timeouts timeouts,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    Pending<WriteAnswer> pending =
        new Pending<>(
            write.getClass().getSimpleName(), true, WriteAnswer::serverDate, answered, failed);
    pending.track(store.write(write, timeouts), timeouts);
  }

  void read(
      LockKey key,
      boolean consistent,
      Timeouts timeouts,
      Consumer<ReadAnswer> answered,
      Consumer<LockStoreException> failed) {
    Pending<ReadAnswer> pending =
        new Pending<>("Read", false, ReadAnswer::serverDate, answered, failed);
    pending.track(store.read(key, consistent, timeouts), timeouts);
  }

  void list(
      LockStore.@Nullable PageToken after,
      Consumer<ItemPage> answered,
      Consumer<LockStoreException> failed) {
    Timeouts timeouts = RequestTimes.LISTING;
    Pending<ItemPage> pending = new Pending<>("List", false, page -> null, answered, failed);
    pending.track(store.list(after, timeouts), timeouts);
  }

  /** A request on its way; its state belongs to the loop. */
  private final class Pending<A> {
    private final String name;
    private final boolean isWrite;
    private final Function<A, @Nullable Instant> date;
    private final Consumer<A> answered;
    private final Consumer<LockStoreException> failed;
    private final long sent = clock.nanoTime();
    private boolean settled;

    Pending(
        String name,
        boolean isWrite,
        Function<A, @Nullable Instant> date,
        Consumer<A> answered,
        Consumer<LockStoreException> failed) {
      this.name = name;
      this.isWrite = isWrite;
      this.date = date;
      this.answered = answered;
      this.failed = failed;
    }

    void track(CompletableFuture<A> future, Timeouts timeouts) {
      EventLoop.Timer guard =
          loop.schedule(
              timeouts.total().plus(GUARD).toNanos(),
              () -> {
                settle(null, late(timeouts));
                future.cancel(false);
              });
      CompletableFuture<A> unused =
          future.whenComplete(
              (answer, failure) -> {
                long received = clock.nanoTime();
                loop.execute(
                    () -> {
                      guard.cancel();
                      if (answer != null) {
                        compareClocks(date.apply(answer), received);
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
      if (answer != null) {
        answered.accept(answer);
      } else {
        failed.accept(asStoreException(failure));
      }
    }

    private void compareClocks(@Nullable Instant serverDate, long received) {
      if (serverDate != null) {
        serverClock.answered(sent, received, serverDate).ifPresent(onClockAnomaly);
      }
    }

    private LockStoreException asStoreException(@Nullable Throwable failure) {
      return failure instanceof LockStoreException known
          ? known
          : new LockStoreException(
              LockStoreException.Kind.UNAVAILABLE,
              isWrite,
              name + " failed unexpectedly: " + failure,
              failure);
    }

    private LockStoreException late(Timeouts timeouts) {
      return new LockStoreException(
          LockStoreException.Kind.TIMED_OUT,
          isWrite,
          name
              + " got no answer within "
              + timeouts.total().toMillis()
              + " ms, and the SDK did not end the call: its HTTP client ignores interrupts, or the"
              + " request executor has no free thread",
          null);
    }
  }
}
