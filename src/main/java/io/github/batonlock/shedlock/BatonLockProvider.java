package io.github.batonlock.shedlock;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.RecipeSupport;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;

/**
 * A ShedLock provider whose locks are Baton's: one try for each start of a job, no waiting. A held
 * lock is renewed in the background while the job runs.
 *
 * <p><b>What it does not guarantee.</b> A held lock is a lease, as everywhere in Baton: a paused
 * process cannot be stopped from outside. At {@code lockAtMostFor}, the lock is free for other
 * processes although the task may still run, as ShedLock promises.
 *
 * <p><b>A crash</b> frees the job after a lease, not after {@code lockAtMostFor}: the first try
 * that comes a lease and about 13 s after the last heartbeat takes the lock over ({@link
 * LockClient#tryAcquire(LockRequest)}). So {@code lockAtMostFor} need not be near to the usual time
 * of the job. {@code KeepAliveLockProvider} is not needed: heartbeats do its work.
 *
 * <p><b>The two times.</b> After {@code lockAtMostFor} the lock is revoked ({@link
 * Revocation.Reason#HELD_TOO_LONG}) and freed. Until {@code lockAtLeastFor}, a lock that was
 * unlocked stays closed; not if the process dies or loses the lock, so that another process can do
 * the job ({@link LockRequest.Builder#holdAtLeast}). Both count from the grant, or from the call of
 * {@code extend}, on this process's monotonic clock. No two clocks have to agree, and {@code
 * ClockProvider} is not asked.
 *
 * <p><b>A lock that is lost while the task runs</b>: the thread that locked is interrupted once,
 * one warning is logged, and {@code unlock} throws {@link LockException} with the {@link
 * LockRevokedException} as its cause. {@code DefaultLockingTaskExecutor} calls {@code unlock} at
 * the end of the task: that exception reaches the caller instead of what the task returned or
 * threw.
 *
 * <p><b>A table that fails</b>: {@code lock} throws {@link LockException} with Baton's exception as
 * its cause, within one heartbeat interval and one attempt. The task does not run; it is not known
 * whether another process runs it. {@code unlock} never fails for the table: a release that is not
 * confirmed is tried again in the background.
 *
 * <p>The key of a job's lock is the job's name, unless {@link Builder#requests} says otherwise. The
 * provider needs no close, and closes nothing: close the client after the scheduler. Safe for use
 * by many threads.
 *
 * <pre>{@code
 * LockProvider locks = BatonLockProvider.of(client);
 * LockingTaskExecutor executor = new DefaultLockingTaskExecutor(locks);
 * }</pre>
 */
public final class BatonLockProvider implements ExtensibleLockProvider {
  private final LockClient client;
  private final RecipeSupport support;
  private final Function<? super String, LockRequest> requests;
  private final boolean interruptsTask;

  private BatonLockProvider(Builder builder) {
    this.client = builder.client;
    this.support = builder.support;
    this.requests = builder.requests;
    this.interruptsTask = builder.interruptsTask;
  }

  /**
   * Returns a provider with all defaults.
   *
   * @param client acquires the locks; made by {@link LockClient#builder}
   * @return the provider
   * @throws IllegalArgumentException for a client that was made in another way
   */
  public static BatonLockProvider of(LockClient client) {
    return builder(client).build();
  }

  /**
   * Returns a builder of a provider.
   *
   * @param client acquires the locks; made by {@link LockClient#builder}
   * @return a builder, for one thread
   * @throws IllegalArgumentException for a client that was made in another way
   */
  public static Builder builder(LockClient client) {
    return new Builder(client);
  }

  /**
   * Locks a job, if its lock is free now: one try, no waiting. An interrupt does not shorten the
   * call, and the interrupt status is kept.
   *
   * @param configuration the job's name and times: {@code lockAtMostFor} positive and at most 100
   *     years, {@code lockAtLeastFor} at most 31 days
   * @return the lock; empty if another caller has it, in this process or another
   * @throws LockException if the table could not be read or written, the item of this key is not a
   *     lock, or the client was closed meanwhile
   * @throws IllegalArgumentException if the name or a time is out of range, or the request does not
   *     fit the client's configuration
   * @throws IllegalStateException if the client is closed
   */
  @Override
  public Optional<SimpleLock> lock(LockConfiguration configuration) {
    String job = configuration.getName();
    LockRequest request =
        JobTimes.of(job, configuration.getLockAtMostFor(), configuration.getLockAtLeastFor())
            .in(checked(job));
    try {
      return support.awaitUninterruptibly(client.tryAcquireAsync(request)).map(this::begin);
    } catch (io.github.batonlock.LockException e) {
      throw new LockException(
          "The lock of job '"
              + job
              + "' is not acquired, and the job does not run: "
              + e.getMessage(),
          e);
    }
  }

  private SimpleLock begin(HeldLock lock) {
    return new JobLock(new LockedTask(lock, support, interruptsTask).begun());
  }

  private LockRequest checked(String job) {
    LockRequest request =
        Objects.requireNonNull(requests.apply(job), "the request for job '" + job + "'");
    refuse(job, "maxHold", request.maxHold().isPresent(), "use lockAtMostFor");
    refuse(job, "holdAtLeast", request.holdAtLeast().isPresent(), "use lockAtLeastFor");
    refuse(job, "deleteOnRelease", request.isDeleteOnRelease(), "lockAtLeastFor needs the item");
    boolean waits = request.waitUpTo().isPresent() || request.isWaitForever();
    refuse(job, "a waiting time", waits, "ShedLock skips a job that is locked");
    return request;
  }

  private static void refuse(String job, String option, boolean isSet, String why) {
    if (isSet) {
      throw new IllegalArgumentException(
          "BatonLockProvider takes no request with " + option + " (job '" + job + "'): " + why);
    }
  }

  /** Returns the client, for people. */
  @Override
  public String toString() {
    return "BatonLockProvider(" + client + ")";
  }

  /** Builds a {@link BatonLockProvider}; not safe for use by several threads. */
  public static final class Builder {
    private final LockClient client;
    private final RecipeSupport support;
    private Function<? super String, LockRequest> requests = LockRequest::of;
    private boolean interruptsTask = true;

    private Builder(LockClient client) {
      this.client = Objects.requireNonNull(client, "client");
      this.support = RecipeSupport.of(client);
    }

    /**
     * Sets how the lock of a job is acquired: its key (a prefix, a sort key), its lease, its
     * callbacks and attributes. Default: the job's name is the key.
     *
     * @param requests makes the request from the job's name, at each try, on the caller's thread;
     *     without {@code maxHold}, {@code holdAtLeast}, {@code deleteOnRelease} and a waiting time.
     *     Different names must have different keys
     * @return this
     */
    public Builder requests(Function<? super String, LockRequest> requests) {
      this.requests = Objects.requireNonNull(requests, "requests");
      return this;
    }

    /**
     * Sets whether the loss of a lock interrupts the thread that locked. Default: true. Switch it
     * off where that thread does not run the task, but hands it to another one; use {@link
     * LockRequest.Builder#onRevoked} there.
     *
     * @param interruptTask false to leave the thread alone
     * @return this
     */
    public Builder interruptTask(boolean interruptTask) {
      this.interruptsTask = interruptTask;
      return this;
    }

    /**
     * Builds the provider.
     *
     * @return the provider
     */
    public BatonLockProvider build() {
      return new BatonLockProvider(this);
    }
  }
}
