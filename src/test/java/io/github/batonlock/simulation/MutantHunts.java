package io.github.batonlock.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs schedules of mutants, on all processors, until each has failed or was run as often as it
 * may. Threads take different mutants at first, and help each other with those that are left.
 */
final class MutantHunts {
  /** So many schedules a thread runs before it looks around. */
  private static final int STRIDE = 10;

  /** A mistake has to show again within so many schedules from its recorded seed on. */
  private static final int AGAIN = 20;

  private final List<Hunt> hunts;
  private final long deadline;

  /** The hunts that take longest come first; none begins a schedule after the deadline. */
  MutantHunts(List<Hunt> hunts, long deadlineNanos) {
    this.hunts = List.copyOf(hunts);
    this.deadline = deadlineNanos;
  }

  /** Returns when all have ended. */
  void run() {
    try (QuietLibrary quiet = new QuietLibrary()) {
      List<CompletableFuture<Void>> threads =
          Stream.generate(this::startThread)
              .limit(Runtime.getRuntime().availableProcessors())
              .toList();
      threads.forEach(CompletableFuture::join);
    }
  }

  private CompletableFuture<Void> startThread() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work();
                ended.complete(null);
              } catch (Throwable t) {
                ended.completeExceptionally(t);
              }
            },
            "mutant-hunt");
    thread.setDaemon(true);
    thread.start();
    return ended;
  }

  private void work() {
    try (MutantCompiler compiler = new MutantCompiler()) {
      for (Hunt hunt = next(); hunt != null; hunt = next()) {
        hunt.advance(compiler, deadline);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first of those with the fewest threads. */
  private synchronized @Nullable Hunt next() {
    return hunts.stream()
        .filter(hunt -> !hunt.isOver(deadline))
        .min(Comparator.comparingInt(Hunt::threads))
        .map(Hunt::join)
        .orElse(null);
  }

  /** The search for one mistake. */
  static final class Hunt {
    final Mutant mutant;
    private final long first;
    private final long end;
    private final Predicate<String> wanted;
    private @Nullable MutantClasses classes;
    private long nextSeed;
    private int threads;
    private @Nullable Catch caught;
    private @Nullable RuntimeException failure;

    /**
     * Seeds from one on, so many, for a violation that a wanted checker notices.
     *
     * @param mutant what is looked for
     * @param first seed
     * @param schedules at most so many
     * @param wanted checkers
     */
    Hunt(Mutant mutant, long first, long schedules, Predicate<String> wanted) {
      this.mutant = mutant;
      this.first = first;
      this.end = first + schedules;
      this.wanted = wanted;
      this.nextSeed = first;
    }

    /** For a mistake that was found: by the same checker, within a few schedules. */
    static Hunt again(Mutant mutant, MutantSeeds.Found found) {
      return new Hunt(mutant, found.seed(), AGAIN, found.checker()::equals);
    }

    /** Why the mistake was not found. */
    synchronized String problem() {
      return "%s, '%s': %s"
          .formatted(
              mutant.kind(),
              mutant,
              failure == null
                  ? "does not show with the seeds %d to %d".formatted(first, nextSeed - 1)
                  : "cannot be run: " + failure.getMessage());
    }

    /** Whether it was run as often as it may. */
    synchronized boolean isComplete() {
      return threads == 0 && nextSeed >= end;
    }

    /** Whether the mistake was not found, for no want of time. */
    synchronized boolean isMissed() {
      return caught == null && (failure != null || isComplete());
    }

    /** How many schedules it ran. */
    synchronized long schedules() {
      return nextSeed - first;
    }

    /** The lowest seed that shows the mistake; null if none did. */
    synchronized @Nullable Catch caught() {
      return caught;
    }

    private synchronized boolean isOver(long deadline) {
      return caught != null
          || failure != null
          || nextSeed >= end
          || System.nanoTime() - deadline > 0;
    }

    private synchronized int threads() {
      return threads;
    }

    private synchronized Hunt join() {
      threads++;
      return this;
    }

    private synchronized MutantClasses classes(MutantCompiler compiler) {
      if (classes == null) {
        classes = MutantClasses.of(mutant, compiler);
      }
      return classes;
    }

    private void advance(MutantCompiler compiler, long deadline) {
      try {
        MutantClasses mutated = classes(compiler);
        for (int i = 0; i < STRIDE; i++) {
          OptionalLong seed = takeSeed(deadline);
          if (seed.isEmpty()) {
            return;
          }
          mutated.violations(mutant.kind(), seed.getAsLong()).entrySet().stream()
              .filter(violation -> wanted.test(violation.getKey()))
              .filter(violation -> !isOfTheCodeAsItIs(violation.getKey(), seed.getAsLong()))
              .findFirst()
              .ifPresent(violation -> caughtAt(seed.getAsLong(), violation));
        }
      } catch (RuntimeException e) {
        fails(e);
      } finally {
        leave();
      }
    }

    /** A violation without the mistake, too, is one of the code, or of a checker: not caught. */
    private boolean isOfTheCodeAsItIs(String checker, long seed) {
      return Campaign.violations(mutant.kind().name(), seed).containsKey(checker);
    }

    private synchronized OptionalLong takeSeed(long deadline) {
      return isOver(deadline) ? OptionalLong.empty() : OptionalLong.of(nextSeed++);
    }

    private synchronized void fails(RuntimeException e) {
      failure = e;
    }

    private synchronized void caughtAt(long seed, Map.Entry<String, String> violation) {
      if (caught == null || seed < caught.seed()) {
        caught = new Catch(seed, violation.getKey(), violation.getValue());
      }
    }

    /** What is over needs no classes; they are many, and so are the hunts. */
    private synchronized void leave() {
      threads--;
      if (threads == 0 && (caught != null || failure != null || nextSeed >= end)) {
        classes = null;
      }
    }
  }

  /**
   * A schedule that shows a mistake.
   *
   * @param seed of the schedule
   * @param checker that noticed it
   * @param violation what it noticed
   */
  record Catch(long seed, String checker, String violation) {}
}
