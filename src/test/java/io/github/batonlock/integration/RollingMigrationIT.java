package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.dynamodbv2.AcquireLockOptions;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClient;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClientOptions;
import com.amazonaws.services.dynamodbv2.LockItem;
import com.amazonaws.services.dynamodbv2.model.LockNotGrantedException;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Four hosts that compete for one lock with the awslabs client are replaced by hosts with Baton,
 * one by one, and back again (docs/migration.md). On the way some die while they hold the lock.
 */
class RollingMigrationIT extends TableFixture {
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final long BEAT = LEASE.toMillis() / 6;

  private final String key = newKey();
  private final Referee referee = new Referee();
  private final List<Host> hosts = new ArrayList<>();
  private int started;

  @Test
  void hosts_replacedOneByOneAndBackAgain_holdTheLockOneAtATime() throws Exception {
    for (int i = 0; i < 4; i++) {
      hosts.add(start(new Awslabs(i % 2 == 0)));
    }
    hosts.forEach(RollingMigrationIT::awaitTurn);

    stopFirst(new Baton(false));
    killFirst(new Baton(true));
    stopFirst(new Baton(false));
    stopFirst(new Baton(true));
    assertThat(hosts).hasSize(4).allMatch(Baton.class::isInstance);

    stopFirst(new Awslabs(true));
    killFirst(new Awslabs(false));
    stopFirst(new Awslabs(true));
    stopFirst(new Awslabs(false));
    for (Host host : hosts) {
      host.stop();
    }

    assertThat(referee.overlaps).isEmpty();
    assertThat(referee.tokens).hasSizeGreaterThan(3).isSorted().doesNotHaveDuplicates();
    assertThat(row(key).isEmpty() || isReleased(key)).isTrue();
  }

  /** Stops the oldest host, and starts another one in its place. */
  private void stopFirst(Host next) throws Exception {
    hosts.remove(0).stop();
    hosts.add(start(next));
    awaitTurn(next);
  }

  /** As above, but the oldest host dies while it holds the lock. */
  private void killFirst(Host next) throws Exception {
    hosts.remove(0).die();
    hosts.add(start(next));
    awaitTurn(next);
  }

  private Host start(Host host) throws Exception {
    started++;
    host.start("host-" + started);
    return host;
  }

  private static void awaitTurn(Host host) {
    Eventually.until(host + " has its turn", () -> host.turns.get() > 0);
  }

