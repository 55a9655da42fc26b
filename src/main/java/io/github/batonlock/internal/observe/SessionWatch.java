package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.callback.OwnFailure;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.Rhythm;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.RequestTimes;
import io.github.batonlock.internal.request.Requests;
import io.github.batonlock.internal.request.Turns.Turn;
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
 * The watch over one session of another client, for all who wait for locks that name it (protocol
 * section 6).
 *
 * <pre>
 *   look --released-------------------------------------> over, for ever
 *    |   '--silent for L(1+g)--> end it --applied-------> over
 *    |   '--missing: look consistently; missing for L --> write an ended one --> over
 *    '--alive: look again, as long as somebody waits
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class SessionWatch {
  /** Its locks are polled as well; this one finds out whether their holder is alive. */
  private static final long LONGEST_PAUSE = 2_500 * ClockReading.NANOS_PER_MILLI;

  private static final int LOOKS_PER_LEASE = 4;

  private final ClientConfig config;
  private final EventLoop loop;
  private final Requests requests;
  private final Observations observations;
  private final VersionFactory versions;
  private final LockKey key;
  private final TakeoverRule takeover;
  private final Backoff backoff;
  private final Rhythm rhythm = new Rhythm();
  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private Duration lease = Duration.ZERO;
  private Timer next = () -> {};
  private boolean busy;
  private boolean over;

  /** Who waits for the end of a session; on the loop. */
  public interface Waiter {
    /** It has ended. */
    void sessionIsOver(LockKey session);

    /** It was looked at, and has not ended. */
    void sessionIsAlive();

    /** It could not be looked at; where that may pass, it is tried again. */
    void sessionIsUnknown(RuntimeException failure);

    /** Whether it waits for no more than one look, which has to see what is so. */
    boolean isInAHurry();
  }

  SessionWatch(
      ClientConfig config,
      EventLoop loop,
      Requests requests,
      Observations observations,
      TakeoverRule takeover,
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
        RequestTimes.patient(config.terms()).total(),
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
        RequestTimes.patient(config.terms()),
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

  /** What is so, if it was shown by a consistent read or a write; else what was so. */
  private void found(ItemState state, boolean isSo, long lookSent) {
    if (state instanceof ItemState.Lock lock) {
      if (lock.item().released()) {
        isOverNow();
      } else {
        rhythm.saw(lock.item().version(), lock.item().leaseDuration(), lookSent, loop.now());
        if (isSo && observations.hasSeenReplaced(key, lock.item())) {
          // An operator has brought an old item back.
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
      // The read was staler than the observation.
      look(true);
    }
  }

  /** Where DynamoDB's TTL has deleted it, it was ended before; but who is to know. */
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
        RequestTimes.patient(config.terms()),
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
        // It was there when the write came: it has not been missing for as long as was thought.
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
