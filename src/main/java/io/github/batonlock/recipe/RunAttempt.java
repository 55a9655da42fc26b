package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * One call's attempt to do a run: what the call does under the run's lock, from the grant to the
 * confirmed record.
 *
 * @param <E> the exception that the work may throw
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class RunAttempt<E extends Exception> implements LockClient.Task<RunOnce.Outcome, E> {
  /** How often a record is tried again while the clocks disagree about the lease. */
  private static final long TRIES_PER_INTERVAL = 10;

  private final LockClient client;
  private final RecipeSupport support;
  private final String run;
  private final LockClient.Work<E> work;
  private boolean begun;
  private RunOnce.@Nullable Outcome outcome;

  RunAttempt(LockClient client, RecipeSupport support, String run, LockClient.Work<E> work) {
    this.client = client;
    this.support = support;
    this.run = run;
    this.work = Objects.requireNonNull(work, "work");
  }

  /** Whether the lock was granted: an exception may be the work's from then on. */
  boolean hasBegun() {
    return begun;
  }

  /** The outcome once it is certain: a later loss of the lock does not change it. */
  Optional<RunOnce.Outcome> outcome() {
    return Optional.ofNullable(outcome);
  }

  @Override
  public RunOnce.Outcome call(HeldLock lock) throws E {
    begun = true;
    Optional<SdkBytes> before = lock.data();
    if (before.isPresent()) {
      // Another caller has done the run between this call's read and the grant.
      var unused = RunRecord.parse(lock.key(), run, before.get());
      return certain(RunOnce.Outcome.DONE_BEFORE);
    }
    work.run(lock);
    record(lock);
    return certain(RunOnce.Outcome.DONE);
  }

  private RunOnce.Outcome certain(RunOnce.Outcome reached) {
    outcome = reached;
    return reached;
  }

  /** Returns when the record is confirmed. An interrupt does not shorten the wait. */
  private void record(HeldLock lock) {
    Instant at = Instant.ofEpochMilli(support.epochMillis());
    SdkBytes record =
        RunRecord.encode(new RunOnce.Done(run, at, client.ownerName(), lock.fencingToken()));
    try {
      while (!isRecorded(lock, record)) {
        pause();
      }
    } catch (LockStoreException e) {
      throw new LockStoreException(
          e.kind(),
          e.mayHaveBeenApplied(),
          "The work of run '"
              + lock.key()
              + "' is done, but its record is not written, so another caller does the run again: "
              + e.getMessage(),
          e);
    }
  }

  /** Writes the record. False while the clocks of this machine disagree about the lease. */
  private boolean isRecorded(HeldLock lock, SdkBytes record) {
    try {
      Void unused = support.awaitUninterruptibly(lock.updateDataAsync(record));
      return true;
    } catch (LockRevokedException e) {
      throw e;
    } catch (LockNotHeldException e) {
      return false;
    }
  }

  private void pause() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    support.untilClosed(over, () -> over.complete(null));
    Duration pause = support.heartbeatInterval().dividedBy(TRIES_PER_INTERVAL);
    EventLoop.Timer unused = support.after(pause, support.callbacks(), () -> over.complete(null));
    Void unusedToo = support.awaitUninterruptibly(over);
  }
}
