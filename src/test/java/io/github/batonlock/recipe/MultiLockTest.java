package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.MultiLock.HeldLocks;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several locks at once on virtual time. Lease 20 s, usable 16 s, beat 5 s; requests 4 ms. */
class MultiLockTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final List<String> KEYS = List.of("x", "y", "z");

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final World.Node c = world.node("c");

  private static MultiLock of(World.Node node, String... keys) {
    return MultiLock.of(node.client, keys.length == 0 ? KEYS.toArray(String[]::new) : keys);
  }

  private static List<String> operations(World.Node node) {
    return node.store.trace().stream().map(line -> line.replaceAll("[0-9]+ ", "")).toList();
  }

  private boolean isFree(String key) {
    var row = world.table.row(LockKey.of(key));
    return row == null || row.containsKey("isReleased");
  }

  @Test
  void freeLocks_areOneTransaction_andOneLook() throws InterruptedException {
    HeldLocks locks = of(a).tryAcquire().orElseThrow();
    assertThat(operations(a)).containsExactly("grant-all", "look-all");
    assertThat(locks.isHeld()).isTrue();
    assertThat(locks.locks()).extracting(lock -> lock.key().toString()).isEqualTo(KEYS);
    assertThat(locks.locks()).allMatch(HeldLock::isHeld);
    world.seconds(100);
    assertThat(locks.isHeld()).isTrue();
    locks.close();
    assertThat(locks.isHeld()).isFalse();
    assertThat(KEYS).allMatch(this::isFree);
    assertThatThrownBy(locks::ensureHeld).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void tokens_areThoseOfTheItems_andGrow() throws InterruptedException {
    HeldLock before = a.acquired(r -> r.key("y"));
    before.close();
    HeldLocks locks = of(b).tryAcquire().orElseThrow();
    for (String key : KEYS) {
      assertThat(world.table.row(LockKey.of(key)).get("fencingToken").n())
          .isEqualTo(Long.toString(locks.fencingToken(LockKey.of(key))));
    }
    assertThat(locks.fencingToken(LockKey.of("y"))).isEqualTo(before.fencingToken() + 1);
    assertThatThrownBy(() -> locks.fencingToken(LockKey.of("other")))
        .hasMessageContaining("'other'");
    locks.close();
    HeldLocks next = of(a).tryAcquire().orElseThrow();
    assertThat(next.fencingToken(LockKey.of("y"))).isEqualTo(before.fencingToken() + 2);
  }

  @Test
  void oneHeld_meansNone_andIsNamed() {
    HeldLock held = a.acquired(r -> r.key("y"));
    LockNotAcquiredException refused =
        catchThrowableOfType(LockNotAcquiredException.class, () -> of(b).acquire(Duration.ZERO));
    assertThat(refused.key()).isEqualTo(LockKey.of("y"));
    assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo("a");
    assertThat(refused.holder().orElseThrow().fencingToken()).hasValue(held.fencingToken());
    assertThat(operations(b)).containsExactly("grant-all");
    assertThat(List.of("x", "z")).allMatch(this::isFree);
  }

  @Test
  void oneHeldByTheClientItself_isNamed_withoutARequest() {
    a.acquired(r -> r.key("y"));
    LockNotAcquiredException refused =
        catchThrowableOfType(LockNotAcquiredException.class, () -> of(a).acquire(Duration.ZERO));
    assertThat(refused.key()).isEqualTo(LockKey.of("y"));
    assertThat(a.store.trace()).hasSize(1);
  }

  /** Regression: in order, the locks before it were taken and given back. */
  @Test
  void oneHeldByTheClientItself_isNamed_withoutARequest_inOrder() {
    a.acquired(r -> r.key("z"));
    MultiLock inOrder = of(a).inOrder();
    LockNotAcquiredException refused =
        catchThrowableOfType(LockNotAcquiredException.class, () -> inOrder.acquire(Duration.ZERO));
    assertThat(refused.key()).isEqualTo(LockKey.of("z"));
    assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo("a");
    assertThat(a.store.trace()).hasSize(1);
  }

  @Test
  void wait_isForTheOneThatIsHeld_andNothingIsHeldMeanwhile() {
    HeldLock first = a.acquired(r -> r.key("y"));
    HeldLock second = a.acquired(r -> r.key("z"));
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    world.seconds(5);
    assertThat(isFree("x")).isTrue();
    first.close();
    world.seconds(3);
    assertThat(waiting).isNotDone();
    assertThat(List.of("x", "y")).allMatch(this::isFree);
    second.close();
    world.seconds(2);
    assertThat(waiting).isCompleted();
    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(waiting.join().locks()).extracting(l -> l.key().toString()).isEqualTo(KEYS);
  }

  @Test
  void waiting_takesLessThanARequestASecond() {
    a.acquired(r -> r.key("y"));
    of(b).acquireAsync(LONG);
    world.seconds(20);
    int before = b.store.trace().size();
    world.seconds(60);
    assertThat(b.store.trace().size() - before).isBetween(30, 62);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void deadHoldersLock_isTakenOver_aLeaseAfterItsLastHeartbeat(boolean shared) {
    a.acquired(r -> r.key("y").leases(shared ? Leases.shared() : Leases.own()));
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    world.seconds(12);
    a.machine.crash();
    world.seconds(14.9);
    assertThat(waiting).isNotDone();
    world.seconds(6.5);
    assertThat(waiting).isCompleted();
  }

  @Test
  void timeUp_namesTheLockThatWasHeldAtLast_andLeavesNothing() {
    a.acquired(r -> r.key("z"));
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(Duration.ofSeconds(3));
    world.seconds(3.1);
    assertThatThrownBy(waiting::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class, e -> assertThat(e.key()).isEqualTo(LockKey.of("z")));
    assertThat(List.of("x", "y")).allMatch(this::isFree);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "SDK_RETRY"})
  void transactionWithoutAnswer_thatWasApplied_isFoundAndKept(Fault fault)
      throws InterruptedException {
    b.store.failNext("grant-all", fault);
    HeldLocks locks = of(b).tryAcquire().orElseThrow();
    assertThat(operations(b)).startsWith("grant-all", "look-all").doesNotContain("release");
    assertThat(locks.isHeld()).isTrue();
    // Counted from the send, whenever the answer was found out.
    assertThat(locks.remaining()).isEqualTo(Duration.ofSeconds(16).minus(world.time.elapsed()));
    world.seconds(60);
    assertThat(locks.isHeld()).isTrue();
    assertThat(locks.locks()).hasSize(3);
  }

  @Test
  void transactionThatNeverArrived_isToldAsAFailure_andTriedAgainWhileThereIsTime() {
    b.store.failNext("grant-all", Fault.REQUEST_LOST);
    assertThatThrownBy(() -> of(b).tryAcquire()).isInstanceOf(LockStoreException.class);
    b.store.failNext("grant-all", Fault.REQUEST_LOST);
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(Duration.ofSeconds(20));
    world.seconds(8);
    assertThat(waiting).isCompleted();
  }

  @Test
  void transactionThatArrivesAfterAll_isAGhost_gotRidOfInALease() throws InterruptedException {
    b.store.failNext("grant-all", Fault.APPLIED_LATER);
    assertThatThrownBy(() -> of(b).tryAcquire()).isInstanceOf(LockStoreException.class);
    world.seconds(11);
    assertThat(isFree("x")).isFalse();
    // To its own client it is known: taken over at once.
    CompletableFuture<HeldLocks> own = of(b).acquireAsync(Duration.ofSeconds(5));
    CompletableFuture<HeldLocks> others = of(a).acquireAsync(LONG);
    world.seconds(25);
    assertThat(own.isCompletedExceptionally() || !own.join().locks().isEmpty()).isTrue();
    if (!own.isCompletedExceptionally()) {
      own.join().close();
    }
    world.seconds(45);
    assertThat(others).isCompleted();
  }

  @Test
  void looksWithoutAnswer_areRepeatedWhileTheLeaseIsGood_thenAllIsFreed()
      throws InterruptedException {
    boolean[] lost = {true};
    b.store.faults(op -> op.equals("look-all") && lost[0] ? Fault.THROTTLED : Fault.NONE);
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    world.seconds(8);
    assertThat(waiting).isNotDone();
    lost[0] = false;
    world.seconds(4);
    assertThat(waiting).isCompleted();
    assertThat(waiting.join().isHeld()).isTrue();
    waiting.join().close();

    lost[0] = true;
    CompletableFuture<HeldLocks> failing = of(b).acquireAsync(Duration.ofSeconds(10));
    world.seconds(25);
    assertThat(failing).isCompletedExceptionally();
    assertThat(KEYS).allMatch(this::isFree);
  }

  @Test
  void cancelled_whileItWaitsOrTries_leavesNothingBehind() throws InterruptedException {
    HeldLock held = a.acquired(r -> r.key("y"));
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    world.seconds(2);
    waiting.cancel(false);
    held.close();
    CompletableFuture<HeldLocks> trying = of(c).acquireAsync(LONG);
    world.time.advance(Duration.ofMillis(1));
    trying.cancel(false);
    world.seconds(1);
    assertThat(KEYS).allMatch(this::isFree);
  }

  @Test
  void crash_freesAll_aLeaseLater() throws InterruptedException {
    assertThat(of(a).tryAcquire()).isPresent();
    a.machine.crash();
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    world.seconds(19);
    assertThat(waiting).isNotDone();
    world.seconds(3);
    assertThat(waiting).isCompleted();
  }

  @Test
  void crashOfAHolderThatWasSeenAlive_freesAll_twoLeasesLater() throws InterruptedException {
    assertThat(of(a).tryAcquire()).isPresent();
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    world.seconds(32);
    a.machine.crash();
    world.seconds(14.9);
    assertThat(waiting).isNotDone();
    // The others were last seen when the first one was refused.
    world.seconds(28);
    assertThat(waiting).isCompleted();
  }

  @Test
  void lossOfOne_isToldOnce_andTheOthersAreKeptUntilClosed() throws InterruptedException {
    HeldLocks locks = of(a).tryAcquire().orElseThrow();
    List<Revocation> told = new ArrayList<>();
    locks.onRevoked(told::add);
    world.table.removeRow(LockKey.of("y"));
    world.seconds(6);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).key()).isEqualTo(LockKey.of("y"));
    assertThat(locks.isHeld()).isFalse();
    assertThatThrownBy(locks::ensureHeld).isInstanceOf(LockRevokedException.class);
    world.seconds(60);
    assertThat(isFree("x")).isFalse();
    assertThat(told).hasSize(1);
    locks.close();
    assertThat(KEYS).allMatch(this::isFree);
  }

  @Test
  void sharedLeases_areOneSession_andOneTransaction() throws InterruptedException {
    List<LockRequest> requests =
        KEYS.stream()
            .map(key -> LockRequest.builder().key(key).leases(Leases.shared()).build())
            .toList();
    HeldLocks locks =
        MultiLock.of(a.client, requests.toArray(LockRequest[]::new)).tryAcquire().orElseThrow();
    assertThat(operations(a)).containsExactly("open", "grant-all", "look-all");
    world.seconds(100);
    assertThat(locks.isHeld()).isTrue();
    assertThat(a.store.count("heartbeat")).isBetween(19L, 21L);
    a.machine.crash();
    CompletableFuture<HeldLocks> next = of(b).acquireAsync(LONG);
    world.seconds(30);
    assertThat(next).isCompleted();
  }

  @Test
  void hundredLocks_areTheMost_andNoneTwice() throws InterruptedException {
    List<String> keys = IntStream.range(0, 100).mapToObj(i -> "k" + i).toList();
    HeldLocks locks =
        MultiLock.of(a.client, keys.toArray(String[]::new)).tryAcquire().orElseThrow();
    assertThat(locks.locks()).hasSize(100).allMatch(HeldLock::isHeld);
    assertThat(operations(a)).containsExactly("grant-all", "look-all");
    List<String> more = new ArrayList<>(keys);
    more.add("one-more");
    assertThatThrownBy(() -> MultiLock.of(a.client, more.toArray(String[]::new)))
        .hasMessageContaining("101");
    assertThatThrownBy(() -> of(a, "x", "y", "x")).hasMessageContaining("'x'");
    assertThatThrownBy(() -> MultiLock.of(a.client, new String[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closingTheClient_endsTriesAndWaits_andFreesAll() {
    HeldLock held = a.acquired(r -> r.key("y"));
    CompletableFuture<HeldLocks> waiting = of(b).acquireAsync(LONG);
    CompletableFuture<HeldLocks> trying = of(b, "u", "v").acquireAsync(LONG);
    world.time.advance(Duration.ofMillis(1));
    b.client.close();
    assertThat(waiting).isCompletedExceptionally();
    world.seconds(5);
    assertThat(trying.isCompletedExceptionally() || !trying.join().isHeld()).isTrue();
    assertThat(List.of("u", "v", "x", "z")).allMatch(this::isFree);
    assertThat(held.isHeld()).isTrue();
    assertThatThrownBy(() -> of(b).tryAcquire()).isInstanceOf(RuntimeException.class);
  }

  // Without transactions

  @Test
  void withoutTransactions_locksAreTakenInOrder_andBackIfOneIsHeld() throws InterruptedException {
    MultiLock locks = of(b, "z", "x", "y").inOrder();
    locks.tryAcquire().orElseThrow().close();
    assertThat(operations(b))
        .containsExactly("acquire", "acquire", "acquire", "release", "release", "release");
    HeldLock held = a.acquired(r -> r.key("y"));
    LockNotAcquiredException refused =
        catchThrowableOfType(LockNotAcquiredException.class, () -> locks.acquire(Duration.ZERO));
    world.seconds(0.1);
    assertThat(refused.key()).isEqualTo(LockKey.of("y"));
    assertThat(List.of("x", "z")).allMatch(this::isFree);
    CompletableFuture<HeldLocks> waiting = locks.acquireAsync(LONG);
    world.seconds(1);
    assertThat(isFree("x")).isFalse();
    assertThat(isFree("z")).isTrue();
    held.close();
    world.seconds(2);
    assertThat(waiting).isCompleted();
  }

  @Test
  void tableWithoutTransactions_isFoundOut_once() throws InterruptedException {
    world.table.setTransactions(false);
    MultiLock locks = of(a);
    locks.tryAcquire().orElseThrow().close();
    assertThat(operations(a)).startsWith("grant-all", "acquire", "acquire", "acquire");
    assertThat(locks.tryAcquire()).isPresent();
    assertThat(a.store.count("grant-all")).isEqualTo(1);
  }

  /**
   * Two wait for a lock that their own client holds, which tells nothing of transactions. The first
   * that gets it finds out that there are none.
   *
   * <p>Regression: both then waited for the lock that they held themselves, until time was up.
   */
  @ParameterizedTest
  @ValueSource(strings = {"x", "y", "z"})
  void tableWithoutTransactions_foundOutWhileAnotherEntryWaits_stopsNeither(String heldAtFirst) {
    world.table.setTransactions(false);
    HeldLock held = a.acquired(r -> r.key(heldAtFirst));
    MultiLock locks = of(a);
    CompletableFuture<HeldLocks> first = locks.acquireAsync(LONG);
    CompletableFuture<HeldLocks> second = locks.acquireAsync(LONG);
    world.seconds(1);
    assertThat(a.store.count("grant-all")).isZero();

    held.close();
    world.seconds(3);

    assertThat(List.of(first, second)).filteredOn(CompletableFuture::isDone).hasSize(1);
    CompletableFuture<HeldLocks> winner = first.isDone() ? first : second;
    winner.join().close();
    world.seconds(3);
    assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone);
    assertThat(a.store.count("grant-all")).isEqualTo(1);
  }

  /** Some find out in the middle of a wait of others; locks of one client, and of several. */
  @ParameterizedTest
  @MethodSource("seeds")
  void tableWithoutTransactions_whateverTheOrder_everybodyGetsOn(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    world.table.setTransactions(false);
    List<String> keys = List.of("k0", "k1", "k2", "k3");
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (World.Node node : List.of(a, b)) {
      // Hold at first by the one client or the other.
      String key = keys.get(random.nextInt(keys.size()));
      node.acquire(r -> r.key(key)).thenAccept(lock -> later(node, random, lock::closeAsync));
      for (int i = 0; i < 3; i++) {
        List<String> some = new ArrayList<>(keys);
        some.removeIf(each -> random.nextInt(3) == 0);
        MultiLock locks =
            MultiLock.of(node.client, (some.isEmpty() ? keys : some).toArray(String[]::new));
        for (int entry = 0; entry < 2; entry++) {
          later(
              node,
              random,
              () ->
                  all.add(
                      locks
                          .acquireAsync(LONG)
                          .thenAccept(held -> later(node, random, held::closeAsync))));
        }
      }
    }
    world.seconds(60);
    assertThat(all).hasSize(12).allMatch(CompletableFuture::isDone);
    assertThat(all).noneMatch(CompletableFuture::isCompletedExceptionally);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  private static void later(World.Node node, SplittableRandom random, Runnable task) {
    node.machine.after(Duration.ofMillis(random.nextInt(2_000)), task);
  }

  @Test
  void withoutTransactions_nobodyWaitsInACircle() {
    Map<String, Integer> turns = new TreeMap<>();
    for (World.Node node : List.of(a, b, c)) {
      List<String> keys = new ArrayList<>(KEYS);
      Collections.shuffle(keys, new java.util.Random(node.hashCode()));
      keepTaking(node, MultiLock.of(node.client, keys.toArray(String[]::new)).inOrder(), turns);
    }
    world.seconds(60);
    assertThat(turns).hasSize(3);
    assertThat(turns.values()).allMatch(n -> n > 3);
  }

  private void keepTaking(World.Node node, MultiLock locks, Map<String, Integer> turns) {
    if (world.isEnding()) {
      return;
    }
    locks
        .acquireAsync(LONG)
        .thenAccept(
            held -> {
              turns.merge(node.client.ownerName(), 1, Integer::sum);
              node.machine.after(
                  Duration.ofMillis(200),
                  () -> {
                    held.closeAsync();
                    node.machine.after(Duration.ofSeconds(1), () -> keepTaking(node, locks, turns));
                  });
            });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void locks_areNeverHeldByTwo_whateverHappens(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<World.Node> nodes = new ArrayList<>();
    List<HeldLocks> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      World.Node node = world.node("n" + i);
      nodes.add(node);
      MultiLock two = of(node, "l" + i % 3, "l" + (i + 1) % 3);
      run(node, i == 3 ? two.inOrder() : two, random, all);
    }
    Disturbances disturbances = new Disturbances(nodes, random);
    for (int step = 0; step < 3_000; step++) {
      world.seconds(0.1);
      disturbances.next();
      List<String> held =
          all.stream()
              .filter(Hold::isHeld)
              .flatMap(locks -> locks.locks().stream())
              .map(lock -> lock.key().toString())
              .toList();
      assertThat(held).doesNotHaveDuplicates();
    }
    assertThat(all).hasSizeGreaterThan(20);
    tokensGrow(all);
  }

  private static void tokensGrow(List<HeldLocks> all) {
    Map<String, Long> last = new TreeMap<>();
    for (HeldLocks locks : all) {
      for (HeldLock lock : locks.locks()) {
        Long before = last.put(lock.key().toString(), lock.fencingToken());
        assertThat(before == null || before < lock.fencingToken()).isTrue();
      }
    }
  }

  private void run(World.Node node, MultiLock locks, SplittableRandom random, List<HeldLocks> all) {
    if (world.isEnding()) {
      return;
    }
    locks
        .acquireAsync(Duration.ofSeconds(100))
        .whenComplete(
            (held, failure) -> {
              if (held != null) {
                all.add(held);
              }
              node.machine.after(
                  Duration.ofMillis(random.nextInt(4_000)),
                  () -> {
                    if (held != null) {
                      held.closeAsync();
                    }
                    run(node, locks, random, all);
                  });
            });
  }
}
