package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many leases in one client, and a table that is slower than the demand, on a virtual clock. */
class ManyLeasesTest {
  @RegisterExtension private final World world = new World();
  private final List<LockClient> clients = new ArrayList<>();
  private final List<Revocation> lost = new ArrayList<>();

  private List<HeldLock> acquire(LockClient client, String prefix, int count, int leaseSeconds) {
    List<CompletableFuture<HeldLock>> acquiring = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      acquiring.add(
          client.acquireAsync(
              LockRequest.builder()
                  .key(prefix + i)
                  .leaseDuration(Duration.ofSeconds(leaseSeconds))
                  .onRevoked(lost::add)
                  .build()));
    }
    world.seconds(1);
    return acquiring.stream().map(CompletableFuture::join).toList();
  }

  @Test
  void tableSlowerThanTheDemand_renewsTheNearestDeadlinesFirst_andLosesNone() {
    World.Node node = world.node("a", config -> config.heartbeatInterval = Duration.ofSeconds(2));
    List<HeldLock> locks = new ArrayList<>(acquire(node.client, "long", 600, 60));
    locks.addAll(acquire(node.client, "short", 60, 8));

    // 50 answers a second, where 330 are wanted: in the order of asking all would wait for 13 s.
    node.store.latency(Duration.ofMillis(500));
    world.seconds(120);

    assertThat(lost).isEmpty();
    assertThat(locks).allMatch(HeldLock::isHeld);
    assertThat(node.store.count("heartbeat")).isGreaterThan(45 * 120);
    assertThat(node.store.count("look")).isZero();
  }

  @Test
  void release_onATableSlowerThanTheRenewals_isSentAllTheSame() {
    World.Node node = world.node("a");
    List<HeldLock> locks = acquire(node.client, "k", 400, 20);
    node.store.latency(Duration.ofMillis(500));
    world.seconds(30);

    locks.get(0).close();

    assertThat(lost).isEmpty();
    assertThat(node.store.count("release")).isEqualTo(1);
  }

  @Test
  void keepersThatWaitForATurn_areRevokedAtTheirDeadlines_andSendNothingLater() {
    World.Node node = world.node("a");
    List<HeldLock> locks = acquire(node.client, "k", 300, 20);
    node.store.failAll(Fault.HANG);
    world.seconds(17);
    assertThat(lost)
        .hasSize(300)
        .allSatisfy(
            r -> {
              assertThat(r.reason()).isEqualTo(Revocation.Reason.LEASE_EXPIRED);
              assertThat(r.sinceRenewal())
                  .isBetween(Duration.ofSeconds(16), Duration.ofMillis(16_001));
            });
    assertThat(locks).noneMatch(HeldLock::isHeld);
    assertThat(node.store.count("heartbeat")).isLessThan(300);

    node.store.heal();
    long sent = node.store.count("heartbeat");
    world.seconds(60);

    assertThat(node.store.count("heartbeat")).isEqualTo(sent);
    assertThat(node.store.count("release")).isEqualTo(300);
  }

  @Test
  void close_whilePollsWaitForATurn_doesNotSendThem() {
    acquire(world.node("a").client, "k", 60, 20);
    World.Node waiter = world.node("b");
    for (int i = 0; i < 60; i++) {
      String key = "k" + i;
      CompletableFuture<HeldLock> unused = waiter.acquire(r -> r.key(key));
    }
    world.time.advance(Duration.ofMillis(5));
    waiter.store.fail("poll", Fault.HANG);
    world.seconds(3);
    assertThat(waiter.store.count("poll")).isEqualTo(30);

    Duration began = world.time.elapsed();
    waiter.client.close();

    assertThat(world.time.elapsed().minus(began)).isLessThan(Duration.ofSeconds(5));
    assertThat(waiter.store.count("poll")).isEqualTo(30);
  }

  /** Throttles what goes beyond a rate, and all writes to some locks. */
  private final class ThrottlingStore implements LockStore {
    private final FaultyStore store = new FaultyStore(world.time, world.table);
    private int perTenthOfASecond = Integer.MAX_VALUE;
    private Predicate<LockKey> never = key -> false;
    private long tenth;
    private int inTenth;
    private int passed;
    private int throttled;

    @Override
    public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
      long now = world.time.elapsed().toMillis() / 100;
      if (now != tenth) {
        tenth = now;
        inTenth = 0;
      }
      boolean passes = !never.test(write.key()) && inTenth < perTenthOfASecond;
      if (passes) {
        inTenth++;
        passed++;
      } else {
        throttled++;
      }
      store.failAll(passes ? Fault.NONE : Fault.THROTTLED);
      return store.write(write, timeouts);
    }

    @Override
    public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
      return store.read(key, consistent, timeouts);
    }

    @Override
    public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
      return store.list(after, timeouts);
    }
  }

  private LockClient clientOf(LockStore store) {
    LockClient client =
        DefaultLockClient.start(
            new ClientConfig.Draft("locks").build(), world.time.machine(), store, null);
    clients.add(client);
    return client;
  }

  /** Before the world lets hours pass: thousands of locks would be renewed all the while. */
  @AfterEach
  void close() {
    clients.forEach(LockClient::close);
  }

  @Test
  void tableThatThrottles_withHalfOfTheDemand_losesNoneAndGivesNearlyAllItHas() {
    ThrottlingStore store = new ThrottlingStore();
    List<HeldLock> locks = acquire(clientOf(store), "k", 1_000, 20);
    store.perTenthOfASecond = 10;
    world.seconds(20);
    store.passed = 0;
    store.throttled = 0;

    world.seconds(60);

    assertThat(lost).isEmpty();
    assertThat(locks).allMatch(HeldLock::isHeld);
    assertThat(store.passed).as("of 100 a second").isGreaterThan(60 * 85);
    assertThat(store.throttled).isLessThan(store.passed);
  }

  @Test
  void partOfTheTableThatThrottles_costsItsOwnLocksOnly() {
    ThrottlingStore store = new ThrottlingStore();
    LockClient client = clientOf(store);
    List<HeldLock> healthy = acquire(client, "healthy", 600, 20);
    List<HeldLock> hot = acquire(client, "hot", 200, 20);
    store.never = key -> key.partitionKey().startsWith("hot");
    world.seconds(40);

    assertThat(healthy).allMatch(HeldLock::isHeld);
    assertThat(hot).noneMatch(HeldLock::isHeld);
    assertThat(lost).hasSize(200);
  }
}
