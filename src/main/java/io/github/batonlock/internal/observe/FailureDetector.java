package io.github.batonlock.internal.observe;

import io.github.batonlock.Liveness;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.HeartbeatGapEstimator;
import io.github.batonlock.internal.protocol.LockItem;
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
  private final LookSchedule schedule = new LookSchedule();
  private final HeartbeatGapEstimator gaps = new HeartbeatGapEstimator();
  private Finding.Observed latest;
  private Liveness liveness = Liveness.UNKNOWN;
  private boolean hasShownLife;
  private int looksToLearn;

  /**
   * Creates the detector of one hold.
   *
   * @param first the look that first showed it
   * @param hasShownLife whether this client knows already of a sign of life within the last lease
   */
  FailureDetector(
      ClientConfig config, EventLoop loop, Finding.Observed first, boolean hasShownLife) {
    this.config = config;
    this.loop = loop;
    this.latest = first;
    this.hasShownLife = hasShownLife;
  }

  /** The holder at the last look. */
  Finding.Observed latest() {
    return latest;
  }

  private LockItem item() {
    return latest.item();
  }

  boolean isDead() {
    return liveness == Liveness.DEAD;
  }

  /** Whether an item shows the same holder in the same hold. */
  boolean isOf(LockItem other) {
    return item().ownerName().equals(other.ownerName())
        && item().fencingToken().equals(other.fencingToken());
  }

  /**
   * Records a look.
   *
   * @param shown the holder that it showed
   * @param sent when it was sent
   * @return the liveness of the holder
   */
  Liveness saw(Finding.Observed shown, ClockReading sent) {
    LockItem item = shown.item();
    schedule.saw(item, sent.nanos(), loop.now());
    gaps.saw(item.version(), item.leaseDuration(), shown.seen().since());
    // Only a new version is a sign of life.
    boolean isNew = !item.version().equals(item().version());
    hasShownLife = hasShownLife || isNew;
    Liveness judged = judge(shown, sent);
    liveness = isNew || judged.compareTo(liveness) > 0 ? judged : liveness;
    latest = shown;
    return liveness;
  }

  private Liveness judge(Finding.Observed shown, ClockReading sent) {
    if (!(shown instanceof Finding.Live)) {
      return Liveness.DEAD;
    }
    boolean overdue =
        sent.nanos() - shown.seen().since() >= gaps.suspectAfter(shown.item().leaseDuration());
    if (overdue) {
      return Liveness.SUSPECT;
    }
    return hasShownLife ? Liveness.ALIVE : Liveness.UNKNOWN;
  }

  /** The time to the next look, in nanoseconds. */
  long nextLook() {
    long now = loop.now().nanos();
    long pause = schedule.next(now, pace());
    if (liveness == Liveness.ALIVE || liveness == Liveness.UNKNOWN) {
      long suspectAt = latest.seen().since() + gaps.suspectAfter(item().leaseDuration());
      pause = Math.min(pause, suspectAt - now);
    }
    if (liveness != Liveness.DEAD && latest instanceof Finding.Live live) {
      pause = Math.min(pause, live.untilTakeover());
    }
    return Math.max(1, pause);
  }

  private LookSchedule.Pace pace() {
    long guess =
        Math.min(
            item().leaseDuration().toNanos() / BEATS_PER_LEASE,
            config.terms().heartbeat().toNanos());
    if (liveness == Liveness.DEAD) {
      // The interval that was learnt of a dead holder no longer helps.
      return LookSchedule.Pace.of(guess);
    }
    OptionalLong learnt = schedule.interval();
    if (learnt.isEmpty() && RecordVersion.isOurs(item().version())) {
      if (++looksToLearn <= config.bounds().of(Bound.LEARNING_LOOKS)) {
        return LookSchedule.Pace.of(guess / LOOKS_TO_LEARN);
      }
      config.bounds().reached(Bound.LEARNING_LOOKS);
    }
    long beat = Math.max(learnt.orElse(guess), guess / LOOKS_TO_LEARN);
    return new LookSchedule.Pace(beat, (long) (beat * NOT_BEFORE), (long) (beat * NOT_AFTER));
  }
}
