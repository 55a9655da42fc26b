package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch.Liveness;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.HeartbeatGapEstimator;
import io.github.batonlock.internal.protocol.HeartbeatPredictor;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.OptionalLong;

/**
 * The signs of life that one holder's versions give, and the time to look for the next.
 *
 * <p>They are judged by what looks show, at the time when the look was sent: time that passes
 * without a look proves nothing.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class FailureDetector {
  /** The default of holders. */
  private static final int BEATS_PER_LEASE = 4;

  /** The number of looks in one expected interval while the holder's interval is not known. */
  private static final int LOOKS_TO_LEARN = 4;

  /**
   * The earliest time of the next look, in heartbeat intervals, so that it finds the next heartbeat
   * and not the same again.
   */
  private static final double NOT_BEFORE = 0.6;

  private static final double NOT_AFTER = 1.6;

  private final ClientConfig config;
  private final EventLoop loop;
  private final TakeoverPolicy takeover;
  private final LockKey key;
  private final HeartbeatPredictor rhythm = new HeartbeatPredictor();
  private final HeartbeatGapEstimator pulse = new HeartbeatGapEstimator();
  private LockItem item;
  private Observation seen;
  private Liveness liveness = Liveness.ALIVE;
  private int looksToLearn;

  FailureDetector(
      ClientConfig config,
      EventLoop loop,
      TakeoverPolicy takeover,
      LockKey key,
      LockItem item,
      Observation seen) {
    this.config = config;
    this.loop = loop;
    this.takeover = takeover;
    this.key = key;
    this.item = item;
    this.seen = seen;
  }

  /** Whether an item shows the same holder in the same hold. */
  boolean isOf(LockItem other) {
    return item.ownerName().equals(other.ownerName())
        && item.fencingToken().equals(other.fencingToken());
  }

  /**
   * Records a look.
   *
   * @param shown the item
   * @param observation of its version
   * @param sent when the look was sent
   * @return the liveness of the holder
   */
  Liveness saw(LockItem shown, Observation observation, ClockReading sent) {
    rhythm.saw(shown.version(), shown.leaseDuration(), sent.nanos(), loop.now());
    pulse.saw(shown.version(), shown.leaseDuration(), observation.since());
    Liveness judged = judge(shown, observation, sent);
    // Only a new version is a sign of life.
    boolean isNew = !shown.version().equals(item.version());
    liveness = isNew || judged.compareTo(liveness) > 0 ? judged : liveness;
    item = shown;
    seen = observation;
    return liveness;
  }

  private Liveness judge(LockItem shown, Observation observation, ClockReading sent) {
    if (takeover.mayTakeOver(key, shown, observation, sent)) {
      return Liveness.DEAD;
    }
    boolean overdue =
        sent.nanos() - observation.since() >= pulse.suspectAfter(shown.leaseDuration());
    return overdue ? Liveness.SUSPECT : Liveness.ALIVE;
  }

  /** Whether a look sent now may show that the holder is dead. */
  boolean mayShowDeath(ClockReading now) {
    return liveness != Liveness.DEAD && takeover.mayTakeOver(key, item, seen, now);
  }

  /** The time to the next look, in nanoseconds. */
  long nextLook() {
    long now = loop.now().nanos();
    long pause = pause(now);
    if (liveness == Liveness.ALIVE) {
      long suspectAt = seen.since() + pulse.suspectAfter(item.leaseDuration());
      pause = Math.min(pause, suspectAt - now);
    }
    if (liveness != Liveness.DEAD) {
      pause = Math.min(pause, seen.untilTakeover(now));
    }
    return Math.max(1, pause);
  }

  private long pause(long now) {
    long guess =
        Math.min(
            item.leaseDuration().toNanos() / BEATS_PER_LEASE, config.terms().heartbeat().toNanos());
    if (liveness == Liveness.DEAD) {
      // The rhythm that was learnt of a dead holder no longer helps.
      return guess;
    }
    OptionalLong learnt = rhythm.interval();
    if (learnt.isEmpty() && RecordVersion.isOurs(item.version())) {
      if (++looksToLearn <= config.bounds().of(Bound.LEARNING_LOOKS)) {
        return guess / LOOKS_TO_LEARN;
      }
      config.bounds().reached(Bound.LEARNING_LOOKS);
    }
    long beat = Math.max(learnt.orElse(guess), guess / LOOKS_TO_LEARN);
    OptionalLong next = rhythm.nextLook(now, (long) (beat * NOT_BEFORE));
    return next.isPresent() && next.getAsLong() <= beat * NOT_AFTER ? next.getAsLong() : beat;
  }
}
