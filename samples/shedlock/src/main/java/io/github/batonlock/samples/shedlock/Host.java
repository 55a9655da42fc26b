package io.github.batonlock.samples.shedlock;

import io.github.batonlock.LockClient;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.shedlock.BatonLockProvider;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockingTaskExecutorListener;
import net.javacrumbs.shedlock.support.LockException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process that starts one job each second, as every host of a service does. ShedLock runs it on
 * one of them.
 *
 * <p>It tells on stdout when it begins and ends the job, and when it skips it.
 */
final class Host {
  static final String TABLE = "locks";
  static final Duration LEASE = Duration.ofSeconds(6);
  static final Duration LOCK_AT_MOST_FOR = Duration.ofMinutes(10);

  static final String BEGINS = "begins the job";
  static final String ENDS = "has done the job";
  static final String SKIPS = "skips the job: it is locked";

  private static final LockingTaskExecutorListener REPORTS =
      new LockingTaskExecutorListener() {
        @Override
        public void onLockNotAcquired(LockConfiguration job) {
          System.out.println(SKIPS);
        }
      };

  private Host() {}

  /** Arguments: the endpoint, the owner name, and how long the job takes, in milliseconds. */
  public static void main(String[] args) throws Exception {
    Duration work = Duration.ofMillis(Long.parseLong(args[2]));
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[0]));
        LockClient client =
            LockClient.builder(dynamoDb, TABLE).ownerName(args[1]).leaseDuration(LEASE).build()) {
      LockingTaskExecutor executor =
          new DefaultLockingTaskExecutor(BatonLockProvider.of(client), REPORTS);
      ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
      scheduler.scheduleAtFixedRate(() -> start(executor, work), 0, 1, TimeUnit.SECONDS);
      System.in.read(); // The end of the demo ends its hosts.
      scheduler.shutdownNow();
      boolean unused = scheduler.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static void start(LockingTaskExecutor executor, Duration work) {
    LockConfiguration job =
        new LockConfiguration(
            Instant.now(), "nightly-report", LOCK_AT_MOST_FOR, Duration.ofSeconds(2));
    try {
      executor.executeWithLock((Runnable) () -> work(work), job);
    } catch (LockException e) {
      // The table failed, or the lock was lost: the next start tries again.
      System.err.println(e.getMessage());
    }
  }

  private static void work(Duration work) {
    System.out.println(BEGINS);
    try {
      Thread.sleep(work.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    System.out.println(ENDS);
  }
}
