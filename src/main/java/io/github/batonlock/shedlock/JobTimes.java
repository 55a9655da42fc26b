package io.github.batonlock.shedlock;

import io.github.batonlock.LockRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The longest and the least time of a job's lock, checked by the rules of a request.
 *
 * @param atMost ShedLock's {@code lockAtMostFor}
 * @param atLeast ShedLock's {@code lockAtLeastFor}; zero for none
 */
record JobTimes(Duration atMost, Duration atLeast) {

  /**
   * Checks two times.
   *
   * @throws IllegalArgumentException if one is out of range; the message names the job and both
   */
  static JobTimes of(String job, Duration atMost, Duration atLeast) {
    JobTimes times = new JobTimes(atMost, atLeast);
    if (atLeast.compareTo(atMost) > 0) {
      throw times.refused(job, "lockAtLeastFor is longer than lockAtMostFor", null);
    }
    try {
      LockRequest unused = times.in(LockRequest.of("job"));
    } catch (IllegalArgumentException e) {
      throw times.refused(job, e.getMessage(), e);
    }
    return times;
  }

  /** A request with these times. */
  LockRequest in(LockRequest request) {
    LockRequest.Builder builder = request.toBuilder().maxHold(atMost);
    return (atLeast.isZero() ? builder : builder.holdAtLeast(atLeast)).build();
  }

  private IllegalArgumentException refused(
      String job, @Nullable String why, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "Job '"
            + job
            + "' cannot be locked with lockAtMostFor "
            + atMost
            + " (maxHold) and lockAtLeastFor "
            + atLeast
            + " (holdAtLeast): "
            + why,
        cause);
  }
}
