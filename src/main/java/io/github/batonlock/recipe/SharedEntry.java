package io.github.batonlock.recipe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.CountedSemaphore.Permit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The readers of one client that wait to enter, one at a time, in the order of their calls.
 *
 * <pre>
 *   look at the gate --open--> take a permit --> look again --open--> enter
 *     ^   | closed                                  | closed
 *     '-- pause &lt;---- give the permit back &lt;--------'
 * </pre>
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class SharedEntry {
  private static final long FIRST_PAUSE = 25_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;
  private static final double GROWTH = 1.25;

  private final RecipeSupport support;
  private final LockKey gate;
  private final CountedSemaphore permits;
  private final Executor serial;
  private final TreeMap<Long, Wanted<Permit>> readers = new TreeMap<>();
  private long arrivals;
  private boolean busy;
  private @Nullable CompletableFuture<Permit> taking;
  private long takingFor;
  private long pause = FIRST_PAUSE;
  private @Nullable LockStoreException lastFailure;

  /** Whether an answer has shown the lock held since a reader came first. */
  private boolean seenHeld;

  SharedEntry(RecipeSupport support, LockKey gate, CountedSemaphore permits, Executor serial) {
    this.support = support;
    this.gate = gate;
    this.permits = permits;
    this.serial = serial;
  }

  void add(Wanted<Permit> reader) {
    if (reader.isOver()) {
      return;
    }
    if (reader.isOneTry() && !readers.isEmpty()) {
      reader.notAcquired(null);
      return;
    }
    if (readers.isEmpty()) {
      lastFailure = null;
      seenHeld = false;
    }
    long arrival = arrivals++;
    readers.put(arrival, reader);
    if (reader.isOneTry()) {
      reader.whenGone(serial, () -> gone(arrival));
    } else {
      reader.whenUp(serial, () -> timeUp(arrival), () -> gone(arrival));
    }
    if (!busy) {
      next();
    }
  }

  private void gone(long arrival) {
    readers.remove(arrival);
    if (taking != null && takingFor == arrival) {
      taking.cancel(false);
    }
  }

  private void timeUp(long arrival) {
    // The request under way is the first that tells why there is no lock.
    if (busy && lastFailure == null && !seenHeld) {
      return;
    }
    Wanted<Permit> reader = readers.remove(arrival);
    if (reader != null) {
      giveUp(reader, null);
    }
  }

  /** Answers the readers that have waited for more than their time, for an answer. */
  private void giveUpLate() {
    List<Long> late =
        readers.entrySet().stream()
            .filter(entry -> !entry.getValue().isOneTry() && entry.getValue().isTimeUp())
            .map(Map.Entry::getKey)
            .toList();
    late.forEach(this::timeUp);
  }

  private void giveUp(Wanted<Permit> reader, @Nullable LockNotAcquiredException why) {
    if (lastFailure != null) {
      reader.fail(RecipeSupport.failureLike(lastFailure));
    } else {
      reader.notAcquired(why);
    }
  }

  private void next() {
    busy = !readers.isEmpty();
    if (busy) {
      ifOpen(this::takePermit, () -> {});
    }
  }

  /** Reads the gate; if it is closed, begins again after a pause. */
  private void ifOpen(Runnable open, Runnable closed) {
    CompletableFuture<Boolean> unused =
        support
            .mayBeFree(gate, false)
            .whenCompleteAsync(
                (isOpen, failure) -> {
                  if (failure == null && isOpen) {
                    open.run();
                    return;
                  }
                  closed.run();
                  if (failure == null) {
                    lastFailure = null;
                    refused(null);
                  } else {
                    failed(Acquiring.reason(failure));
                  }
                },
                serial);
  }

  private void takePermit() {
    var first = firstWaiting();
    if (first == null) {
      busy = false;
      return;
    }
    Wanted<Permit> reader = first.getValue();
    Duration wait = reader.isOneTry() ? Duration.ZERO : reader.left();
    CompletableFuture<Permit> permit = permits.acquireAsync(wait);
    taking = permit;
    takingFor = first.getKey();
    CompletableFuture<Permit> unused =
        permit.whenCompleteAsync(
            (taken, failure) -> {
              taking = null;
              if (taken != null) {
                lastFailure = null;
                ifOpen(() -> enter(taken), () -> stepBack(taken));
              } else if (reader.isOver()) {
                next();
              } else {
                notTaken(Acquiring.reason(failure));
              }
            },
            serial);
  }

  /** Returns the first reader that still waits. */
  private Map.@Nullable Entry<Long, Wanted<Permit>> firstWaiting() {
    while (!readers.isEmpty() && readers.firstEntry().getValue().isOver()) {
      readers.pollFirstEntry();
    }
    return readers.firstEntry();
  }

  private void enter(Permit permit) {
    var first = firstWaiting();
    // A permit that was lost meanwhile no longer keeps writers out.
    if (first == null || !permit.isHeld()) {
      stepBack(permit);
    } else {
      readers.remove(first.getKey());
      pause = FIRST_PAUSE;
      first.getValue().give(permit);
    }
    next();
  }

  private static void stepBack(Permit permit) {
    CompletableFuture<Void> unused = permit.closeAsync();
  }

  private void notTaken(Throwable why) {
    if (Acquiring.isHeld(why)) {
      refused((LockNotAcquiredException) why);
    } else {
      failed(why);
    }
  }

  private void refused(@Nullable LockNotAcquiredException why) {
    seenHeld = true;
    var first = readers.firstEntry();
    if (first != null && (first.getValue().isOneTry() || first.getValue().isTimeUp())) {
      readers.remove(first.getKey());
      giveUp(first.getValue(), why);
    }
    later();
  }

  private void failed(Throwable why) {
    var first = readers.firstEntry();
    if (first != null) {
      boolean mayPass = why instanceof LockStoreException store && store.kind().isTransient();
      if (mayPass && !first.getValue().isOneTry()) {
        lastFailure = (LockStoreException) why;
      } else {
        readers.remove(first.getKey());
        first.getValue().fail(why);
      }
    }
    later();
  }

  private void later() {
    giveUpLate();
    if (readers.isEmpty()) {
      busy = false;
      return;
    }
    var unused = support.after(Duration.ofNanos(pause), serial, this::next);
    pause = Math.min((long) (pause * GROWTH), LONGEST_PAUSE);
  }
}
