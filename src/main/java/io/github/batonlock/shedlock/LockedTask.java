package io.github.batonlock.shedlock;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.InterruptOnce;
import java.util.concurrent.CompletableFuture;
import net.javacrumbs.shedlock.support.LockException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A task under the lock of its job, from the grant to the end of the task. Any thread. */
final class LockedTask {
  private static final Logger log = LoggerFactory.getLogger(BatonLockProvider.class);

  private final HeldLock lock;
  private final RecipeSupport support;
  private final InterruptOnce thread = new InterruptOnce();
  private final CompletableFuture<Void> ended;

  /** A task that the calling thread is about to run. */
  LockedTask(HeldLock lock, RecipeSupport support, boolean interruptsThread) {
    this.lock = lock;
    this.support = support;
    this.ended = support.workBegins(lock, interruptsThread ? thread::interrupt : () -> {});
  }

  /** Hears of the loss of the lock from now on. */
  LockedTask begun() {
    if (lock.revocation().filter(lost -> !isOfTime(lost)).isPresent()) {
      // The lock was lost before the work was registered: the item may be free already.
      end();
    }
    HeldLock unused = lock.onRevoked(this::lost);
    return this;
  }

  String job() {
    return lock.key().toString();
  }

  private void lost(Revocation revocation) {
    if (!ended.isDone()) {
      // The exception of unlock comes when the task has ended, which a hung task never does.
      log.warn("{}; its task still runs", describe(revocation));
    }
    if (isOfTime(revocation)) {
      // ShedLock promises that the lock is free then.
      CompletableFuture<Void> unused = lock.closeAsync();
    }
  }

  /** Whether lockAtMostFor is over: a task that starts at that moment runs nevertheless. */
  private static boolean isOfTime(Revocation revocation) {
    return revocation.reason() == Revocation.Reason.HELD_TOO_LONG;
  }

  private String describe(Revocation revocation) {
    return "The lock of job '"
        + job()
        + "' (token "
        + revocation.fencingToken()
        + ") is lost: "
        + revocation.reason()
        + (isOfTime(revocation) ? ", lockAtMostFor is over" : "");
  }

  /** Whether the lock was held, and has these times from now on. */
  boolean extend(JobTimes times) {
    return lock.isHeld()
        && support.awaitUninterruptibly(support.limitAnew(lock, times.atMost(), times.atLeast()));
  }

  /**
   * Releases the lock.
   *
   * @throws LockException if the lock was lost before
   */
  void end() {
    thread.ended();
    ended.complete(null);
    lock.close();
    Revocation revocation = lock.revocation().orElse(null);
    if (revocation != null) {
      throw new LockException(
          describe(revocation) + "; its task has ended after that",
          new LockRevokedException(revocation));
    }
  }
}