  /** Work under the lock, and time between two turns. */
  private static void pause(long millis) {
    try {
      boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sees the holders come and go. Two at a time are a fault only if the first one still believes
   * that it holds the lock: a machine that stands still may lose a lease.
   */
  private static final class Referee {
    private final List<String> overlaps = new ArrayList<>();
    private final List<Long> tokens = new ArrayList<>();
    private String inside = "";
    private BooleanSupplier belief = () -> false;

    synchronized void enter(String host, BooleanSupplier believes, OptionalLong token) {
      if (!inside.isEmpty() && belief.getAsBoolean() && believes.getAsBoolean()) {
        overlaps.add(host + " while " + inside + " held the lock");
      }
      inside = host;
      belief = believes;
      token.ifPresent(tokens::add);
    }

    synchronized void leave(String host) {
      if (inside.equals(host)) {
        inside = "";
      }
    }
  }

  /** A process that takes the lock again and again. */
  private abstract class Host {
    final AtomicInteger turns = new AtomicInteger();
    private final CompletableFuture<Void> dead = new CompletableFuture<>();
    private CompletableFuture<Void> loop = new CompletableFuture<>();
    private volatile boolean stops;
    private volatile boolean dies;
    String name = "";

    abstract void open() throws Exception;

    /** One try, and a turn if it gets the lock. */
    abstract void turn() throws Exception;

    /** From now on the process does nothing, and nothing comes from it. */
    abstract void kill() throws Exception;

    abstract void close() throws Exception;

    void start(String asName) throws Exception {
      name = asName + "/" + getClass().getSimpleName();
      open();
      loop =
          inBackground(
              () -> {
                while (!stops && !dead.isDone()) {
                  turn();
                  pause(10);
                }
                return null;
              });
    }

    void stop() throws Exception {
      stops = true;
      Eventually.get(loop);
      close();
    }

    /** Dies in its next turn. */
    void die() throws Exception {
      dies = true;
      Eventually.get(dead);
      Eventually.get(loop);
    }

    /** What is done under the lock; whether the lock is to be released after it. */
    boolean work(BooleanSupplier believes, OptionalLong token) throws Exception {
      if (!believes.getAsBoolean()) {
        return true;
      }
      referee.enter(name, believes, token);
      pause(5);
      if (dies) {
        kill();
      }
      referee.leave(name);
      turns.incrementAndGet();
      if (dies) {
        dead.complete(null);
      }
      return !dies;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final class Awslabs extends Host {
    private final boolean deletes;
    private AmazonDynamoDBLockClient client;
    private Thread heartbeats;

    /** Deletes the item on release, as by default, or updates it in place. */
    Awslabs(boolean deletes) {
      this.deletes = deletes;
    }

    @Override
    void open() {
      client =
          new AmazonDynamoDBLockClient(
              AmazonDynamoDBLockClientOptions.builder(dynamo.sync(), table)
                  .withPartitionKeyName("key")
                  .withOwnerName(name)
                  .withTimeUnit(TimeUnit.MILLISECONDS)
                  .withLeaseDuration(LEASE.toMillis())
                  .withHeartbeatPeriod(BEAT)
                  .withCreateHeartbeatBackgroundThread(false)
                  .build());
      heartbeats = new Thread(client, name + "-heartbeats");
      heartbeats.setDaemon(true);
      heartbeats.start();
    }

    @Override
    void turn() throws Exception {
      AcquireLockOptions options =
          AcquireLockOptions.builder(key)
              .withDeleteLockOnRelease(deletes)
              .withUpdateExistingLockRecord(!deletes)
              .withTimeUnit(TimeUnit.MILLISECONDS)
              .withRefreshPeriod(30L)
              .withAdditionalTimeToWaitForLock(500L)
              .build();
      try {
        LockItem item = client.acquireLock(options);
        if (work(() -> !item.isExpired(), OptionalLong.empty())) {
          item.close();
        }
      } catch (LockNotGrantedException e) {
        // Another host was quicker.
      }
    }

    @Override
    void kill() throws InterruptedException {
      heartbeats.interrupt();
      heartbeats.join();
    }

    @Override
    void close() throws Exception {
      kill();
      client.close();
    }
  }

  private final class Baton extends Host {
    private final boolean deletes;
    private final LossyHttpClient network = LossyHttpClient.create();
    private LockClient client;

    Baton(boolean deletes) {
      this.deletes = deletes;
    }

    @Override
    void open() {
      client =
          client(
              sdkOver(network, true),
              b ->
                  b.ownerName(name)
                      .leaseDuration(LEASE)
                      .heartbeatInterval(Duration.ofMillis(BEAT)));
    }

    @Override
    void turn() throws Exception {
      LockRequest request =
          LockRequest.builder(key).waitUpTo(Duration.ofSeconds(1)).deleteOnRelease(deletes).build();
      try {
        HeldLock lock = client.acquire(request);
        if (work(lock::isHeld, OptionalLong.of(lock.fencingToken()))) {
          lock.close();
        }
      } catch (LockNotAcquiredException e) {
        // Other hosts had the lock.
      }
    }

    @Override
    void kill() {
      for (String operation : List.of("UpdateItem", "GetItem", "DeleteItem")) {
        network.always(operation, LossyHttpClient.Fault.blackHole());
      }
    }

    @Override
    void close() {
      client.close();
    }
  }
}
