package io.github.batonlock.recipe;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.Temporal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One run of a job, named by the job's key and the run: it is done once to its end, by one of the
 * processes that call it. A run whose worker died is done again by another caller. The table
 * remembers a run that is done.
 *
 * <p><b>What it does not guarantee.</b> The work and its record are two writes to two places. A
 * worker that dies, or loses its lock, between the end of the work and the record leaves a run that
 * is done again. So the work must bear to be repeated, or be refused by its token ({@link
 * io.github.batonlock.HeldLock#guard()}, {@link io.github.batonlock.Fencing}). Once the record is
 * written, the run is never done again while the item exists.
 *
 * <p><b>A worker that dies.</b> No process is woken. A later call takes the run over. A process
 * that looks once with {@code tryRun} does that a lease and about 13 s after the worker's last
 * heartbeat ({@link LockClient.Builder#maxTableClockError}), or after the first call that found a
 * worker which died before its first heartbeat. {@link #run} with a wait of two leases does it one
 * lease after it has seen the last heartbeat.
 *
 * <p><b>All processes must give a run the same name.</b> Use the scheduled time, not the time of
 * the call: two processes that name one run differently do it twice.
 *
 * <p>Run <i>r</i> of job {@code key} is the lock {@code key/r} (in a table with a sort key, the
 * partition key is extended). The lock has no data until the run is done, and the run's record from
 * then on; the work must not change the lock's data. There is one item for each run. The items of
 * done runs stay, unless the client has {@link LockClient.Builder#releasedItemRetention(Duration)}:
 * DynamoDB's TTL then forgets a run after that time, and a later call does it again. To do a run
 * again on purpose, delete its item while no caller runs it. Different runs of one job may overlap;
 * use {@code client.runLocked(key, ...)} inside the work if they must not.
 *
 * <p><b>Cost.</b> The call that does the run costs one consistent read and three writes, and a
 * write for each heartbeat. A call for a run that is done costs one consistent read. A call of
 * {@link #tryRun} for a run that is under way costs one consistent read; if this client has not
 * seen a heartbeat of the worker within a lease, it also costs one refused write. A call of {@link
 * #run} that waits reads as {@link LockClient#acquire(LockRequest)} does, and costs two writes when
 * the other worker has finished.
 *
 * <p>Safe for use by many threads; needs no close.
 *
 * <pre>{@code
 * RunOnce report = RunOnce.of(client, "nightly-report", LocalDate.now(ZoneOffset.UTC));
 * report.tryRun(lock -> writeReport(lock.fencingToken()));
 * }</pre>
 */
public final class RunOnce {
  private final LockClient client;
  private final RecipeSupport support;
  private final LockKey job;
  private final String run;

  /** Asks for the lock of the run. */
  private final LockRequest request;

  private RunOnce(LockClient client, LockRequest request, String run) {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(run, "run");
    if (run.isEmpty()) {
      throw new IllegalArgumentException(
          "The run of RunOnce '" + request.key() + "' must not be empty; use its scheduled time");
    }
    refuseOptions(request);
    this.client = client;
    this.support = RecipeSupport.of(client);
    this.job = request.key();
    this.run = run;
    this.request = request.toBuilder().key(Acquiring.part(job, run)).build();
    support.check(this.request);
  }

  /**
   * Returns a run of a job.
   *
   * @param client acquires the lock of the run
   * @param key the job
   * @param run the run's name, the same in all processes; not empty
   * @return the run; this method sends no request
   * @throws IllegalArgumentException if the run is empty, or {@code key/run} is no key of the table
   */
  public static RunOnce of(LockClient client, String key, String run) {
    return of(client, LockRequest.of(key), run);
  }

  /**
   * Returns a run of a job.
   *
   * @param client acquires the lock of the run
   * @param key the job
   * @param run the run's name, the same in all processes; not empty
   * @return the run; this method sends no request
   * @throws IllegalArgumentException if the run is empty, or {@code key/run} is no key of the table
   */
  public static RunOnce of(LockClient client, LockKey key, String run) {
    return of(client, LockRequest.of(key), run);
  }

  /**
   * Returns a run of a job whose lock is acquired as a request says: with its lease, limits,
   * callbacks and attributes.
   *
   * @param client acquires the lock of the run
   * @param request names the job, and says how the lock of the run is acquired; without {@code
   *     data}, {@code deleteOnRelease}, {@code onlyIfExists}, {@code requestRelease} and a waiting
   *     time
   * @param run the run's name, the same in all processes; not empty
   * @return the run; this method sends no request
   * @throws IllegalArgumentException if the run is empty, {@code key/run} is no key of the table,
   *     or the request has one of the options above, or does not fit the client's configuration
   */
  public static RunOnce of(LockClient client, LockRequest request, String run) {
    return new RunOnce(client, request, run);
  }

  /**
   * Returns a run of a job that is named by its scheduled time.
   *
   * @param client acquires the lock of the run
   * @param key the job
   * @param run the scheduled time, such as an {@code Instant} or a {@code LocalDate}; its {@code
   *     toString()} is the run's name
   * @return the run; this method sends no request
   * @throws IllegalArgumentException if {@code key/run} is no key of the table
   */
  public static RunOnce of(LockClient client, String key, Temporal run) {
    return of(client, LockRequest.of(key), run);
  }

  /**
   * Returns a run of a job that is named by its scheduled time.
   *
   * @param client acquires the lock of the run
   * @param key the job
   * @param run the scheduled time, such as an {@code Instant} or a {@code LocalDate}; its {@code
   *     toString()} is the run's name
   * @return the run; this method sends no request
   * @throws IllegalArgumentException if {@code key/run} is no key of the table
   */
  public static RunOnce of(LockClient client, LockKey key, Temporal run) {
    return of(client, LockRequest.of(key), run);
  }

  /**
   * Returns a run of a job that is named by its scheduled time.
   *
   * @param client acquires the lock of the run
   * @param request as for {@link #of(LockClient, LockRequest, String)}
   * @param run the scheduled time, such as an {@code Instant} or a {@code LocalDate}; its {@code
   *     toString()} is the run's name
   * @return the run; this method sends no request
   * @throws IllegalArgumentException as for {@link #of(LockClient, LockRequest, String)}
   */
  public static RunOnce of(LockClient client, LockRequest request, Temporal run) {
    return of(client, request, Objects.requireNonNull(run, "run").toString());
  }

  private static void refuseOptions(LockRequest request) {
    RequestOptions options = new RequestOptions("RunOnce", request);
    options.refuseWait("run(Duration, Work)");
    options.refuse("data", request.data().isPresent(), "the data are the record of the run");
    options.refuse("deleteOnRelease", request.isDeleteOnRelease(), "the item is the record");
    options.refuse("onlyIfExists", request.isOnlyIfExists(), "the first call makes the item");
    options.refuse(
        "requestRelease",
        request.releaseReason().isPresent(),
        "wait for the worker, or use LockClient.requestRelease");
  }

  /**
   * Does the run on this thread if it is neither done nor under way: one look, no waiting.
   *
   * <p>A revocation interrupts the work once. The lock is released when the work has ended, never
   * before. When the work has returned, the method writes the record and waits until the table has
   * confirmed it; an interrupt does not shorten that wait. If the work throws, the run is given up,
   * and the next call does it.
   *
   * @param <E> what the work may throw
   * @param work what to do; another caller may do it again if this process dies
   * @return how this call found or left the run
   * @throws LockRevokedException if the lock was lost before the record was confirmed, whatever the
   *     work returned or threw (its exception is added as suppressed): another call does the run
   *     again, unless the record was applied all the same
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written; the
   *     message says so if the work is done and its record is not written
   * @throws io.github.batonlock.MalformedLockItemException if the item of the run is not a lock, or
   *     its data are not the record of this run; the data stay as they are
   * @throws LockNotAcquiredException if the client was closed before the work began
   * @throws IllegalStateException if the client is closed, or the work closed the lock
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted before the work begins
   */
  public <E extends Exception> Outcome tryRun(LockClient.Work<E> work)
      throws E, InterruptedException {
    RunAttempt<E> attempt = new RunAttempt<>(client, support, run, work);
    Optional<LockInfo> seen = look();
    if (record(seen).isPresent()) {
      return Outcome.DONE_BEFORE;
    }
    if (seen.filter(info -> info.liveness() == Liveness.ALIVE).isPresent()) {
      // The worker lives: a write would be refused.
      return Outcome.RUNNING;
    }
    return outcome(attempt, () -> client.tryCallLocked(request, attempt).orElse(Outcome.RUNNING));
  }

  /**
   * Does the run on this thread like {@link #tryRun}, or waits for a run that is under way. If its
   * worker gives the run up or dies, this call does the run.
   *
   * @param <E> what the work may throw
   * @param waitUpTo how long to wait for another worker, not negative; zero means one try
   * @param work what to do; another caller may do it again if this process dies
   * @return {@link Outcome#DONE} or {@link Outcome#DONE_BEFORE}
   * @throws LockNotAcquiredException if the run was under way for the whole wait, or the client was
   *     closed before the work began
   * @throws LockRevokedException as in {@link #tryRun}
   * @throws io.github.batonlock.LockStoreException as in {@link #tryRun}
   * @throws io.github.batonlock.MalformedLockItemException as in {@link #tryRun}
   * @throws IllegalArgumentException if the waiting time is out of range
   * @throws IllegalStateException as in {@link #tryRun}
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted before the work begins
   */
  public <E extends Exception> Outcome run(Duration waitUpTo, LockClient.Work<E> work)
      throws E, InterruptedException {
    RunAttempt<E> attempt = new RunAttempt<>(client, support, run, work);
    LockRequest waiting = request.toBuilder().waitUpTo(waitUpTo).build();
    if (record(look()).isPresent()) {
      return Outcome.DONE_BEFORE;
    }
    return outcome(attempt, () -> client.callLocked(waiting, attempt));
  }

  /**
   * Returns the record of the run, by one strongly consistent read.
   *
   * @return empty if the run is not done
   * @throws io.github.batonlock.LockStoreException if the table could not be read
   * @throws io.github.batonlock.MalformedLockItemException if the item of the run is not a lock, or
   *     its data are not the record of this run
   * @throws IllegalStateException if the client is closed
   */
  public Optional<Done> done() {
    return record(client.inspect(request.key()));
  }

  private Optional<LockInfo> look() throws InterruptedException {
    return support.await(client.inspectAsync(request.key()));
  }

  private Optional<Done> record(Optional<LockInfo> seen) {
    return seen.flatMap(LockInfo::data).map(data -> RunRecord.parse(request.key(), run, data));
  }

  /** A call of the client that makes an attempt. */
  private interface Locked<E extends Exception> {
    Outcome call() throws E, InterruptedException;
  }

  private <E extends Exception> Outcome outcome(RunAttempt<E> attempt, Locked<E> locked)
      throws E, InterruptedException {
    try {
      return locked.call();
    } catch (LockRevokedException e) {
      return attempt.outcome().orElseThrow(() -> e);
    } catch (LockNotAcquiredException e) {
      if (attempt.hasBegun()) {
        // The work has asked for another lock.
        throw e;
      }
      if (record(e.holder()).isPresent()) {
        // The worker has not released the lock yet, or died before it could.
        return Outcome.DONE_BEFORE;
      }
      throw notAcquired(e);
    }
  }

  /** The same failure in the words of this recipe. */
  private LockNotAcquiredException notAcquired(LockNotAcquiredException e) {
    Goal goal =
        new Goal(
            "RunOnce",
            "did not do run '" + Printable.of(run) + "'",
            "it is under way",
            "Wait longer (run(Duration, Work))",
            List.of(LockRequest.of(job)));
    return goal.refused(e.reason(), e.waited(), null, e.holder().orElse(null));
  }

  @Override
  public String toString() {
    return "RunOnce(" + job + ", run " + Printable.of(run) + ")";
  }

  /** How a call found or left the run. */
  public enum Outcome {
    /** This call did the run, and the record is confirmed. */
    DONE,
    /** Another call did the run. */
    DONE_BEFORE,
    /** Another call does the run, or has begun it and died: this client cannot know yet. */
    RUNNING
  }

  /**
   * The record of a run that is done.
   *
   * @param run the run's name
   * @param at when the work had ended, by the worker's wall clock; for display
   * @param by the owner name of the worker's client
   * @param fencingToken the token under which the run was done
   */
  public record Done(String run, Instant at, String by, long fencingToken) {}
}
