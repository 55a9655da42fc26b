package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.callback.OwnFailure;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.HeartbeatPredictor;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The watch over one session of another client, for all waiters of locks that name it (protocol
 * section 6).
 *
 * <pre>
 *   look --released-------------------------------------> over, permanently
 *    |   '--silent for L(1+g)--> end it --applied-------> over
 *    |   '--missing: look consistently; missing for L --> write an ended one --> over
 *    '--alive: look again, as long as there is a waiter
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class SessionObserver {
  /**
   * Waiters poll the locks of the session as well; this watch finds out whether their holder is
   * alive.
   */
  private static final long LONGEST_PAUSE = 2_500 * ClockReading.NANOS_PER_MILLI;

  private static final int LOOKS_PER_LEASE = 4;

  private final ClientConfig config;
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final Observations observations;
  private final VersionFactory versions;
  private final LockKey key;
  private final TakeoverPolicy takeover;
  private final Backoff backoff;
  private final HeartbeatPredictor rhythm = new HeartbeatPredictor();
  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private Duration lease = Duration.ZERO;
  private Timer next = () -> {};
  private boolean busy;
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
      Observations observations,
      TakeoverPolicy takeover,
      VersionFactory versions,
      LockKey key) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.observations = observations;
    this.versions = versions;
    this.key = key;
    this.takeover = takeover;
    this.backoff = requests.backoff(config.terms());
  }

  LockKey key() {
    return key;
  }

  boolean isOver() {
    return over;
  }

  int waiters() {
    return waiters.size();
  }

  boolean isWatching() {
    return !waiters.isEmpty();
  }

  void join(Waiter waiter, Duration leaseOfLock) {
    boolean first = waiters.isEmpty();
    if (first) {
      observations.retain(key);
    }
    waiters.add(waiter);
    lease = leaseOfLock.compareTo(lease) > 0 ? leaseOfLock : lease;
    if (!busy && (first || waiter.isInAHurry())) {
      next.cancel();
      look(waiter.isInAHurry());
    }
  }

  void leave(Waiter waiter) {
    if (waiters.remove(waiter) && waiters.isEmpty()) {
      observations.release(key, loop.now().nanos());
      next.cancel();
    }
  }

  // Looking

  private void look(boolean consistent) {
    busy = true;
    requests.look(
        key,
        RequestTimeouts.patient(config.terms()).total(),
        turn -> {
          if (isWatching()) {
            read(turn, consistent);
          } else {
            busy = false;
          }
        },
        this::failed);
  }

  private void read(Turn turn, boolean consistent) {
    long sent = loop.now().nanos();
    requests.read(
        turn,
        key,
        consistent,
        RequestTimeouts.patient(config.terms()),
        answer -> looked(answer, consistent, sent),
        this::failed);
  }

  private void looked(ReadAnswer answer, boolean consistent, long sent) {
    busy = false;
    backoff.reset();
    boolean missing = answer.item().state() instanceof ItemState.Absent;
    if (missing && !consistent) {
      look(true);
    } else {
      found(answer.item().state(), consistent, sent);
    }
  }

  /**
   * Handles a state: the current one, if a consistent read or a write has shown it; otherwise
   * perhaps an old one.
   */
  private void found(ItemState state, boolean isSo, long lookSent) {
    if (state instanceof ItemState.Lock lock) {
      if (lock.item().released()) {
        isOverNow();
      } else {
        rhythm.saw(lock.item().version(), lock.item().leaseDuration(), lookSent, loop.now());
        if (isSo && observations.hasSeenReplaced(key, lock.item())) {
          // An operator has restored an old item.
          observations.forget(key);
        }
        isThere(lock.item());
      }
    } else if (state instanceof ItemState.NotALock bad) {
      tell(
          waiter ->
              waiter.sessionIsUnknown(
                  new MalformedLockItemException(key, bad.attribute(), bad.problem())));
    } else {
      isMissing();
    }
  }

  private void isThere(LockItem item) {
    ClockReading now = loop.now();
    Observation seen = observations.see(key, item, now.nanos());
    if (!takeover.mayTakeOver(key, item, seen, now)) {
      isAlive(seen.untilTakeover(now.nanos()));
    } else if (seen.version().equals(item.version())) {
      end(item.version());
    } else {
      // The read was older than the observation.
      look(true);
    }
  }

  /**
   * The session's item is missing. If DynamoDB's TTL has deleted it, the session had ended before;
   * but this client cannot know that.
   */
  private void isMissing() {
    long now = loop.now().nanos();
    long left = observations.missing(key, now) + lease.toNanos() - now;
    if (left <= 0) {
      end(null);
    } else {
      isAlive(left);
    }
  }

  private void isAlive(long untilTakeover) {
    tell(Waiter::sessionIsAlive);
    long now = loop.now().nanos();
    long pause = Math.min(LONGEST_PAUSE, lease.toNanos() / LOOKS_PER_LEASE);
    OptionalLong heartbeat = rhythm.nextLook(now, 0);
    if (heartbeat.isPresent() && heartbeat.getAsLong() <= 2 * pause) {
      pause = heartbeat.getAsLong();
    }
    lookIn(Math.min(pause, untilTakeover));
  }

  private void lookIn(long nanos) {
    next.cancel();
    if (isWatching() && !busy) {
      next = loop.schedule(nanos, () -> look(false));
    }
  }

  // Ending

  private void end(@Nullable String silentVersion) {
    busy = true;
    ClockReading sent = loop.now();
    String version = versions.next(sent);
    requests.write(
        new LockWrite.End(
            key,
            silentVersion,
            config.ownerName(),
            lease,
            version,
            config.sessionExpiry(sent.epochMillis())),
        RequestTimeouts.patient(config.terms()),
        answer -> ended(answer, sent),
        this::failed);
  }

  private void ended(WriteAnswer answer, ClockReading sent) {
    busy = false;
    backoff.reset();
    if (answer.applied()) {
      isOverNow();
    } else {
      if (answer.item().state() instanceof ItemState.Absent) {
        // The item existed when the write arrived: it has not been missing as long as assumed.
        observations.forget(key);
      }
      found(answer.item().state(), true, sent.nanos());
    }
  }

  private void isOverNow() {
    over = true;
    next.cancel();
    observations.forget(key);
    tell(waiter -> waiter.sessionIsOver(key));
  }

  private void failed(LockStoreException failure) {
    busy = false;
    int told = waiters.size();
    tell(waiter -> waiter.sessionIsUnknown(OwnFailure.oneOf(told, failure)));
    lookIn(backoff.next());
  }

  private void tell(Consumer<Waiter> event) {
    List.copyOf(waiters).forEach(event);
  }
}
