package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.protocol.HeartbeatPredictor;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.OptionalLong;

/** The schedule of the looks at a held item: just after heartbeats, where that is possible. */
@ConfinedTo(ConfinedTo.LOOP)
final class LookSchedule {
  private final HeartbeatPredictor heartbeats = new HeartbeatPredictor();

  /**
   * What an observer wants of its next look. All times are nanoseconds from now.
   *
   * @param pause the pause to a look that does not follow a heartbeat
   * @param earliest of a look that follows a heartbeat
   * @param latest of a look that follows a heartbeat
   */
  record Pace(long pause, long earliest, long latest) {
    /** A fixed pause, whatever is known of heartbeats. */
    static Pace of(long pause) {
      return new Pace(pause, pause, 0);
    }
  }

  /**
   * Records a look.
   *
   * @param item the item that it showed
   * @param sent the time before it was sent, on the monotonic clock
   * @param answered the time after its answer
   */
  void saw(LockItem item, long sent, ClockReading answered) {
    heartbeats.saw(item.version(), item.leaseDuration(), sent, answered);
  }

  /** The time between heartbeats, in nanoseconds; empty as long as it is not learnt. */
  OptionalLong interval() {
    return heartbeats.interval();
  }

  /** The time to the next look, in nanoseconds. */
  long next(long now, Pace pace) {
    OptionalLong heartbeat = heartbeats.nextLook(now, pace.earliest());
    return heartbeat.isPresent() && heartbeat.getAsLong() <= pace.latest()
        ? heartbeat.getAsLong()
        : pace.pause();
  }
}
