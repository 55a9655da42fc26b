package io.github.batonlock.recipe.election;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A candidate's acquisitions of the lock: one at a time, and none during a rest. */
@ConfinedTo(ConfinedTo.SERIAL)
final class Campaign {
  private static final long SHORTEST_BACKOFF_MILLIS = 100;

  private final LockClient client;
  private final RecipeSupport support;
  private final LockKey key;
  private final Executor state;
  private final BiConsumer<@Nullable HeldLock, @Nullable Throwable> ended;
  private final Runnable rested;
  private @Nullable CompletableFuture<HeldLock> attempt;
  private Timer rest = () -> {};
  private long begunAt;
  private boolean resting;
  private int failures;

  /**
   * Creates a campaign that has not begun.
   *
   * @param ended learns how an acquisition ended that was not cancelled: the lock, or why not
   * @param rested called when a rest is over
   */
  Campaign(
      LockClient client,
      RecipeSupport support,
      LockKey key,
      Executor state,
      BiConsumer<@Nullable HeldLock, @Nullable Throwable> ended,
      Runnable rested) {
    this.client = client;
    this.support = support;
    this.key = key;
    this.state = state;
    this.ended = ended;
    this.rested = rested;
  }

  /** Waits for the lock, without a limit. */
  void begin() {
    CompletableFuture<HeldLock> begun =
        client.acquireAsync(LockRequest.builder().key(key).waitForever().build());
    attempt = begun;
    begunAt = support.nanoTime();
    CompletableFuture<HeldLock> unused =
        begun.whenComplete((lock, failure) -> state.execute(() -> ended(begun, lock, failure)));
  }

  @SuppressWarnings("ReferenceEquality") // The identity of the attempt is what is meant.
  private void ended(
      CompletableFuture<HeldLock> from, @Nullable HeldLock lock, @Nullable Throwable failure) {
    if (attempt == from) {
      attempt = null;
      ended.accept(lock, failure);
    } else if (lock != null) {
      CompletableFuture<Void> unused = lock.closeAsync();
    }
  }

  /**
   * Gives the acquisition up; a lock that comes nevertheless is given back. Returns false if none
   * was under way.
   */
  boolean cancel() {
    CompletableFuture<HeldLock> waiting = attempt;
    if (waiting == null) {
      return false;
    }
    attempt = null;
    boolean unused = waiting.cancel(false);
    return true;
  }

  /**
   * Tells whether the table answers the acquisition that is under way, if there is one. A table
   * that refuses an acquisition does so within a lease.
   */
  @SuppressWarnings("ReferenceEquality") // The identity of the attempt is what is meant.
  void tellHowItGoes(Consumer<LockException> failing, Runnable well) {
    CompletableFuture<HeldLock> asked = attempt;
    if (asked == null) {
      return;
    }
    CompletableFuture<?> unused =
        support
            .failureOfAcquisition(key)
            .thenAcceptAsync(
                failure -> {
                  if (attempt != asked) {
                    return;
                  }
                  failure.ifPresent(failing);
                  if (failure.isEmpty() && hasLasted(support.leaseDuration())) {
                    well.run();
                  }
                },
                state);
  }

  private boolean hasLasted(Duration duration) {
    return support.nanoTime() - begunAt >= duration.toNanos();
  }

  boolean isResting() {
    return resting;
  }

  /** Allows no acquisition for the given time. */
  void rest(Duration duration) {
    resting = true;
    rest.cancel();
    rest =
        support.after(
            duration,
            state,
            () -> {
              resting = false;
              rested.run();
            });
  }

  /** Allows no acquisition for a while, which grows with each failure. */
  void restAfterFailure() {
    long millis = SHORTEST_BACKOFF_MILLIS << failures;
    if (failures < support.bounds().of(Bound.CAMPAIGN_DOUBLINGS)) {
      failures++;
    } else {
      support.bounds().reached(Bound.CAMPAIGN_DOUBLINGS);
    }
    rest(Duration.ofMillis(Math.min(millis, support.heartbeatInterval().toMillis())));
  }

  void succeeded() {
    failures = 0;
  }

  /** Ends every rest. */
  void stop() {
    rest.cancel();
  }
}
