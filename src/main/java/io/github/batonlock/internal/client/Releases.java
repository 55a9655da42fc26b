package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Frees lock items whose versions are retired, trying again until it is certain or a lease is over.
 * Belongs to the loop.
 */
final class Releases {
  private final Core core;

  Releases(Core core) {
    this.core = core;
  }

  /**
   * What to free.
   *
   * @param key the lock
   * @param terms its lease
   * @param versions what may stand in the item, all retired
   * @param delete whether to delete the item
   * @param lastSent when the last of the versions was sent: a lease later others get the lock
   *     anyway
   * @param session what keeps the lock beyond that; null for a lock with its own lease
   */
  record Job(
      LockKey key,
      LeaseTerms terms,
      List<String> versions,
      boolean delete,
      Moment lastSent,
      @Nullable Session session) {

    /** How long it takes until others get the lock anyway, in nanoseconds. */
    private long left(Moment now) {
      return session == null || session.isOver(now)
          ? terms.lease().toNanos() - now.monotonicSince(lastSent)
          : Long.MAX_VALUE;
    }
  }

  /** How it went. */
  interface Outcome {
    /** The item is free, or was when the release was applied. */
    void confirmed();

    /**
     * None of the versions stands in the item; no release was needed, or possible.
     *
     * @param state what stands there
     * @param retried whether an earlier attempt of the same write may have been applied
     */
    void notOurs(ItemState state, boolean retried);

    /**
     * A try failed; whether there are more or not, none has been confirmed.
     *
     * @param failure what happened
     * @param last whether it was the last try
     */
    void failed(LockStoreException failure, boolean last);
  }

  /** What whoever waits for a release is told when its time is up. */
  static LockStoreException notConfirmed(LockKey key) {
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT,
        true,
        "The LockClient was closed before the release of lock '" + key + "' was confirmed",
        null);
  }

  void start(Job job, Outcome outcome) {
    Release release = new Release(job, outcome);
    core.registry.begun(release);
    release.send();
  }

  /** Frees what an acquisition that was given up may have obtained. */
  void cleanUp(Job job) {
    start(
        job,
        new Outcome() {
          @Override
          public void confirmed() {}

          @Override
          public void notOurs(ItemState state, boolean retried) {}

          @Override
          public void failed(LockStoreException failure, boolean last) {}
        });
  }

  private final class Release implements Registry.Unfinished {
    private final Job job;
    private final Outcome outcome;
    private final Backoff backoff;
    private final Set<String> ownVersions = new HashSet<>();

    Release(Job job, Outcome outcome) {
      this.job = job;
      this.outcome = outcome;
      this.backoff = core.backoff(job.terms());
    }

    void send() {
      Timeouts timeouts = RequestTimes.patient(job.terms());
      core.requests.change(
          job.key(),
          timeouts.total(),
          turn -> core.requests.write(turn, write(), timeouts, this::answered, this::failed),
          this::failed);
    }

    private LockWrite write() {
      String owner = core.config.ownerName();
      if (job.delete()) {
        return new LockWrite.Delete(job.key(), owner, job.versions());
      }
      Moment now = core.now();
      String version = core.newVersion(now);
      ownVersions.add(version);
      Instant expiry =
          SessionKey.isSession(job.key())
              ? Session.expiry(core.config, now)
              : core.config.expiry(now.epochMillis());
      return new LockWrite.Release(job.key(), owner, job.versions(), version, expiry);
    }

    private void answered(WriteAnswer answer) {
      if (answer.applied() || isOwnDoing(answer.item().state())) {
        core.observations.forget(job.key());
        outcome.confirmed();
        core.lines.released(job.key());
      } else {
        outcome.notOurs(answer.item().state(), answer.retried());
      }
      core.registry.finished(this);
    }

    /** An earlier try was applied although its answer was lost. */
    private boolean isOwnDoing(ItemState state) {
      if (state instanceof ItemState.Lock lock) {
        LockItem item = lock.item();
        return item.released() && ownVersions.contains(item.version());
      }
      return job.delete() && state instanceof ItemState.Absent;
    }

    @Override
    public void giveUpFinishing() {
      outcome.failed(notConfirmed(job.key()), true);
    }

    private void failed(LockStoreException failure) {
      long delay = backoff.next();
      boolean last = delay >= job.left(core.now());
      outcome.failed(failure, last);
      if (last) {
        core.registry.finished(this);
      } else {
        core.loop.schedule(delay, this::send);
      }
    }
  }
}
