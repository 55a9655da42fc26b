package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Permits of several clients on virtual time. Lease 20 s, usable 16 s, beat 5 s; requests 4 ms. */
class CountedSemaphoreTest {
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static CountedSemaphore of(World.Node node, int permits) {
    return CountedSemaphore.of(node.client, "k", permits);
  }

  private List<Hold> all(CountedSemaphore semaphore) throws InterruptedException {
    List<Hold> permits = new ArrayList<>();
    for (int i = 0; i < semaphore.permits(); i++) {
      permits.add(semaphore.tryAcquire().orElseThrow());
    }
    return permits;
  }

  @Test
  void freePermit_isOneWrite_andItsReturnAnother() throws InterruptedException {
    Hold permit = of(a, 10).tryAcquire().orElseThrow();
    assertThat(permit.isHeld()).isTrue();
    assertThat(permit.key().partitionKey()).matches("k/[0-9]");
    permit.close();
    permit.close();
    assertThat(permit.isHeld()).isFalse();
    assertThat(a.store.trace())
        .extracting(line -> line.replaceAll("[0-9]+ ", ""))
        .containsExactly("acquire", "release");
    assertThatThrownBy(permit::ensureHeld)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(permit.key().toString());
  }

  @Test
  void permits_areSoMany_andNotOneMore() throws InterruptedException {
    List<Hold> permits = all(of(a, 3));
    assertThat(permits).extracting(Hold::key).doesNotHaveDuplicates();
    assertThat(of(a, 3).tryAcquire()).isEmpty();
    assertThat(of(b, 3).tryAcquire()).isEmpty();
    permits.get(1).close();
    assertThat(of(b, 3).tryAcquire()).isPresent();
    assertThat(of(b, 3).tryAcquire()).isEmpty();
  }

  @Test
  void tryOfAFullSemaphore_isOneWrite_andAReadForEachOther() throws InterruptedException {
    all(of(a, 10));
    assertThat(of(b, 10).tryAcquire()).isEmpty();
    assertThat(b.store.count("acquire")).isEqualTo(1);
    assertThat(b.store.count("look")).isEqualTo(9);
    assertThat(b.store.trace()).hasSize(10);
  }

