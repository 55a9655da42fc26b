package io.github.batonlock.internal.observe;

import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockWatch.Liveness;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The watch over one key, of a lock or a session, for all its followers. It reads and never writes.
 * Only clients that want the locks of a dead session end that session ({@link SessionObserver}).
 *
 * <pre>
 *   look --no item, released--&gt; free
 *    |   '--own lease--&gt; by its versions (see LifeSigns)
 *    |   '--shared lease--&gt; by the session's watch
 *    '--what may be out of date, or a death--&gt; look again, strongly consistently
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class KeyObserver {
  private final ClientConfig config;
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final Observations observations;
  private final TakeoverPolicy takeover;
  private final LockInfoFactory infos;
  private final KeyObservers watches;
  private final LockKey key;
  private final Backoff backoff;
  private final Set<Follower> followers = new LinkedHashSet<>();
  private final Map<String, Boolean> past;
  private final Follower ofSession = (sighting, isNews) -> sessionSeen(sighting);
  private @Nullable ObservedState latest;
  private @Nullable String version;
  private @Nullable FailureDetector signs;
  private @Nullable LockKey session;
  private @Nullable ObservedState sessionSighting;
  private @Nullable LockInfo shared;
  private @Nullable LockException failure;
  private Timer next = () -> {};
  private boolean busy;
  private boolean stopped;

  /** A receiver of what looks show; on the loop. */
  @FunctionalInterface
  public interface Follower {
    /**
     * A look was answered, or failed.
     *
     * @param sighting what is known now
     * @param isNews whether it differs from what users were told before
     */
    void saw(ObservedState sighting, boolean isNews);
  }

  KeyObserver(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      Observations observations,
      TakeoverPolicy takeover,
      LockInfoFactory infos,
      KeyObservers watches,
      LockKey key) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.observations = observations;
    this.takeover = takeover;
    this.infos = infos;
    this.watches = watches;
    this.key = key;
    observations.retain(key);
    this.past = new LruMap<>(config.bounds().limit(Bound.WATCHED_PAST_VERSIONS));
    this.backoff = requests.backoff(config.terms());
  }

  void join(Follower follower) {
    boolean isFirst = followers.isEmpty();
    followers.add(follower);
    if (latest != null) {
      follower.saw(latest, true);
    }
    if (isFirst) {
      look(false);
    }
  }

  /** Removes a follower. Returns whether none is left. */
  boolean leave(Follower follower) {
    followers.remove(follower);
    return followers.isEmpty();
  }

  void stop() {
    stopped = true;
    observations.release(key, loop.now().nanos());
    next.cancel();
    follow(null);
  }

  /** The clock was wrong. Times that it measured count from now. */
  void clockWasWrong() {
    if (latest != null && latest.info() == null) {
      latest = new ObservedState(latest.liveness(), null, loop.now().nanos(), latest.problem());
    }
  }

  // Looking

  private void look(boolean consistent) {
    busy = true;
    requests.look(
        key,
        RequestTimeouts.patient(config.terms()).total(),
        turn -> {
          if (!stopped) {
            read(turn, consistent);
          }
        },
        this::failed);
  }

  private void read(Turn turn, boolean consistent) {
    ClockReading sent = loop.now();
    requests.read(
        turn,
        key,
        consistent,
        RequestTimeouts.patient(config.terms()),
        answer -> looked(answer, consistent, sent),
        this::failed);
  }

  private void looked(ReadAnswer answer, boolean consistent, ClockReading sent) {
    busy = false;
    if (stopped) {
      return;
    }
    backoff.reset();
    if (!consistent && isDoubtful(answer.item().state(), sent)) {
      look(true);
      return;
    }
    failure = null;
    found(answer.item(), sent);
    lookIn(signs != null ? signs.nextLook() : config.terms().heartbeat().toNanos());
  }

  /** Whether a state may be wrong if an eventually consistent read shows it. */
  private boolean isDoubtful(ItemState state, ClockReading sent) {
    if (state instanceof ItemState.Lock lock) {
      LockItem item = lock.item();
      return past.containsKey(item.version())
          || observations.hasSeenReplaced(key, item)
          || showsDeath(item, sent);
    }
    // The item existed before, or a lock item has just named it.
    return state instanceof ItemState.Absent && (latest == null || version != null);
  }

  private boolean showsDeath(LockItem item, ClockReading sent) {
    Observation seen = observations.of(key);
    boolean isKnown = latest != null && latest.liveness() == Liveness.DEAD;
    return !isKnown
        && !item.released()
        && item.session() == null
        && seen != null
        && seen.version().equals(item.version())
        && takeover.mayTakeOver(key, item, seen, sent);
  }

  private void failed(LockStoreException why) {
    busy = false;
    if (!stopped) {
      failure = why;
      ObservedState known = latest == null ? ObservedState.none(loop.now().nanos()) : latest;
      publish(known.withProblem(why));
      lookIn(backoff.next());
    }
  }

  private void lookIn(long nanos) {
    next.cancel();
    next = loop.schedule(nanos, this::lookNow);
  }

  private void lookNow() {
    if (!busy && !stopped) {
      look(signs != null && signs.mayShowDeath(loop.now()));
    }
  }

  // What looks show

  private void found(StoredItem stored, ClockReading sent) {
    if (stored.state() instanceof ItemState.Lock lock) {
      saw(lock.item().version());
      foundLock(lock.item(), stored, sent);
    } else if (stored.state() instanceof ItemState.NotALock bad) {
      noHolder();
      MalformedLockItemException problem =
          new MalformedLockItemException(key, bad.attribute(), bad.problem());
      publish(new ObservedState(Liveness.UNKNOWN, null, loop.now().nanos(), problem));
    } else {
      saw(null);
      noSignsOfLife();
      if (!SessionKey.isSession(key)) {
        // Waiters count from when a session's item was first missing.
        observations.forget(key);
      }
      boolean wasMissing =
          latest != null && latest.liveness() == Liveness.FREE && latest.info() == null;
      long since = wasMissing && latest != null ? latest.since() : loop.now().nanos();
      publish(new ObservedState(Liveness.FREE, null, since, null));
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

  private void noHolder() {
    observations.forget(key);
    noSignsOfLife();
  }

  private void noSignsOfLife() {
    signs = null;
    follow(null);
  }

  private void foundLock(LockItem item, StoredItem stored, ClockReading sent) {
    if (observations.hasSeenReplaced(key, item)) {
      // A consistent read has shown the item: an operator has restored an old one.
      observations.forget(key);
    }
    LockInfo info = infos.of(key, item, stored.attributes());
    if (item.released()) {
      noHolder();
      publish(new ObservedState(Liveness.FREE, info, loop.now().nanos(), null));
    } else if (item.session() != null) {
      signs = null;
      shared = info;
      follow(item.session());
      judgeBySession();
    } else {
      follow(null);
      Observation seen = observations.see(key, item, loop.now().nanos());
      if (signs == null || !signs.isOf(item)) {
        signs = new FailureDetector(config, loop, takeover, key, item, seen);
      }
      publish(new ObservedState(signs.saw(item, seen, sent), info, seen.since(), null));
    }
  }

  // Shared leases

  private void follow(@Nullable LockKey wanted) {
    LockKey before = session;
    if (wanted == null ? before == null : wanted.equals(before)) {
      return;
    }
    session = wanted;
    sessionSighting = null;
    if (before != null) {
      watches.leave(before, ofSession);
    }
    if (wanted == null) {
      shared = null;
    } else {
      watches.join(wanted, ofSession);
    }
  }

  private void sessionSeen(ObservedState sighting) {
    sessionSighting = sighting;
    judgeBySession();
  }

  private void judgeBySession() {
    ObservedState seen = sessionSighting;
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

  private void publish(ObservedState sighting) {
    boolean isNews = latest == null || sighting.isNewsAfter(latest);
    latest = sighting;
    List.copyOf(followers).forEach(follower -> follower.saw(sighting, isNews));
  }
}
