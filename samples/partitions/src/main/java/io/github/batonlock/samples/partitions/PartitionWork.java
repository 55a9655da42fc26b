package io.github.batonlock.samples.partitions;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.samples.partitions.Results.Entry;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One worker's work on one partition: waits for its lock, works under it until told to stop or
 * until the lock is lost, and gives the lock back when the work has ended.
 */
final class PartitionWork {
  private static final Duration UNIT = Duration.ofMillis(1000);

  private final Results results;
  private final String worker;
  private final int partition;
  private final CompletableFuture<HeldLock> acquiring;
  private volatile boolean wanted = true;

  PartitionWork(LockClient client, Results results, String worker, int partition) {
    this.results = results;
    this.worker = worker;
    this.partition = partition;
    this.acquiring =
        client.acquireAsync(
            LockRequest.builder().key(Worker.GROUP + "/" + partition).waitForever().build());
  }

  /** Ends the wait for the lock at once, the work after the unit that is being worked on. */
  void stop() {
    wanted = false;
    acquiring.cancel(false);
  }

  /** Returns when stopped, when the lock was lost, or when it could not be had. */
  void run() throws InterruptedException, ExecutionException {
    try (HeldLock lock = acquiring.get()) {
      work(lock);
    } catch (CancellationException stopped) {
      // Somebody else's now.
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof LockException)) {
        throw e;
      }
      Worker.say("could not get partition " + partition + ": " + e.getCause().getMessage());
    }
  }

  /**
   * The claim comes first: from then on the table refuses the writes of all earlier holders. So
   * nobody's work that counts reaches into ours.
   */
  private void work(HeldLock lock) throws InterruptedException {
    long token = lock.fencingToken();
    long from = System.currentTimeMillis();
    boolean accepted = add(new Entry(token, worker, from, from));
    while (accepted && wanted && lock.isHeld()) {
      long begin = System.currentTimeMillis();
      Thread.sleep(UNIT.toMillis()); // The work.
      accepted = add(new Entry(token, worker, begin, System.currentTimeMillis()));
    }
  }

  private boolean add(Entry entry) {
    boolean accepted = results.add(partition, entry);
    if (!accepted) {
      Worker.say("was refused a write to partition " + partition + ", token " + entry.token());
    }
    return accepted;
  }
}