  @Test
  void clients_beginAnywhere_soThatTheyRarelyMeet() throws InterruptedException {
    HashSet<String> first = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      try (Hold permit = of(a, 10).tryAcquire().orElseThrow()) {
        first.add(permit.key().partitionKey());
      }
    }
    assertThat(first).hasSizeGreaterThan(5);
  }

  @Test
  void refusal_namesAHolderOfAPermit() throws InterruptedException {
    all(of(a, 2));
    CompletableFuture<Hold> waiting = of(b, 2).acquireAsync(Duration.ofSeconds(3));
    world.seconds(2.9);
    assertThat(waiting).isNotDone();
    world.seconds(0.2);
    assertThatThrownBy(waiting::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
              assertThat(e.waited()).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_100));
              assertThat(e.holder().orElseThrow().ownerName()).isEqualTo("a");
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 100})
  void waiting_takesABoundedNumberOfReads_howeverManyWait(int permits) throws InterruptedException {
    all(of(a, permits));
    CountedSemaphore semaphore = of(b, permits);
    for (int i = 0; i < 50; i++) {
      semaphore.acquireAsync(LONG);
    }
    world.seconds(60);
    long before = b.store.trace().size();
    long writes = b.store.count("acquire") + b.store.count("takeover");
    world.seconds(60);
    assertThat(b.store.trace().size() - before).isBetween(30L, Math.min(permits, 20) * 60L);
    assertThat(writes).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100})
  void permitGivenBackElsewhere_isFoundWithinARound(int permits) throws InterruptedException {
    List<Hold> held = all(of(a, permits));
    CompletableFuture<Hold> waiting = of(b, permits).acquireAsync(LONG);
    world.seconds(60);
    held.get(permits / 2).close();
    world.seconds(Math.max(1, permits / 20.0) * 1.2 + 0.1);
    assertThat(waiting).isCompleted();
    assertThat(waiting.join().key()).isEqualTo(held.get(permits / 2).key());
  }

  @Test
  void deadHoldersPermit_isTakenOver_aLeaseAndARoundAfterItsLastHeartbeat()
      throws InterruptedException {
    List<Hold> held = all(of(a, 3));
    CompletableFuture<Hold> waiting = of(b, 3).acquireAsync(LONG);
    world.seconds(12);
    a.machine.crash();
    // Its last heartbeats were 0 to 5 s before.
    world.seconds(14.9);
    assertThat(waiting).isNotDone();
    world.seconds(6.5);
    assertThat(waiting).isCompleted();
    assertThat(held)
        .filteredOn(permit -> permit.key().equals(waiting.join().key()))
        .allMatch(permit -> permit.fencingToken() + 1 == waiting.join().fencingToken());
    assertThat(waiting.join().isHeld()).isTrue();
  }

  @Test
  void deadHoldersPermit_ofASharedLease_isTakenOverAsSoon() throws InterruptedException {
    World.Node c = world.node("c", config -> config.leases = Leases.shared());
    all(of(c, 3));
    CompletableFuture<Hold> waiting = of(b, 3).acquireAsync(LONG);
    world.seconds(12);
    assertThat(waiting).isNotDone();
    c.machine.crash();
    world.seconds(23);
    assertThat(waiting).isCompleted();
  }

  @Test
  void waitersOfOneClient_getPermitsInTheirOrder_eachReturnWithOneWrite()
      throws InterruptedException {
    CountedSemaphore semaphore = of(a, 2);
    List<Hold> held = all(semaphore);
    long before = a.store.trace().size();
    List<Integer> order = new ArrayList<>();
    List<CompletableFuture<Hold>> waiting = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      waiting.add(semaphore.acquireAsync(LONG));
      waiting.get(i).thenAccept(permit -> order.add(number));
      world.seconds(0.1);
    }
    // All are held by this very client: nothing to look at.
    assertThat(a.store.trace()).hasSize((int) before);

    held.get(0).close();
    held.get(1).close();
    world.seconds(0.1);
    waiting.get(1).join().close();
    waiting.get(0).join().close();
    world.seconds(0.1);
    waiting.get(2).join().close();

    world.seconds(0.1);
    assertThat(order).containsExactly(0, 1, 2, 3, 4);
    assertThat(a.store.count("handoff")).isEqualTo(5);
    assertThat(a.store.count("release")).isZero();
  }

  /** Regression: who came while a permit was on its way to another got the next one before it. */
  @Test
  void waiterWhosePermitGoesToAnotherClient_isStillTheFirst() throws InterruptedException {
    CountedSemaphore semaphore = of(a, 2);
    List<Hold> held = all(semaphore);
    List<Integer> order = new ArrayList<>();
    CompletableFuture<Hold> first = semaphore.acquireAsync(LONG);
    first.thenAccept(permit -> order.add(1));
    Hold gone = held.get(0);
    // An operator deletes its item, and another client takes it, before it is passed on.
    world.table.removeRow(gone.key());
    b.acquired(request -> request.key(gone.key()));
    gone.closeAsync();
    world.seconds(0.1);

    CompletableFuture<Hold> second = semaphore.acquireAsync(LONG);
    second.thenAccept(permit -> order.add(2));
    held.get(1).closeAsync();
    world.seconds(0.5);

    assertThat(order).containsExactly(1);
    assertThat(second).isNotDone();
  }

  @Test
  void tryWhileOthersOfTheClientWait_isRefused_withoutARequest() throws InterruptedException {
    all(of(a, 2));
    CountedSemaphore semaphore = of(b, 2);
    semaphore.acquireAsync(LONG);
    world.seconds(1);
    long before = b.store.trace().size();
    assertThat(semaphore.tryAcquire()).isEmpty();
    assertThat(b.store.trace()).hasSize((int) before);
  }

  @Test
  void cancelledWait_leavesTheNextOneFirst_andNothingHeld() throws InterruptedException {
    CountedSemaphore semaphore = of(b, 1);
    Hold held = of(a, 1).tryAcquire().orElseThrow();
    CompletableFuture<Hold> first = semaphore.acquireAsync(LONG);
    CompletableFuture<Hold> second = semaphore.acquireAsync(LONG);
    world.seconds(1);
    first.cancel(false);
    held.close();
    world.seconds(2);
    assertThat(second).isCompleted();
    second.join().close();
    assertThat(of(a, 1).tryAcquire()).isPresent();
  }

  @Test
  void waitCancelledWhileATryIsUnderWay_givesThePermitBack() throws InterruptedException {
    CompletableFuture<Hold> waiting = of(b, 1).acquireAsync(LONG);
    world.time.advance(Duration.ofMillis(1));
    waiting.cancel(false);
    world.seconds(0.1);
    assertThat(of(a, 1).tryAcquire()).isPresent();
  }

  @Test
  void lostPermit_isTold_andIsNotPassedOn() throws InterruptedException {
    CountedSemaphore semaphore = of(a, 1);
    Hold permit = semaphore.tryAcquire().orElseThrow();
    List<Revocation> told = new ArrayList<>();
    permit.onRevoked(told::add);
    CompletableFuture<Hold> waiting = semaphore.acquireAsync(LONG);
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(17);
    assertThat(told)
        .extracting(Revocation::reason)
        .containsExactly(Revocation.Reason.LEASE_EXPIRED);
    assertThat(permit.isHeld()).isFalse();
    assertThat(waiting).isNotDone();
    a.store.heal();
    permit.close();
    world.seconds(10);
    assertThat(waiting).isCompleted();
  }

  @Test
  void outage_isWaitedFor_andToldWhenTheTimeIsUp() {
    b.store.failAll(Fault.THROTTLED);
    CompletableFuture<Hold> waiting = of(b, 3).acquireAsync(Duration.ofSeconds(5));
    CompletableFuture<Hold> longer = of(b, 3).acquireAsync(Duration.ofSeconds(60));
    world.seconds(6);
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(LockStoreException.class);
    b.store.heal();
    world.seconds(2);
    assertThat(longer).isCompleted();
  }

  @Test
  void failureThatStays_isToldAtOnce() {
    b.store.failAll(Fault.ACCESS_DENIED);
    assertThatThrownBy(() -> of(b, 3).acquire(LONG)).isInstanceOf(LockStoreException.class);
    assertThat(b.store.trace()).hasSize(1);
  }

  @Test
  void lostAnswerOfTheGrant_leavesNoPermitBehind() throws InterruptedException {
    b.store.failNext("acquire", Fault.ANSWER_LOST);
    CompletableFuture<Hold> waiting = of(b, 2).acquireAsync(LONG);
    world.seconds(30);
    assertThat(waiting).isCompleted();
    assertThat(of(a, 2).tryAcquire()).isPresent();
    assertThat(of(a, 2).tryAcquire()).isEmpty();
  }

  @Test
  void closingTheClient_endsEveryWait() throws InterruptedException {
    all(of(a, 2));
    CountedSemaphore semaphore = of(b, 2);
    CompletableFuture<Hold> first = semaphore.acquireAsync(LONG);
    CompletableFuture<Hold> second = semaphore.acquireAsync(LONG);
    world.seconds(1);
    b.client.close();
    world.seconds(5);
    for (CompletableFuture<Hold> each : List.of(first, second)) {
      assertThatThrownBy(each::join)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isInstanceOf(RuntimeException.class);
    }
    assertThatThrownBy(semaphore::tryAcquire).isInstanceOf(RuntimeException.class);
  }

  @Test
  void clientsThatDisagree_areBoundByTheLargerNumber() throws InterruptedException {
    List<Hold> three = all(of(a, 3));
    assertThat(of(b, 5).tryAcquire()).isPresent();
    assertThat(of(b, 5).tryAcquire()).isPresent();
    assertThat(of(b, 5).tryAcquire()).isEmpty();
    assertThat(three).allMatch(Hold::isHeld);
    assertThatThrownBy(() -> of(a, 101)).hasMessageContaining("101");
    assertThatThrownBy(() -> of(a, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(a, 3).acquire(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void requestThatDoesNotFit_isRefused_andNobodyWaitsForEver() {
    CountedSemaphore semaphore =
        CountedSemaphore.of(
            a.client, LockRequest.builder("k").heartbeatInterval(Duration.ofSeconds(6)).build(), 3);
    assertThatThrownBy(() -> semaphore.acquire(LONG)).isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * Clients crash, pause and sleep, and lose answers; nobody ever sees more holders than permits.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void holders_areNeverMoreThanPermits_whateverHappensToThem(long seed) {
    int permits = 3;
    SplittableRandom random = new SplittableRandom(seed);
    List<World.Node> nodes = new ArrayList<>();
    List<Hold> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      nodes.add(world.node("n" + i));
    }
    nodes.forEach(node -> run(node, of(node, permits), random, held));
    Disturbances disturbances = new Disturbances(nodes, random);
    int most = 0;
    for (int step = 0; step < 3_000; step++) {
      world.seconds(0.1);
      disturbances.next();
      long now = held.stream().filter(Hold::isHeld).count();
      assertThat(now).isLessThanOrEqualTo(permits);
      most = (int) Math.max(most, now);
    }
    assertThat(most).isEqualTo(permits);
    assertThat(held).hasSizeGreaterThan(20);
  }

  private void run(
      World.Node node, CountedSemaphore semaphore, SplittableRandom random, List<Hold> held) {
    if (world.isEnding()) {
      return;
    }
    semaphore
        .acquireAsync(Duration.ofSeconds(100))
        .whenComplete(
            (permit, failure) -> {
              if (permit != null) {
                held.add(permit);
              }
              node.machine.after(
                  Duration.ofMillis(random.nextInt(5_000)),
                  () -> {
                    if (permit != null) {
                      permit.closeAsync();
                    }
                    run(node, semaphore, random, held);
                  });
            });
  }
}
