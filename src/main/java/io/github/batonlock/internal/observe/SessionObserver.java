package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.callback.OwnFailure;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.Reading;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The observer of one session of another client, for all waiters of locks that name it (protocol
 * section 6). It ends the session when its client is dead.
 *
 * <pre>
 *   look --released-------------------------------------> over, permanently
 *    |   '--silent for L(1+g)--> end it --applied-------> over
 *    |   '--missing: look consistently; missing for L --> write an ended one --> over
 *    '--alive: look again, as long as there is a waiter
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class SessionObserver extends ItemObserver<SessionObserver.Waiter> {
  /**
   * Waiters poll the locks of the session as well; this watch finds out whether their holder is
   * alive.
   */
  private static final long LONGEST_PAUSE = 2_500 * ClockReading.NANOS_PER_MILLI;

  private static final int LOOKS_PER_LEASE = 4;

  private final ClientConfig config;
  private final EventLoop loop;
  private final ItemClassifier classifier;
  private final VersionFactory versions;
  private final LookSchedule schedule = new LookSchedule();
  private Duration lease = Duration.ZERO;
  private @Nullable LockItem lock;
  private @Nullable Finding last;
  private boolean over;

  /** A waiter for the end of a session; on the loop. */
  public interface Waiter {
    /** The session has ended. */
    void sessionIsOver(LockKey session);

    /** A look has shown that the session has not ended. */
    void sessionIsAlive();

    /** The look has failed. If the failure may be transient, the look is tried again. */
    void sessionIsUnknown(RuntimeException failure);

    /** Whether the waiter waits for one look only. That look has to show the current state. */
    boolean isInAHurry();
  }

  SessionObserver(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      ItemClassifier classifier,
      VersionFactory versions,
      LockKey key) {
    super(key, config.terms(), loop, requests, classifier);
    this.config = config;
    this.loop = loop;
    this.classifier = classifier;
    this.versions = versions;
  }

  boolean isOver() {
    return over;
  }

  /** What the last look has shown; null before the first. */
  @Nullable Finding lastFinding() {
    return last;
  }

  void join(Waiter waiter, LockItem itsLock) {
    boolean isFirst = add(waiter);
    if (itsLock.leaseDuration().compareTo(lease) >= 0) {
      lease = itsLock.leaseDuration();
      lock = itsLock;
    }
    if (!isBusy() && (isFirst || waiter.isInAHurry())) {
      look(waiter.isInAHurry());
    }
  }

  // What looks show

  @Override
  void found(Reading reading) {
    boolean missing = reading.item().state() instanceof ItemState.Absent;
    if (missing && !reading.isCurrent()) {
      look(true);
    } else {
      judge(reading.item().state(), reading.isCurrent(), reading.sent());
    }
  }

  private void judge(ItemState state, boolean isCurrent, ClockReading sent) {
    Finding finding = classifier.classify(key(), state, isCurrent);
    last = finding;
    if (finding instanceof Finding.Held held) {
      schedule.saw(held.item(), sent.nanos(), loop.now());
      isHeld(held);
    } else if (finding instanceof Finding.Released) {
      isOverNow();
    } else if (finding instanceof Finding.NotALock bad) {
      tell(waiter -> waiter.sessionIsUnknown(bad.problem()));
    } else if (finding instanceof Finding.Absent absent) {
      isMissing(absent.since());
    }
  }

  private void isHeld(Finding.Held held) {
    if (held instanceof Finding.Live live) {
      isAlive(live.untilTakeover());
    } else if (held instanceof Finding.Stale) {
      look(true);
    } else {
      end(held.item().version());
    }
  }

  /**
   * The session's item is missing. If DynamoDB's TTL has deleted it, the session had ended before;
   * but this client cannot know that.
   */
  private void isMissing(long since) {
    long left = since + lease.toNanos() - loop.now().nanos();
    if (left <= 0 || isLockOver()) {
      end(null);
    } else {
      isAlive(left);
    }
  }

  /** Whether an earlier client has said so long ago that the item was missing. */
  private boolean isLockOver() {
    return lock != null && classifier.isOverAtFirstSight(lock);
  }

  private void isAlive(long untilTakeover) {
    tell(Waiter::sessionIsAlive);
    long pause = Math.min(LONGEST_PAUSE, lease.toNanos() / LOOKS_PER_LEASE);
    LookSchedule.Pace pace = new LookSchedule.Pace(pause, 0, 2 * pause);
    lookIn(Math.min(schedule.next(loop.now().nanos(), pace), untilTakeover));
  }

  @Override
  void failed(LockStoreException failure) {
    int told = subscribers();
    tell(waiter -> waiter.sessionIsUnknown(OwnFailure.oneOf(told, failure)));
    lookAfterBackoff();
  }

  // Ending

  private void end(@Nullable String silentVersion) {
    ClockReading sent = loop.now();
    write(
        new LockWrite.End(
            key(),
            silentVersion,
            config.ownerName(),
            lease,
            versions.next(sent),
            config.sessionExpiry(sent.epochMillis())),
        answer -> ended(answer, sent));
  }

  private void ended(WriteAnswer answer, ClockReading sent) {
    if (answer.applied()) {
      isOverNow();
    } else {
      if (answer.item().state() instanceof ItemState.Absent) {
        // The item existed when the write arrived: it has not been missing as long as assumed.
        classifier.forget(key());
      }
      judge(answer.item().state(), true, sent);
    }
  }

  private void isOverNow() {
    over = true;
    classifier.forget(key());
    tell(waiter -> waiter.sessionIsOver(key()));
  }
}
