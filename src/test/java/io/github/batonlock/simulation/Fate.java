package io.github.batonlock.simulation;

import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one attempt of the SDK to make a request.
 *
 * @param arrives nanoseconds until the table sees it; negative for never
 * @param again nanoseconds until the table sees a duplicate of it; negative for none
 * @param answered nanoseconds the answer takes; negative for never
 * @param failure what the client gets instead of the table's answer; null for that answer
 */
record Fate(long arrives, long again, long answered, @Nullable Failure failure) {
  private static final long NEVER = -1;

  static Fate of(Condition condition, boolean isWrite, SplittableRandom random) {
    long there = millis(random, 1, 10);
    long back = millis(random, 1, 10);
    return switch (condition) {
      case HEALTHY -> new Fate(there, NEVER, back, null);
      case DUPLICATING -> new Fate(there, random.nextBoolean() ? later(random) : NEVER, back, null);
      case LOSSY ->
          new Fate(
              random.nextInt(3) == 0 ? NEVER : there,
              NEVER,
              random.nextInt(3) == 0 ? NEVER : back,
              null);
      case FLAPPING ->
          new Fate(
              random.nextInt(5) < 2 ? NEVER : there,
              NEVER,
              random.nextInt(5) < 3 ? NEVER : back,
              null);
      case CUT -> new Fate(NEVER, NEVER, NEVER, null);
      case WRITES_UNANSWERED -> new Fate(there, NEVER, isWrite ? NEVER : back, null);
      case WRITES_LOST -> new Fate(isWrite ? NEVER : there, NEVER, back, null);
      case UNANSWERED -> new Fate(there, NEVER, NEVER, null);
      case SLOW -> new Fate(millis(random, 1, 1_500), NEVER, millis(random, 1, 1_500), null);
      case LATE -> new Fate(random.nextBoolean() ? there : later(random), NEVER, back, null);
      case ERRORS ->
          switch (random.nextInt(4)) {
            case 0 -> new Fate(there, NEVER, back, null);
            case 1 -> new Fate(there, NEVER, back, Failure.SERVER_ERROR);
            case 2 -> new Fate(NEVER, NEVER, back, Failure.SERVER_ERROR);
            default -> new Fate(NEVER, NEVER, back, Failure.TRANSACTION_CONFLICT);
          };
      case BREAKING ->
          new Fate(there, NEVER, back, random.nextBoolean() ? Failure.BROKEN_CONNECTION : null);
      case THROTTLED ->
          random.nextInt(10) == 0
              ? new Fate(there, NEVER, back, null)
              : new Fate(NEVER, NEVER, back, Failure.THROTTLING);
      case REFUSED -> new Fate(NEVER, NEVER, back, Failure.NO_CONNECTION);
      case DENIED -> new Fate(NEVER, NEVER, back, Failure.EXPIRED_CREDENTIALS);
      case HANGING -> new Fate(random.nextBoolean() ? there : NEVER, NEVER, NEVER, null);
    };
  }

  /** Some seconds as a rule, some minutes now and then. */
  private static long later(SplittableRandom random) {
    return random.nextInt(4) == 0 ? millis(random, 30_000, 240_000) : millis(random, 1, 30_000);
  }

  private static long millis(SplittableRandom random, int least, int most) {
    return Duration.ofMillis(random.nextInt(least, most + 1)).toNanos();
  }

  boolean isLost() {
    return arrives < 0;
  }

  boolean isDuplicated() {
    return again >= 0;
  }

  /** Whether the client hears anything. */
  boolean isAnswered() {
    return answered >= 0 && (arrives >= 0 || failure != null);
  }
}
