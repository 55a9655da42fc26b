package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writes that free lock items after their versions were retired. A release is tried again until
 * it is certain, or until a lease is over. It is not tried again if DynamoDB has refused the
 * request as invalid, because it would do so again. If there are more versions than one condition
 * names, a refused write shows which of them is in the item.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Releases {
  private static final Logger log = LoggerFactory.getLogger(Releases.class);

  private final HoldContext core;

  Releases(HoldContext core) {
    this.core = core;
  }

  /**
   * One release.
   *
   * @param key the lock
   * @param terms its lease
   * @param versions the versions that may be in the item, all retired
   * @param delete whether to delete the item
   * @param lastSent when the last of the versions was sent; one lease later, other clients can take
   *     the lock anyway
   * @param session the session that keeps the lock beyond that; null for a lock with its own lease
   */
  public record Job(
      LockKey key,
      LeaseTerms terms,
      List<String> versions,
      boolean delete,
      ClockReading lastSent,
      @Nullable SharedLeaseSource session) {

    /** The versions that one write names: the one that an answer has shown, and the newest. */
    List<String> condition(HoldContext core) {
      return HoldVersions.firstAndNewest(
          versions, core.config.bounds().limit(Bound.CONDITION_VERSIONS));
    }

    /** The version under which an item is to be freed; null if there is nothing to free. */
    @Nullable String heldBy(HoldContext core, ItemState state) {
      if (state instanceof ItemState.Lock lock
          && !lock.item().released()
          && lock.item().ownerName().equals(core.config.ownerName())
          && versions.contains(lock.item().version())) {
        return lock.item().version();
      }
      return null;
    }

    /** The same release, after an answer has shown this version in the item. */
    Job showing(String version) {
      List<String> first = new ArrayList<>(versions);
      first.remove(version);
      first.add(0, version);
      return new Job(key, terms, List.copyOf(first), delete, lastSent, session);
    }

    /** The same release, but it deletes the item. */
    Job deleting() {
      return new Job(key, terms, versions, true, lastSent, session);
    }

    /** The time until other clients can take the lock anyway, in nanoseconds. */
    private long left(ClockReading now) {
      return session == null || session.isOver(now)
          ? terms.lease().toNanos() - now.monotonicSince(lastSent)
          : Long.MAX_VALUE;
    }
  }

  /** The receiver of a release's result. */
  interface Outcome {
    /** The item is free, or was free when the release was applied. */
    void confirmed();

    /**
     * None of the versions is in the item. No release was needed, or possible.
     *
     * @param state the state of the item
     * @param retried whether an earlier attempt of the same write may have been applied
     */
    void notOurs(ItemState state, boolean retried);

    /**
     * A try failed. None has been confirmed, whether this was the last one or not.
     *
     * @param failure what happened
     * @param last whether it was the last try
     */
    void failed(LockStoreException failure, boolean last);
  }

  /** The failure for callers that wait for a release when their time is up. */
  static LockStoreException notConfirmed(LockKey key) {
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT,
        true,
        "The LockClient was closed before the release of lock '" + key + "' was confirmed",
        null);
  }

  void start(Job job, Outcome outcome) {
    Release release = new Release(job, outcome);
    core.work.begun(release);
    release.send();
  }

  /** Frees the lock that an acquisition may have obtained before it was given up. */
  public void cleanUp(Job job) {
    start(
        job,
        new Outcome() {
          @Override
          public void confirmed() {}

          @Override
          public void notOurs(ItemState state, boolean retried) {}

          @Override
          public void failed(LockStoreException failure, boolean last) {
            if (last && !failure.kind().isTransient()) {
              log.warn(
                  "What an acquisition of lock '{}' may have left behind could not be freed",
                  job.key(),
                  failure);
            }
          }
        });
  }

  private final class Release implements PendingWork.Unfinished {
    private Job job;
    private final Outcome outcome;
    private final Backoff backoff;
    private final Map<String, Boolean> ownVersions =
        new LruMap<>(core.config.bounds().limit(Bound.UNCONFIRMED_VERSIONS));
    private List<String> named = List.of();
    private boolean expires = true;
    private long refusedPause;

    Release(Job job, Outcome outcome) {
      this.job = job;
      this.outcome = outcome;
      this.backoff = core.requests.backoff(job.terms());
    }

    void send() {
      Timeouts timeouts = RequestTimeouts.patient(job.terms());
      core.requests.change(
          job.key(),
          timeouts.total(),
          turn -> core.requests.write(turn, write(), timeouts, this::answered, this::failed),
          this::failed);
    }

    private LockWrite write() {
      String owner = core.config.ownerName();
      named = job.condition(core);
      if (job.delete()) {
        return new LockWrite.Delete(job.key(), owner, named);
      }
      ClockReading now = core.loop.now();
      String version = core.versions.next(now);
      ownVersions.put(version, true);
      return new LockWrite.Release(job.key(), owner, named, version, expires ? expiry(now) : null);
    }

    private @Nullable Instant expiry(ClockReading now) {
      return SessionKey.isSession(job.key())
          ? core.config.sessionExpiry(now.epochMillis())
          : core.config.expiry(now.epochMillis());
    }

    private void answered(WriteAnswer answer) {
      String standing = answer.applied() ? null : job.heldBy(core, answer.item().state());
      if (standing != null && !named.contains(standing)) {
        job = job.showing(standing);
        send();
        return;
      }
      if (answer.applied() || isOwnDoing(answer.item().state())) {
        core.observations.forget(job.key());
        outcome.confirmed();
        core.successors.released(job.key());
      } else {
        outcome.notOurs(answer.item().state(), answer.retried());
      }
      core.work.finished(this);
    }

    /** Whether an earlier try was applied although its answer was lost. */
    private boolean isOwnDoing(ItemState state) {
      if (state instanceof ItemState.Lock lock) {
        LockItem item = lock.item();
        return item.released() && ownVersions.containsKey(item.version());
      }
      return job.delete() && state instanceof ItemState.Absent;
    }

    @Override
    public void giveUpFinishing() {
      outcome.failed(notConfirmed(job.key()), true);
    }

    private void failed(LockStoreException failure) {
      boolean isInvalid = failure.kind() == LockStoreException.Kind.INVALID_REQUEST;
      if (isInvalid && expires && !job.delete() && expiry(core.loop.now()) != null) {
        // A full item has no room for its time to live.
        expires = false;
        send();
        return;
      }
      long delay = pause(failure);
      boolean last = isInvalid || delay >= job.left(core.loop.now());
      outcome.failed(failure, last);
      if (last) {
        core.work.finished(this);
      } else {
        core.loop.schedule(delay, this::send);
      }
    }

    /** A write that is refused until an operator changes something is not sent every second. */
    private long pause(LockStoreException failure) {
      long pause = backoff.next();
      if (failure.kind().isTransient()) {
        refusedPause = 0;
        return pause;
      }
      refusedPause = Math.min(Math.max(2 * refusedPause, pause), job.terms().lease().toNanos());
      return refusedPause;
    }
  }
}
