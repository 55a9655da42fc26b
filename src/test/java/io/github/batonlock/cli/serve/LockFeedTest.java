package io.github.batonlock.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.OperatorTable.Traffic;
import io.github.batonlock.internal.operator.OperatorWorld;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.InMemoryLockStore.Operation;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The requests of the page, counted on a virtual clock. Lease 20 s, heartbeat 5 s. */
class LockFeedTest {
  private static final LockKey K = OperatorWorld.K;

  @RegisterExtension private final World world = new World();
  private final OperatorWorld ops = new OperatorWorld(world);
  private final World.Node a = world.node("a");
  private final LockBoard board = new LockBoard();
  private final Screens screens = new Screens();
  private Traffic sent = new Traffic(0, 0, 0);
  private LockFeed feed;

  @BeforeEach
  void begin() {
    feed =
        new LockFeed(
            ops.reader,
            () -> sent,
            board,
            screens,
            new LockFeed.Pace(Duration.ofMinutes(1), Duration.ofSeconds(5)),
            this::now);
  }

  private long now() {
    return world.time.elapsed().toMillis();
  }

  /** The steps of some time, each when it is due. */
  private void run(Duration time) throws InterruptedException {
    long end = now() + time.toMillis();
    while (now() < end) {
      long wait = feed.step();
      world.seconds(Math.min(wait, Math.max(1, end - now())) / 1_000.0);
    }
  }

  private Screens.Screen show(LockKey... keys) {
    Screens.Screen screen = screens.open();
    screens.show(screen, Set.of(keys));
    return screen;
  }

  private int count(Operation operation) {
    return world.table.count(operation);
  }

  private Life life() {
    return board.lock(K).life();
  }

  @Test
  void page_withoutABrowser_scansOnceAMinuteAndReadsNothing() throws Exception {
    HeldLock held = a.acquired();
    feed.begin();
    world.table.resetCounts();

    run(Duration.ofMinutes(10).plusSeconds(1));

    assertThat(count(Operation.LIST)).isEqualTo(10);
    assertThat(count(Operation.READ)).isZero();
    assertThat(count(Operation.CONSISTENT_READ)).isZero();
    assertThat(life()).isEqualTo(Life.ALIVE);
    CompletableFuture<Void> unused = held.closeAsync();
  }

  @Test
  void lockOnScreens_isReadEachFiveSeconds_howeverManyBrowsersShowIt() throws Exception {
    HeldLock held = a.acquired();
    feed.begin();
    world.table.resetCounts();
    Screens.Screen first = show(K);
    show(K);

    run(Duration.ofMinutes(5));

    assertThat(count(Operation.READ)).isBetween(50, 60);
    assertThat(count(Operation.CONSISTENT_READ)).isZero();
    assertThat(count(Operation.LIST)).isLessThanOrEqualTo(5);
    assertThat(life()).isEqualTo(Life.ALIVE);
    screens.close(first);
    CompletableFuture<Void> unused = held.closeAsync();
  }

  @Test
  void locksOfOneSession_shareTheReadsOfTheSession() throws Exception {
    HeldLock one = a.acquired(r -> r.key("s1").leases(Leases.shared()));
    HeldLock two = a.acquired(r -> r.key("s2").leases(Leases.shared()));
    feed.begin();
    world.table.resetCounts();
    show(LockKey.of("s1"), LockKey.of("s2"));

    run(Duration.ofSeconds(60));

    assertThat(count(Operation.READ)).isBetween(30, 36);
    assertThat(board.lock(LockKey.of("s1")).life()).isEqualTo(Life.ALIVE);
    CompletableFuture<Void> unused = one.closeAsync();
    CompletableFuture<Void> unusedToo = two.closeAsync();
  }

  @Test
  void death_onAScreen_isConfirmedByOneConsistentRead() throws Exception {
    HeldLock unused = a.acquired();
    feed.begin();
    show(K);
    run(Duration.ofSeconds(10));
    a.machine.pause();
    world.table.resetCounts();

    run(Duration.ofSeconds(15));
    assertThat(life()).isEqualTo(Life.SUSPECT);
    run(Duration.ofSeconds(60));

    assertThat(life()).isEqualTo(Life.DEAD);
    assertThat(count(Operation.CONSISTENT_READ)).isLessThanOrEqualTo(2);
    a.machine.resume();
  }

  @Test
  void request_toFinish_isOnTheBoardWithTheTimeSinceItWasSent() throws Exception {
    HeldLock held = a.acquired();
    feed.begin();
    show(K);
    World.Node b = world.node("b");
    b.acquire(r -> r.waitForever().requestRelease("deploy", Duration.ofMinutes(1)));
    run(Duration.ofSeconds(31));

    assertThat(board.lock(K).row().asked())
        .singleElement()
        .satisfies(
            asker -> {
              assertThat(asker.name()).isEqualTo("b");
              assertThat(asker.waits()).isTrue();
              assertThat(asker.age().orElseThrow())
                  .isBetween(Duration.ofSeconds(25), Duration.ofSeconds(31));
            });
    CompletableFuture<Void> unused = held.closeAsync();
    run(Duration.ofSeconds(5));
    assertThat(board.lock(K).holder()).isEqualTo("b");
  }

  @Test
  void table_thatFails_isAskedAtTheSamePace_andComesBack() throws Exception {
    HeldLock held = a.acquired();
    feed.begin();
    show(K);
    ops.store.failAll(Fault.THROTTLED);
    world.table.resetCounts();

    run(Duration.ofSeconds(61));

    assertThat(board.picture(View.DEFAULT, now()).problem()).isNotNull();
    assertThat(count(Operation.READ)).isZero();
    ops.store.failAll(Fault.NONE);
    run(Duration.ofSeconds(6));
    assertThat(board.picture(View.DEFAULT, now()).problem()).isNull();
    assertThat(life()).isEqualTo(Life.ALIVE);
    CompletableFuture<Void> unused = held.closeAsync();
  }

  @Test
  void screens_ofManyLocks_areReadUpToABound() {
    for (int i = 0; i < PageBounds.BROWSERS; i++) {
      int from = i * 50;
      Screens.Screen screen = screens.open();
      screens.show(
          screen,
          IntStream.range(from, from + 50)
              .mapToObj(key -> LockKey.of("k" + key))
              .collect(Collectors.toSet()));
    }

    assertThat(screens.shown()).hasSize(PageBounds.LOCKS_READ);
    assertThat(screens.open()).isNull();
  }
}
