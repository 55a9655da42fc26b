package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The callers of one client that wait for the same, in the order of their calls, and the tries for
 * the first of them.
 *
 * <pre>
 *   IDLE --a caller comes--&gt; TRYING --not yet--&gt; PAUSING --&gt; TRYING
 *     ^                        | got: for the first caller; the next try is for the next one
 *     '---no caller is left----'
 * </pre>
 *
 * <p>At most one try is under way, however many callers wait.
 *
 * @param <T> what the callers wait for
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class Waiters<T extends Hold> {
  private enum State {
    IDLE,
    TRYING,
    PAUSING
  }

  /** The pause between two looks at what a long try knows. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final RecipeSupport support;
  private final Executor serial;
  private final Pauses pauses;
  private final Step<T> step;
  private final Set<PendingAcquisition<T>> waiting = new LinkedHashSet<>();

  /** The number of callers, from the first on, for which something is on its way. */
  private int expected;

  private State state = State.IDLE;

  /** The number of pauses that have begun: names the last one. */
  private long pausesBegun;

  /** Whether a try has got nothing since the first of those that wait began. */
  private boolean answered;

  /** Why the last try did not get it. Any thread may read it. */
  private volatile @Nullable Throwable last;

  Waiters(RecipeSupport support, Executor serial, Pauses pauses, Step<T> step) {
    this.support = support;
    this.serial = serial;
    this.pauses = pauses;
    this.step = step;
  }

  // Callers

  /**
   * Begins a caller's wait. Any thread.
   *
   * @param goal what the caller waits for
   * @param limit how long to wait
   * @throws IllegalArgumentException if one of them does not fit
   */
  PendingAcquisition<T> enter(Goal goal, Duration limit) {
    PendingAcquisition<T> waiter = new PendingAcquisition<>(support, serial, goal, limit);
    serial.execute(() -> add(waiter));
    return waiter;
  }

  /**
   * Begins like {@link #enter}, unless it is one try for locks of which this client itself holds
   * one. Any thread.
   */
  PendingAcquisition<T> enterUnlessHeldHere(Goal goal, Duration limit, List<LockKey> keys) {
    if (!limit.isZero()) {
      return enter(goal, limit);
    }
    PendingAcquisition<T> waiter = new PendingAcquisition<>(support, serial, goal, limit);
    CompletableFuture<?> unused =
        support
            .heldHere(keys)
            .whenComplete(
                (held, failure) -> {
                  if (failure == null && held.isPresent()) {
                    waiter.notAcquired(held.get());
                  } else {
                    serial.execute(() -> add(waiter));
                  }
                });
    return waiter;
  }

  private void add(PendingAcquisition<T> waiter) {
    if (waiter.isOver()) {
      return;
    }
    if (waiting.isEmpty()) {
      begin();
    } else if (waiter.isOneTry() && answered) {
      waiter.fail(lastForAnother());
      return;
    }
    waiting.add(waiter);
    waiter.whenGone(() -> gone(waiter));
    if (!waiter.isOneTry()) {
      waiter.whenTimeUp(() -> timeUp(waiter));
    }
    if (state == State.IDLE) {
      next();
    } else if (waiter.isOneTry()) {
      endBehind(waiter);
    }
  }

  /** Begins anew: the pauses of earlier callers, which got nothing or left, delay no other. */
  private void begin() {
    last = null;
    answered = false;
    pauses.reset();
    if (state == State.PAUSING) {
      state = State.IDLE;
    }
    step.begins();
  }

  private void gone(PendingAcquisition<T> waiter) {
    boolean unused = waiting.remove(waiter);
    waiter.hand().cancel();
  }

  private void timeUp(PendingAcquisition<T> waiter) {
    // A request under way that is the first to tell anything is waited for.
    boolean isAboutToBeKnown = known() == null && state == State.TRYING && !answered;
    if (!waiting.contains(waiter) || mayStillGetIt(waiter)) {
      return;
    }
    if (isAboutToBeKnown) {
      endBehind(waiter);
    } else {
      giveUp(waiter, lastForAnother());
    }
  }

  /**
   * Ends the wait of a caller behind the try of another one, which may last as long as that one
   * waits, as soon as that try knows something.
   */
  private void endBehind(PendingAcquisition<T> waiter) {
    if (state != State.TRYING || !waiting.contains(waiter) || waiter == first()) {
      return;
    }
    if (known() != null && !step.tellsSoon()) {
      giveUp(waiter, lastForAnother());
    } else {
      var unused = support.after(LOOK_AGAIN, serial, () -> endBehind(waiter));
    }
  }

  /** Returns why no caller has got anything lately; null if that is not known. */
  @Nullable Throwable known() {
    Throwable before = last;
    return before != null ? before : step.soFar();
  }

  /** Returns whether what is under way may still get it for the waiter. */
  private boolean mayStillGetIt(PendingAcquisition<T> waiter) {
    int before = 0;
    for (PendingAcquisition<T> each : waiting) {
      if (each == waiter) {
        return before < expected || (state == State.TRYING && step.mayStillGetIt());
      }
      if (!each.isOver() && ++before > expected) {
        return false;
      }
    }
    return false;
  }

  private void giveUp(PendingAcquisition<T> waiter, @Nullable Throwable why) {
    boolean unused = waiting.remove(waiter);
    waiter.fail(why);
  }

  /** Returns the failure of the last try for a waiter for which that try was not made. */
  private @Nullable Throwable lastForAnother() {
    Throwable why = known();
    return why == null ? null : RecipeSupport.failureLike(why);
  }

  /** Returns the first waiter for which nothing is on its way. */
  @Nullable PendingAcquisition<T> first() {
    int passed = expected;
    Iterator<PendingAcquisition<T>> all = waiting.iterator();
    while (all.hasNext()) {
      PendingAcquisition<T> waiter = all.next();
      if (waiter.isOver()) {
        all.remove();
      } else if (passed-- <= 0) {
        return waiter;
      }
    }
    return null;
  }

  // Tries

  private void next() {
    PendingAcquisition<T> first = first();
    if (first == null) {
      state = State.IDLE;
      return;
    }
    state = State.TRYING;
    CompletableFuture<TryOutcome<T>> unused =
        Acquiring.attempt(() -> step.tryOnce(first))
            .exceptionally(TryOutcome::of)
            .whenCompleteAsync((outcome, never) -> tried(first, outcome), serial);
  }

  private void tried(PendingAcquisition<T> waiter, TryOutcome<T> outcome) {
    state = State.IDLE;
    answered = outcome.value() == null;
    T value = outcome.value();
    if (value != null) {
      waiter.hand().handOver();
      last = null;
      deliver(value);
    } else {
      waiter.hand().release();
      notGot(waiter, outcome);
      endTriesOfOthers();
    }
    endThoseOutOfTime();
    if (outcome.next() == TryOutcome.Next.PAUSE) {
      pause();
    } else {
      next();
    }
  }

  private void notGot(PendingAcquisition<T> waiter, TryOutcome<T> outcome) {
    boolean isEnd = outcome.next() == TryOutcome.Next.END;
    if (!isEnd) {
      last = outcome.why();
    }
    boolean isLastTry = outcome.next() == TryOutcome.Next.PAUSE && waiter.isTimeUp();
    if ((isEnd || isLastTry) && waiter == first()) {
      giveUp(waiter, outcome.why());
    }
  }

  /** The try of the first caller answers those that came meanwhile for one try. */
  private void endTriesOfOthers() {
    PendingAcquisition<T> first = first();
    waiting.stream()
        .filter(each -> each.isOneTry() && each != first)
        .toList()
        .forEach(each -> giveUp(each, lastForAnother()));
  }

  /** Ends the wait of callers whose time was up while something could still get it for them. */
  private void endThoseOutOfTime() {
    waiting.stream()
        .filter(waiter -> !waiter.isOneTry() && waiter.isTimeUp())
        .toList()
        .forEach(this::timeUp);
  }

  private void pause() {
    if (first() != null) {
      state = State.PAUSING;
      long number = ++pausesBegun;
      var unused = support.after(pauses.next(), serial, () -> pauseIsOver(number));
    }
  }

  private void pauseIsOver(long number) {
    if (state == State.PAUSING && number == pausesBegun) {
      next();
    }
  }

  // What comes

  /** Gives the first caller what it wants, however it came. */
  private void deliver(T value) {
    // If one was free, more may be.
    pauses.reset();
    Iterator<PendingAcquisition<T>> all = waiting.iterator();
    while (all.hasNext()) {
      PendingAcquisition<T> waiter = all.next();
      all.remove();
      if (!waiter.isOver()) {
        waiter.give(value);
        return;
      }
    }
    CompletableFuture<Void> unused = value.closeAsync();
  }

  /** Something is on its way to the {@link #first} caller, besides the tries. */
  void expect() {
    expected++;
  }

  /** What was {@link #expect}ed has come. */
  void came(T value) {
    expected--;
    deliver(value);
  }

  /** What was {@link #expect}ed does not come. The tries go on as if it had not been expected. */
  void doesNotCome() {
    expected--;
    endThoseOutOfTime();
    if (state == State.IDLE) {
      pause();
    }
  }
}
