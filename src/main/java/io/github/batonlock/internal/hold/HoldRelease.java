package io.github.batonlock.internal.hold;

import io.github.batonlock.LockException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The release of one hold's item after the hold's end, and the report of how that went. */
@ConfinedTo(ConfinedTo.LOOP)
final class HoldRelease implements Releases.Outcome {
  private final EventLoop loop;
  private final Releases releases;
  private final DefaultHeldLock lock;
  private final HoldVersions versions;
  private Timer bound = () -> {};
  private Timer later = () -> {};
  private Runnable onFreeing = () -> {};
  private Releases.@Nullable Job pending;
  private @Nullable LockStoreException lastFailure;
  private boolean reported;
  private boolean deletesItem;

  HoldRelease(EventLoop loop, Releases releases, DefaultHeldLock lock, HoldVersions versions) {
    this.loop = loop;
    this.releases = releases;
    this.lock = lock;
    this.versions = versions;
  }

  /** Makes the release delete the item, whatever the request says. */
  void deleteItem() {
    deletesItem = true;
  }

  /**
   * Releases the lock at the holder's request. The holder waits no longer than one request may
   * take.
   *
   * @param asked the release request that the last heartbeat brought back; null if there is none
   */
  void release(Releases.Job asRequested, @Nullable AskedRelease asked) {
    Releases.Job job = deletesItem ? asRequested.deleting() : asRequested;
    long longest = RequestTimeouts.patient(lock.terms()).total().toNanos();
    bound = loop.schedule(longest, this::outOfTime);
    releases.release(job, asked, this);
  }

  /**
   * Frees the item of a hold that ran out, if its holder stops before other clients can take the
   * lock.
   */
  void cleanUpWhenStopped(Releases.Job job) {
    assert loop.isCurrent();
    pending = job;
  }

  /**
   * Frees the item of a hold that ran out, or that passed one of its limits: after this time, or
   * when the holder stops.
   */
  void cleanUpLater(Releases.Job job, long delayNanos, Runnable whenFreed) {
    pending = job;
    onFreeing = whenFreed;
    later = loop.schedule(delayNanos, this::cleanUpNow);
  }

  /**
   * As {@link #cleanUpLater}. Until then the client stands for the versions, so that it does not
   * take the item of a session's lock for a ghost while the lock's work may go on.
   */
  void claimAndCleanUpLater(Releases.Job job, long delayNanos, Runnable whenFreed) {
    releases.claim(job.versions());
    cleanUpLater(
        job,
        delayNanos,
        () -> {
          releases.disclaim(job.versions());
          whenFreed.run();
        });
  }

  /** Leaves the item as it is until {@link #cleanUpNow}. */
  void postponeCleanUp() {
    assert loop.isCurrent();
    later.cancel();
  }

  /** The holder has stopped. Does nothing if there is nothing left to free. */
  void cleanUpNow() {
    assert loop.isCurrent();
    Releases.Job job = pending;
    pending = null;
    later.cancel();
    if (job != null) {
      releases.cleanUp(job, failure -> lock.warnings().notFreed(lock.key(), failure), onFreeing);
    }
  }

  /**
   * The lock is about to be released, and stays closed for a while. Until a write has closed it,
   * the client stands for its versions, as in {@link #claimAndCleanUpLater}.
   */
  void claimUntilClosed(Releases.Job job, Runnable whenClosed) {
    List<String> versions = job.versions();
    releases.claim(versions);
    onFreeing =
        () -> {
          releases.disclaim(versions);
          whenClosed.run();
        };
  }

  @Override
  public void over() {
    onFreeing.run();
  }

  /** Frees the item of a hold that closing the client has revoked. */
  void releaseAtClose(Releases.Job job, Runnable whenOver) {
    releases.cleanUp(job, new AtClose(), whenOver);
  }

  /** The release of a hold whose listener was told of its revocation, and hears only of trouble. */
  private final class AtClose implements Releases.Outcome {
    @Override
    public void confirmed() {}

    @Override
    public void lost(ItemState state) {}

    @Override
    public void failed(LockStoreException failure, boolean last) {
      if (last) {
        report(failure);
      }
    }
  }

  /** The client closes, and has not confirmed that the lock is free. */
  void leftAtClose(LockException problem) {
    report(problem);
  }

  @Override
  public void confirmed() {
    bound.cancel();
    releases.confirmed(lock.key());
    lock.releaseDone();
    lock.tell(listener -> listener.released(lock));
  }

  @Override
  public void lost(ItemState state) {
    bound.cancel();
    lock.releaseDone();
    Reason loss = versions.lossShownBy(state);
    report(new LockRevokedException(lock.loss(loss == null ? Reason.TAKEN_OVER : loss)));
  }

  @Override
  public void failed(LockStoreException failure, boolean last) {
    lastFailure = failure;
    if (last) {
      outOfTime();
    }
  }

  private void outOfTime() {
    bound.cancel();
    lock.releaseDone();
    LockStoreException failure = lastFailure;
    report(
        failure != null
            ? failure
            : new LockStoreException(
                LockStoreException.Kind.TIMED_OUT,
                true,
                "The release of " + lock + " was not answered in time",
                null));
  }

  private void report(LockException problem) {
    boolean isOfUser = !lock.spec().isSession();
    boolean isClosing = releases.isClosing();
    if (isOfUser && isClosing) {
      // The line that closing logs counts it.
      releases.leftUnconfirmed(lock.key(), problem);
    }
    if (reported) {
      return;
    }
    reported = true;
    // No exception tells the caller: closing never throws.
    if (isOfUser && !isClosing) {
      lock.warnings().releaseUnconfirmed(lock, problem);
    }
    lock.releaseUnconfirmed(problem);
  }
}
