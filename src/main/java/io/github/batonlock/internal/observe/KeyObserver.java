package io.github.batonlock.internal.observe;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.request.Reading;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The watch over one key, of a lock or a session, for all its followers. It reads and never writes.
 * Only clients that want the locks of a dead session end that session ({@link SessionObserver}).
 *
 * <pre>
 *   look --no item, released--&gt; free
 *    |   '--own lease--&gt; by its versions (see FailureDetector)
 *    |   '--shared lease--&gt; by the session's watch
 *    '--what may be out of date, or a death--&gt; look again, strongly consistently
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class KeyObserver extends ItemObserver<KeyObserver.Follower> {
  private final ClientConfig config;
  private final EventLoop loop;
  private final ItemClassifier classifier;
  private final LockInfoFactory infos;
  private final KeyObservers observers;
  private final Map<String, Boolean> past;
  private final Follower ofSession = (observed, isNews) -> sessionSeen(observed);
  private @Nullable ObservedState latest;
  private @Nullable String version;
  private @Nullable FailureDetector detector;
  private @Nullable LockKey session;
  private @Nullable ObservedState sessionState;
  private @Nullable LockInfo shared;
  private @Nullable LockException failure;

  /** The time of the last look at the free lock, on the monotonic clock. */
  private @Nullable Long freeAt;

  /** A receiver of what looks show; on the loop. */
  @FunctionalInterface
  public interface Follower {
    /**
     * A look was answered, or failed.
     *
     * @param observed what is known now
     * @param isNews whether it differs from what users were told before
     */
    void saw(ObservedState observed, boolean isNews);
  }

  KeyObserver(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      ItemClassifier classifier,
      LockInfoFactory infos,
      KeyObservers observers,
      LockKey key) {
    super(key, config.terms(), loop, requests, classifier);
    this.config = config;
    this.loop = loop;
    this.classifier = classifier;
    this.infos = infos;
    this.observers = observers;
    this.past = new LruMap<>(config.bounds().limit(Bound.WATCHED_PAST_VERSIONS));
  }

  void join(Follower follower) {
    boolean isFirst = add(follower);
    if (latest != null) {
      follower.saw(latest, true);
    }
    if (isFirst) {
      look(false);
    }
  }

  /** The watch is over. */
  void stop() {
    removeAll();
    follow(null);
  }

  /** The clock was wrong. Times that it measured count from now. */
  void clockWasWrong() {
    freeAt = null;
    if (latest != null && latest.info() == null) {
      latest = new ObservedState(latest.liveness(), null, loop.now().nanos(), latest.problem());
    }
  }

  // Looking

  @Override
  void found(Reading reading) {
    if (!isWanted()) {
      return;
    }
    if (!reading.isCurrent() && isDoubtful(reading)) {
      look(true);
      return;
    }
    failure = null;
    judge(reading);
    lookIn(detector != null ? detector.nextLook() : config.terms().heartbeat().toNanos());
  }

  /** Whether a state may be wrong if an eventually consistent read shows it. */
  private boolean isDoubtful(Reading reading) {
    ItemState state = reading.item().state();
    if (state instanceof ItemState.Lock lock) {
      LockItem item = lock.item();
      return past.containsKey(item.version())
          || classifier.hasSeenReplaced(key(), item)
          || showsDeath(item, reading.sent());
    }
    // The item existed before, or a lock item has just named it.
    return state instanceof ItemState.Absent && (latest == null || version != null);
  }

  private boolean showsDeath(LockItem item, ClockReading sent) {
    boolean isClosedNoMore = detector != null && detector.isDead();
    boolean isKnown = latest != null && (latest.liveness() == Liveness.DEAD || isClosedNoMore);
    return !isKnown
        && !item.released()
        && item.session() == null
        && classifier.wouldBeSilent(key(), item, sent);
  }

  @Override
  boolean mustBeCurrent() {
    return detector != null
        && !detector.isDead()
        && classifier.wouldBeSilent(key(), detector.latest(), loop.now());
  }

  @Override
  void failed(LockStoreException why) {
    if (isWanted()) {
      failure = why;
      ObservedState known = latest == null ? ObservedState.none(loop.now().nanos()) : latest;
      publish(known.withProblem(why));
      lookAfterBackoff();
    }
  }

  // What looks show

  private void judge(Reading reading) {
    ItemState state = reading.item().state();
    Finding finding = classifier.classify(key(), state, reading.isCurrent(), reading.sent());
    if (finding instanceof Finding.Held held) {
      saw(held.item().version());
      held(held, infos.of(key(), held.item(), reading.item().attributes()), reading.sent());
    } else if (finding instanceof Finding.Released free) {
      saw(free.item().version());
      LockInfo info = infos.of(key(), free.item(), reading.item().attributes());
      noHolder(new ObservedState(Liveness.FREE, info, loop.now().nanos(), null));
    } else if (finding instanceof Finding.NotALock bad) {
      noHolder(new ObservedState(Liveness.UNKNOWN, null, loop.now().nanos(), bad.problem()));
    } else {
      saw(null);
      noHolder(new ObservedState(Liveness.FREE, null, missingSince(), null));
    }
  }

  private void saw(@Nullable String shown) {
    if (version != null && !version.equals(shown)) {
      past.put(version, true);
    }
    if (shown != null) {
      past.remove(shown);
    }
    version = shown;
  }

  private void noHolder(ObservedState observed) {
    detector = null;
    freeAt = observed.liveness() == Liveness.FREE ? loop.now().nanos() : null;
    follow(null);
    publish(observed);
  }

  private long missingSince() {
    boolean wasMissing =
        latest != null && latest.liveness() == Liveness.FREE && latest.info() == null;
    return wasMissing && latest != null ? latest.since() : loop.now().nanos();
  }

  /**
   * Whether this observer saw the lock free less than a lease ago: the grant since then is a sign
   * of life.
   */
  private boolean hasBegunLately(LockItem item) {
    Long before = freeAt;
    return before != null && loop.now().nanos() - before < item.leaseDuration().toNanos();
  }

  private void held(Finding.Held held, LockInfo info, ClockReading sent) {
    LockKey keptBy = keptBy(held);
    if (keptBy == null && held instanceof Finding.Observed observed) {
      follow(null);
      if (detector == null || !detector.isOf(held.item())) {
        boolean isAlive = info.liveness() == Liveness.ALIVE || hasBegunLately(held.item());
        detector = new FailureDetector(config, loop, observed, isAlive);
      }
      Liveness judged = detector.saw(observed, sent);
      Liveness liveness =
          held.item().keptClosed() ? LockInfoFactory.ofClosed(detector.isDead()) : judged;
      publish(new ObservedState(liveness, info, observed.seen().since(), null));
    } else {
      detector = null;
      shared = info;
      follow(keptBy);
      judgeBySession();
    }
  }

  /** The session that keeps the lock; null if its own versions do. */
  private static @Nullable LockKey keptBy(Finding.Held held) {
    if (held instanceof Finding.Shared shared) {
      return shared.session();
    }
    return held instanceof Finding.OwnGhost ghost ? ghost.item().session() : null;
  }

  // Shared leases

  private void follow(@Nullable LockKey wanted) {
    LockKey before = session;
    if (wanted == null ? before == null : wanted.equals(before)) {
      return;
    }
    session = wanted;
    sessionState = null;
    if (before != null) {
      observers.leave(before, ofSession);
    }
    if (wanted == null) {
      shared = null;
    } else {
      observers.join(wanted, ofSession);
    }
  }

  private void sessionSeen(ObservedState observed) {
    sessionState = observed;
    judgeBySession();
  }

  private void judgeBySession() {
    ObservedState seen = sessionState;
    LockInfo info = shared;
    if (seen != null && info != null) {
      LockException problem = failure != null ? failure : seen.problem();
      Liveness judged =
          seen.liveness() == Liveness.FREE && seen.info() == null
              ? ofMissing(seen, info.leaseDuration())
              : seen.liveness();
      publish(new ObservedState(judged, info, seen.since(), problem));
    }
  }

  /**
   * The liveness of an owner with a missing session item: it cannot renew the session, and stops
   * within a lease.
   */
  private Liveness ofMissing(ObservedState seen, Duration lease) {
    return loop.now().nanos() - seen.since() >= lease.toNanos() ? Liveness.DEAD : Liveness.SUSPECT;
  }

  // Telling

  private void publish(ObservedState observed) {
    boolean isNews = latest == null || observed.isNewsAfter(latest);
    latest = observed;
    tell(follower -> follower.saw(observed, isNews));
  }
}
