package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The rule of takeover at first sight (protocol section 9): a version that was sent so long ago, by
 * the table's clock, that its lease is over whatever the clocks of its holder say.
 *
 * @param maxDateError E: how far the {@code Date} of an answer may be off true time
 */
public record FirstSightRule(Duration maxDateError) {
  /** For hosts that form the date once and use it for a while. */
  static final Duration MARGIN = Duration.ofSeconds(1);

  /**
   * The time after which a lock may be taken at first sight, by a write conditioned on exactly its
   * version.
   *
   * @param version the version of the item
   * @param lease the lease that the item says
   * @param statement what the item says of its version; null if nothing
   * @return the time that the lower bound of the table's clock has to pass, in milliseconds since
   *     1970; empty if the lock cannot be taken at first sight
   */
  public OptionalLong freeAfter(String version, Duration lease, @Nullable SentBefore statement) {
    if (statement == null || !statement.tells(version)) {
      return OptionalLong.empty();
    }
    Duration wait = Duration.ofNanos(Observation.waitNanos(version, lease));
    // One host's date may be early when the version is sent, another host's late now.
    Duration errors = maxDateError.multipliedBy(2).plus(MARGIN);
    return OptionalLong.of(statement.epochMillis() + roundedUp(wait.plus(errors)));
  }

  private static long roundedUp(Duration duration) {
    return duration.plusNanos(ClockReading.NANOS_PER_MILLI - 1).toMillis();
  }

  /**
   * Whether a lock may be taken at first sight.
   *
   * @param version the version of the item
   * @param lease the lease that the item says
   * @param statement what the item says of its version; null if nothing
   * @param lowerBound of the table's clock now; empty if unknown
   * @return false if the observation of the version has to decide
   */
  public boolean mayTakeOver(
      String version, Duration lease, @Nullable SentBefore statement, OptionalLong lowerBound) {
    OptionalLong freeAfter = freeAfter(version, lease, statement);
    return freeAfter.isPresent()
        && lowerBound.isPresent()
        && lowerBound.getAsLong() > freeAfter.getAsLong();
  }

  /**
   * Whether a client that gives up on a held lock leaves a mark, so that its observation outlives
   * it.
   *
   * @param version the version of the item
   * @param statement what the item says; null if nothing
   * @return false if the item already says when its version was sent, and if the attribute is not
   *     one that this library wrote
   */
  public static boolean wantsMark(String version, @Nullable SentBefore statement) {
    return statement == null
        || (!statement.equals(SentBefore.UNREADABLE) && !statement.tells(version));
  }
}
