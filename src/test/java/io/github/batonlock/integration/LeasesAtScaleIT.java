package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RawWrites;
import io.github.batonlock.support.Report;
import io.github.batonlock.support.RequestCounter;
import io.github.batonlock.support.StubDynamo;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One client that holds thousands of locks with a lease each, or many thousands that share one.
 *
 * <p>By default for longer than a lease can be used, so that each has to be renewed; {@code
 * -Dbaton.scale.seconds=60} for longer, {@code -Dbaton.scale.locks=10000} and {@code
 * -Dbaton.scale.shared=100000} for more. DynamoDB Local shares the machine with the test: it has to
 * keep as many as it could renew in a quarter of a lease, by what it does without Baton. It may get
 * less than that where others use the machine, so this runs with {@code -Dbaton.scale.engine=true}
 * only.
 */
@Timeout(600)
class LeasesAtScaleIT extends TableFixture implements LockListener {
  private static final int LOCKS = Integer.getInteger("baton.scale.locks", 2_000);
  private static final int SHARED = Integer.getInteger("baton.scale.shared", 10_000);
  private static final int SECONDS = Integer.getInteger("baton.scale.seconds", 9);
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration INTERVAL = Duration.ofMillis(2_500);
  private static final double INTERVAL_SECONDS = 2.5;
  private static final int USABLE_SECONDS = 8;
  private static final int AT_A_TIME = 200;
  private static final Duration LONG = Duration.ofMinutes(2);

  private final List<Revocation> lost = Collections.synchronizedList(new ArrayList<>());
  private long leastRemainingMillis = Long.MAX_VALUE;
  private long lookedAt;
  private volatile String itsThreads = "none";

  @ParameterizedTest
  @EnumSource
  void locks_thousandsOnATableOfFiveMilliseconds_areAllKept(Sdk sdk) throws Exception {
    StubDynamo stub = closing(new StubDynamo(Duration.ofMillis(5)));
    LockClient client =
        closing(
            (sdk == Sdk.SYNC
                    ? LockClient.builder(stub.sync(), "stub")
                    : LockClient.builder(stub.async(), "stub"))
                .leaseDuration(LEASE)
                .heartbeatInterval(INTERVAL)
                .closeTimeout(LONG)
                .listener(this)
                .build());

    hold(client, LOCKS, "stub-" + sdk, stub.requests::sum);
  }

  @Test
  @EnabledIfSystemProperty(named = "baton.scale.engine", matches = "true")
  void locks_asManyAsDynamoDbLocalCanRenew_areAllKept() throws Exception {
    int perSecond = new RawWrites(dynamo.async(), table).perSecond();
    int locks = Math.min(LOCKS, perSecond * USABLE_SECONDS / 4);
    RequestCounter counter = new RequestCounter();
    LockClient client =
        client(
            Sdk.ASYNC,
            counter,
            builder -> builder.leaseDuration(LEASE).heartbeatInterval(INTERVAL).listener(this));

    hold(client, locks, "engine-of-" + perSecond + "-writes", counter::total);
  }

  @Test
  void locks_manyThousandsOfOneSession_areKeptByOneHeartbeat_andFreedByOneWrite() throws Exception {
    StubDynamo stub = closing(new StubDynamo(Duration.ofMillis(1)));
    LockClient client =
        closing(
            LockClient.builder(stub.async(), "stub")
                .leaseDuration(LEASE)
                .heartbeatInterval(INTERVAL)
                .leases(Leases.shared())
                .closeTimeout(LONG)
                .build());
    List<HeldLock> locks = acquire(client, SHARED);
    long before = stub.requests.sum();
    assertThat(before)
        .as("one write for each lock and one for the session")
        .isLessThan(SHARED + 50);
    long start = System.nanoTime();

    Eventually.until("the time is over", LONG.plusSeconds(SECONDS), () -> look(locks, start));

    double sent = stub.requests.sum() - before;
    double held = secondsSince(start);
    assertThat(sent)
        .as("heartbeats in %.1f s", held)
        .isBetween(held / USABLE_SECONDS - 1, held / INTERVAL_SECONDS + 2);
    long closing = System.nanoTime();
    before = stub.requests.sum();
    client.close();
    double most = 2 + secondsSince(closing) / INTERVAL_SECONDS;
    assertThat(stub.requests.sum() - before).isLessThanOrEqualTo((int) most);
    assertThat(lost).hasSize(SHARED).allMatch(r -> r.reason() == Revocation.Reason.CLIENT_CLOSED);
  }

  private void hold(LockClient client, int count, String name, LongSupplier requests)
      throws Exception {
    long began = System.nanoTime();
    List<HeldLock> locks = acquire(client, count);
    double acquired = secondsSince(began);
    long requestsBefore = requests.getAsLong();
    long cpuBefore = clientCpu();
    long start = System.nanoTime();
    Eventually.until("the time is over", LONG.plusSeconds(SECONDS), () -> look(locks, start));
    long sent = requests.getAsLong() - requestsBefore;
    double held = secondsSince(start);
    double perInterval = sent / held * INTERVAL_SECONDS / count;
    long cpu = clientCpu() - cpuBefore;
    began = System.nanoTime();
    client.close();

    Report report = new Report("own-leases-" + name);
    report.line(
        "%s: %d locks acquired in %.1f s, held for %.1f s: %.0f requests/s, %.2f per lock and"
                .formatted(name, count, acquired, held, sent / held, perInterval)
            + " interval; least remaining %d ms; its threads %.0f %% of a core; closed in %.1f s"
                .formatted(leastRemainingMillis, cpu / held / 1e7, secondsSince(began)));
    report.write();
    assertThat(lost).allMatch(r -> r.reason() == Revocation.Reason.CLIENT_CLOSED);
    assertThat(sent / (double) count)
        .as("requests per lock in %.1f s", held)
        .isBetween(held / USABLE_SECONDS - 1, held / INTERVAL_SECONDS + 1);
  }

  private List<HeldLock> acquire(LockClient client, int count) throws Exception {
    List<HeldLock> locks = new ArrayList<>();
    while (locks.size() < count) {
      List<CompletableFuture<HeldLock>> acquiring = new ArrayList<>();
      for (int i = locks.size(); i < count && acquiring.size() < AT_A_TIME; i++) {
        acquiring.add(
            client.acquireAsync(
                LockRequest.builder().key(newKey()).waitForever().onRevoked(lost::add).build()));
      }
      for (CompletableFuture<HeldLock> lock : acquiring) {
        locks.add(Eventually.get(lock, LONG));
      }
    }
    return locks;
  }

  private boolean look(List<HeldLock> locks, long start) {
    long now = System.nanoTime();
    if (now - lookedAt > 250_000_000) {
      lookedAt = now;
      for (HeldLock lock : locks) {
        lock.ensureHeld();
        leastRemainingMillis = Math.min(leastRemainingMillis, lock.remaining().toMillis());
      }
    }
    return secondsSince(start) > SECONDS;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void acquired(HeldLock lock) {
    itsThreads = threadsOfThisClient();
  }

  private long clientCpu() {
    var threads = ManagementFactory.getThreadMXBean();
    return threadsNamed(itsThreads).stream()
        .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
        .sum();
  }
}
