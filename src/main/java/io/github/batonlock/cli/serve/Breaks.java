package io.github.batonlock.cli.serve;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.cli.serve.BoardEvent.Tone;
import io.github.batonlock.internal.operator.BreakWords;
import io.github.batonlock.internal.operator.LockBreaker;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.Operator;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The breaks that are under way. Each has a thread and an operator of its own, and tells the board
 * what happens. Any thread.
 */
final class Breaks {
  private final Supplier<Operator> operators;
  private final Executor threads;
  private final LockBoard board;
  private final Screens screens;
  private final LongSupplier clock;
  private final Set<LockKey> underWay = ConcurrentHashMap.newKeySet();

  Breaks(
      Supplier<Operator> operators,
      Executor threads,
      LockBoard board,
      Screens screens,
      LongSupplier clock) {
    this.operators = operators;
    this.threads = threads;
    this.board = board;
    this.screens = screens;
    this.clock = clock;
  }

  /**
   * Begins to break a lock as 'baton break' does, without haste.
   *
   * @param shown the lock as the page has shown it
   * @return whether it has begun; false if this lock is being broken already, or too many others
   */
  boolean begin(LockBreaker.Shown shown) {
    synchronized (underWay) {
      if (underWay.size() >= PageBounds.BREAKS || !underWay.add(shown.key())) {
        return false;
      }
    }
    threads.execute(() -> run(shown));
    return true;
  }

  private void run(LockBreaker.Shown shown) {
    try (Operator operator = operators.get()) {
      tell(shown, Tone.WARNING, "break begun from this page: " + shown.reason());
      LockBreaker breaker =
          operator.breaker(progress -> tell(shown, Tone.NEUTRAL, "break: " + progress));
      LockRow row = operator.reader().read(shown.key());
      Duration patience = row.lease().orElse(Duration.ZERO);
      LockBreaker.Result result = breaker.breakGently(shown, patience);
      boolean isDone =
          result.end() == LockBreaker.End.BROKEN || result.end() == LockBreaker.End.LET_GO;
      board.looked(List.of(result.now()), clock.getAsLong());
      tell(
          shown,
          isDone ? Tone.GOOD : Tone.BAD,
          "break ended: " + BreakWords.of(shown.key(), result));
    } catch (LockException | IllegalArgumentException e) {
      tell(shown, Tone.BAD, "break failed: " + e.getMessage());
    } catch (InterruptedException e) {
      // The page ends, and this thread with it.
      tell(shown, Tone.BAD, "break interrupted: look at the lock");
    } finally {
      underWay.remove(shown.key());
    }
  }

  private void tell(LockBreaker.Shown shown, Tone tone, String text) {
    board.tell(shown.key(), tone, text, clock.getAsLong());
    screens.tell();
  }
}
