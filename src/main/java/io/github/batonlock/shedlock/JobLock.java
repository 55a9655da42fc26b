package io.github.batonlock.shedlock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import net.javacrumbs.shedlock.core.SimpleLock;

/**
 * The lock of a job until it is unlocked or extended; extending gives the next one. Any thread.
 *
 * <p>A refused extension leaves it valid: the end of the task still has to release the lock.
 */
final class JobLock implements SimpleLock {
  private final LockedTask task;
  private final AtomicBoolean used = new AtomicBoolean();

  JobLock(LockedTask task) {
    this.task = task;
  }

  /** Ends the task; see {@link BatonLockProvider} for what it throws. */
  @Override
  public void unlock() {
    use();
    task.end();
  }

  /** Replaces both times, counted from now; empty if the lock is lost. */
  @Override
  public Optional<SimpleLock> extend(Duration lockAtMostFor, Duration lockAtLeastFor) {
    if (used.get()) {
      throw invalid();
    }
    if (!task.extend(JobTimes.of(task.job(), lockAtMostFor, lockAtLeastFor))) {
      return Optional.empty();
    }
    use();
    return Optional.of(new JobLock(task));
  }

  private void use() {
    if (!used.compareAndSet(false, true)) {
      throw invalid();
    }
  }

  private IllegalStateException invalid() {
    return new IllegalStateException(
        "The lock of job '" + task.job() + "' was unlocked or extended before");
  }
}
