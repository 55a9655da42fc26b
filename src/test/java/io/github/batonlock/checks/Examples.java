package io.github.batonlock.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockTable;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.crac.CheckpointedClient;
import io.github.batonlock.micrometer.BatonMetrics;
import io.github.batonlock.micrometer.BatonObservations;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.shedlock.BatonLockProvider;
import io.github.batonlock.testing.BatonExtension;
import io.github.batonlock.testing.FakeHeldLock;
import io.github.batonlock.testing.LockHistory;
import io.github.batonlock.testing.LockHistory.Event;
import io.github.batonlock.testing.LockHistory.Kind;
import io.github.batonlock.testing.LockTestbed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Logger;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The Java examples of the pages, so that the compiler reads them. {@link ExamplesTest} compares
 * them: each one stands here between {@code // example} and {@code // end}.
 */
final class Examples {
  private static final Logger log = Logger.getLogger("examples");

  private Examples() {}

  static void firstUse() throws InterruptedException {
    // example
    DynamoDbClient dynamoDb = DynamoDbClient.create();
    LockTable.createIfMissing(dynamoDb, "locks");
    try (LockClient client = LockClient.builder(dynamoDb, "locks").build()) {
      boolean ran = client.tryRunLocked("nightly-report", lock -> writeReport(lock.fencingToken()));
      if (!ran) {
        log.info("Another process writes the report");
      }
    }
    // end
  }

  /** A function, with a client of its own. */
  static final class PlainFunction {
    private static final DynamoDbClient dynamoDb = DynamoDbClient.create();

    // example
    static final LockClient LOCKS = LockClient.builder(dynamoDb, "locks").build();

    String handle(Duration left) throws InterruptedException {
      LockRequest request =
          LockRequest.builder("monthly-report").maxHold(left.minusSeconds(2)).build();
      return LOCKS.tryRunLocked(request, lock -> report()) ? "done" : "skipped";
    }
    // end
  }

  /** A function of an environment that is restored from a checkpoint. */
  static final class RestoredFunction {
    private static final DynamoDbClient dynamoDb = DynamoDbClient.create();

    // example
    static final CheckpointedClient LOCKS =
        CheckpointedClient.register(() -> LockClient.builder(dynamoDb, "locks").build());

    String handle(Duration left) throws InterruptedException {
      LockRequest request =
          LockRequest.builder("monthly-report").maxHold(left.minusSeconds(2)).build();
      return LOCKS.get().tryRunLocked(request, lock -> report()) ? "done" : "skipped";
    }
    // end
  }

  private static void report() {
    log.info("reported");
  }

  static void theLockItself(LockClient client, List<String> chapters) throws InterruptedException {
    // example
    try (HeldLock lock = client.acquire("reports/2026-11")) {
      lock.onRevoked(revocation -> cancelWork());
      for (String chapter : chapters) {
        lock.ensureHeldFor(Duration.ofSeconds(5));
        write(chapter, lock.fencingToken());
      }
    }
    // end
  }

  static void shutdownHook(LockClient client) {
    // example
    Runtime.getRuntime().addShutdownHook(new Thread(client::close));
    // end
  }

  static void fencedInSql(Connection connection, HeldLock lock, String body, long id)
      throws SQLException {
    // example
    String sql = "UPDATE report SET body = ?, token = ? WHERE id = ? AND token <= ?";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setString(1, body);
      update.setLong(2, lock.fencingToken());
      update.setLong(3, id);
      update.setLong(4, lock.fencingToken());
      if (update.executeUpdate() == 0) {
        throw new IllegalStateException("A later holder of the lock has written this report");
      }
    }
    // end
  }

  static void guarded(DynamoDbClient dynamoDb, HeldLock lock, Put document) {
    // example
    TransactWriteItem put = TransactWriteItem.builder().put(document).build();
    dynamoDb.transactWriteItems(request -> request.transactItems(lock.guard(), put));
    // end
  }

  static void shedLock(DynamoDbClient dynamoDb) {
    // example
    LockTable.createIfMissing(dynamoDb, "locks");
    LockClient client = LockClient.builder(dynamoDb, "locks").build();
    LockProvider provider = BatonLockProvider.of(client);
    // end
    log.info(provider.toString());
  }

  static void shedLockWithACallback(LockClient client) {
    // example
    LockProvider provider =
        BatonLockProvider.builder(client)
            .interruptTask(false)
            .requests(
                job -> LockRequest.builder("jobs/" + job).onRevoked(lost -> cancel(job)).build())
            .build();
    // end
    log.info(provider.toString());
  }

  // example
  record BothTables(LockProvider old, LockProvider baton) implements LockProvider {
    @Override
    public Optional<SimpleLock> lock(LockConfiguration job) {
      return old.lock(job).flatMap(first -> second(job, first));
    }

    private Optional<SimpleLock> second(LockConfiguration job, SimpleLock first) {
      Optional<SimpleLock> second = Optional.empty();
      try {
        second = baton.lock(job);
      } finally {
        if (second.isEmpty()) {
          first.unlock();
        }
      }
      return second.map(lock -> () -> unlock(lock, first));
    }

    private static void unlock(SimpleLock lock, SimpleLock first) {
      try {
        lock.unlock();
      } finally {
        first.unlock();
      }
    }
  }

  // end

  private static void cancel(String job) {
    log.info("cancelled " + job);
  }

  static void meters(
      DynamoDbClient dynamoDb,
      MeterRegistry meterRegistry,
      LockListener alarms,
      LeaderElection election) {
    // example
    BatonMetrics metrics = new BatonMetrics();
    metrics.bindTo(meterRegistry);
    LockClient client =
        LockClient.builder(dynamoDb, "locks").listener(metrics.andThen(alarms)).build();
    metrics.bindElection("scheduler", election);
    // end
    client.close();
  }

  static BatonMetrics metersOfGroups() {
    // example
    BatonMetrics metrics =
        BatonMetrics.builder()
            .lockGroups(20, key -> key.partitionKey().replaceFirst("/.*", ""))
            .build();
    // end
    return metrics;
  }

  static void observed(LockClient client, ObservationRegistry observationRegistry)
      throws InterruptedException {
    // example
    LockClient observed = BatonObservations.observe(client, observationRegistry);
    observed.runLocked("nightly-report", lock -> writeReport(lock.fencingToken()));
    // end
  }

  private static void writeReport(long fencingToken) {
    log.info("written with token " + fencingToken);
  }

  private static void write(String chapter, long fencingToken) {
    log.info(chapter + " written with token " + fencingToken);
  }

  private static void cancelWork() {
    log.info("cancelled");
  }

  static final class WithTestbed {
    // example
    @RegisterExtension final BatonExtension baton = BatonExtension.virtual();

    @Test
    void workStops_whenTheLockIsLost(LockTestbed bed) {
      LockClient a = bed.client("a");
      LockClient b = bed.client("b");
      HeldLock lock = bed.await(a.acquireAsync("job"));

      bed.host("a").cutOff();
      bed.advance(Duration.ofSeconds(21));

      assertEquals(Optional.of(Reason.LEASE_EXPIRED), lock.revocation().map(Revocation::reason));
      HeldLock next = bed.await(b.acquireAsync("job"));
      assertTrue(next.fencingToken() > lock.fencingToken());
    }
    // end
  }

  interface ReportService {
    boolean writeReport();
  }

  static void serviceOnAHost(LockTestbed bed) {
    // example
    CompletableFuture<Boolean> onA = bed.host("a").start(() -> serviceOf(bed, "a").writeReport());
    bed.advance(Duration.ofSeconds(15));
    bed.host("a").pause();
    bed.advance(Duration.ofSeconds(40));
    CompletableFuture<Boolean> onB = bed.host("b").start(() -> serviceOf(bed, "b").writeReport());

    assertTrue(bed.await(onB));
    bed.host("a").resume();
    assertThrows(LockRevokedException.class, () -> bed.await(onA));
    // end
  }

  private static ReportService serviceOf(LockTestbed bed, String host) {
    return () -> bed.client(host).ownerName().equals(host);
  }

  static void historyOfARun(HeldLock lock) {
    // example
    LockHistory history = new LockHistory();
    Duration before = Duration.ofNanos(System.nanoTime());
    if (lock.isHeld()) {
      Duration after = Duration.ofNanos(System.nanoTime());
      history.record(
          new Event(Kind.HELD, "worker-1", lock.key(), lock.fencingToken(), before, after, ""));
    }
    history.check();
    // end
  }

  static void fakeLock() {
    // example
    FakeHeldLock lock = FakeHeldLock.of("job");
    lock.onRevoked(revocation -> cancelWork());

    lock.jeopardize(Duration.ofSeconds(6));
    lock.revoke(Reason.LEASE_EXPIRED);
    // end
  }
}
