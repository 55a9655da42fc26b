package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Waiters of one client for one lock, as time-lines on a virtual clock: requests take 4 ms. */
class WaitQueueTest implements LockListener {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> {}, this);
  private final World.Node b = world.node("b");
  private final List<String> told = new ArrayList<>();

  @Override
  public void released(HeldLock lock) {
    told.add("released");
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, io.github.batonlock.LockException failure) {
    told.add("unconfirmed");
  }

  private List<CompletableFuture<HeldLock>> waiters(World.Node node, int number) {
    List<CompletableFuture<HeldLock>> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      all.add(node.acquire(r -> r.waitForever()));
    }
    world.time.settle();
    return all;
  }

  @Test
  void waiters_behindTheirOwnClient_costNothing_andGetTheLockInOrderByOneWriteEach() {
    HeldLock lock = a.acquired();
    List<CompletableFuture<HeldLock>> waiting = waiters(a, 5);
    long before = a.store.trace().stream().filter(line -> !line.endsWith("heartbeat")).count();
    world.seconds(60);
    for (CompletableFuture<HeldLock> next : waiting) {
      long token = lock.fencingToken();
      lock.close();
      world.time.advance(Duration.ofMillis(4));
      assertThat(next).isCompleted();
      lock = next.join();
      assertThat(lock.fencingToken()).isEqualTo(token + 1);
      assertThat(lock.isHeld()).isTrue();
    }
    assertThat(a.store.count("handoff")).isEqualTo(5);
    assertThat(a.store.count("release") + a.store.count("poll")).isZero();
    long requests = a.store.trace().stream().filter(line -> !line.endsWith("heartbeat")).count();
    assertThat(requests - before).isEqualTo(5);
    assertThat(told).hasSize(5).containsOnly("released");
  }

  /**
   * Regression: until its time was seen to be up, it stood first in line, so that the lock was
   * freed for everybody, and it took what it would not wait for.
   */
  @Test
  void oneTry_whereTheClientHoldsTheLockItself_isInNobodysWay() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> oneTry = a.acquire(r -> r.waitUpTo(Duration.ZERO));
    CompletableFuture<HeldLock> waiting = a.acquire(r -> r.waitForever());
    lock.closeAsync();
    world.time.advance(Duration.ofMillis(4));

    assertThat(oneTry).isCompletedExceptionally();
    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(a.store.count("handoff")).isEqualTo(1);
    assertThat(a.store.count("release") + a.store.count("poll")).isZero();
  }

  @Test
  void waiters_behindAnotherClient_lookNoMoreOftenThanOne() {
    a.acquired();
    List<CompletableFuture<HeldLock>> one = waiters(b, 1);
    World.Node c = world.node("c");
    List<CompletableFuture<HeldLock>> many = waiters(c, 100);
    world.seconds(100);
    assertThat(c.store.trace().size()).isLessThan(b.store.trace().size() * 11 / 10);
    assertThat(one).noneMatch(CompletableFuture::isDone);
    assertThat(many).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void waiter_whoGivesUp_letsTheNextGoOn() {
    a.acquired().closeAsync();
    HeldLock lock = a.acquired();
    List<CompletableFuture<HeldLock>> waiting = waiters(b, 3);
    world.seconds(5);
    assertThat(waiting.get(0).cancel(false)).isTrue();
    lock.close();
    world.seconds(2);
    assertThat(waiting.get(1)).isCompleted();
    assertThat(waiting.get(2)).isNotDone();
  }

  @Test
  void waiter_whoseTimeIsUpInTheMiddleOfTheLine_leavesIt() {
    HeldLock lock = a.acquired();
    List<CompletableFuture<HeldLock>> first = waiters(a, 1);
    CompletableFuture<HeldLock> hurried = a.acquire(r -> r.waitUpTo(Duration.ofSeconds(3)));
    List<CompletableFuture<HeldLock>> last = waiters(a, 1);
    world.seconds(3);
    assertThat(hurried).isCompletedExceptionally();
    assertThatThrownBy(hurried::join)
        .hasRootCauseInstanceOf(LockNotAcquiredException.class)
        .rootCause()
        .satisfies(
            refused -> {
              Optional<LockInfo> holder = ((LockNotAcquiredException) refused).holder();
              assertThat(holder.orElseThrow().ownerName()).isEqualTo("a");
              assertThat(holder.orElseThrow().fencingToken()).hasValue(lock.fencingToken());
            });
    lock.close();
    world.seconds(0.1);
    first.get(0).join().close();
    world.seconds(0.1);
    assertThat(last.get(0)).isCompleted();
    assertThat(a.store.count("handoff")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "REQUEST_LOST",
        "ANSWER_LOST",
        "BROKEN_AFTER",
        "SDK_RETRY",
        "THROTTLED",
        "APPLIED_LATER"
      })
  void handoff_thatFails_endsTheOneHoldAndBeginsTheNext(Fault fault) {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next = waiters(a, 1).get(0);
    a.store.failNext("handoff", fault);
    CompletableFuture<Void> closed = lock.closeAsync();
    world.seconds(6);
    assertThat(closed).isCompleted();
    assertThat(next).isCompleted();
    assertThat(next.join().isHeld()).isTrue();
    assertThat(next.join().fencingToken()).isGreaterThan(lock.fencingToken());
    assertThat(lock.isHeld()).isFalse();
    world.seconds(60);
    assertThat(next.join().isHeld()).isTrue();
    assertThat(told).endsWith("released").doesNotHaveDuplicates();
  }

  @Test
  void handoff_ofALockThatSomebodyTook_losesItAndGoesOnWaiting() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next = waiters(a, 1).get(0);
    world.table.removeRow(lock.key());
    HeldLock others = b.acquired();
    lock.close();
    world.seconds(1);
    assertThat(next).isNotDone();
    assertThat(told).containsExactly("unconfirmed");
    others.close();
    world.seconds(2);
    assertThat(next).isCompleted();
  }

  @Test
  void handoff_toSomebodyWhoCancels_isReleased() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next = waiters(a, 1).get(0);
    CompletableFuture<Void> closed = lock.closeAsync();
    world.time.advance(Duration.ofMillis(1));
    next.cancel(false);
    world.seconds(1);
    assertThat(closed).isCompleted();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void lockToBeDeleted_isDeletedNotHandedOn() {
    HeldLock lock = a.acquired(r -> r.deleteOnRelease(true));
    CompletableFuture<HeldLock> next = waiters(a, 1).get(0);
    lock.close();
    world.seconds(0.1);
    assertThat(a.store.count("delete")).isEqualTo(1);
    assertThat(a.store.count("handoff")).isZero();
    assertThat(next).isCompleted();
  }

  @Test
  void otherClients_getTheirTurn_howeverManyWaitHere() {
    HeldLock lock = a.acquired();
    List<CompletableFuture<HeldLock>> here = waiters(a, 200);
    CompletableFuture<HeldLock> there = waiters(b, 1).get(0);
    int turn = 0;
    while (!there.isDone() && turn < here.size()) {
      world.seconds(0.01);
      lock.close();
      CompletableFuture<HeldLock> next = here.get(turn);
      world.until(
          "one of both has the lock", Duration.ofMinutes(1), () -> next.isDone() || there.isDone());
      if (!there.isDone()) {
        lock = here.get(turn++).join();
      }
    }
    assertThat(turn).isLessThan(100);
    assertThat(there).isCompleted();
  }

  @Test
  void lossOfTheLock_wakesTheLine() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next = waiters(a, 1).get(0);
    world.table.removeRow(lock.key());
    world.seconds(6);
    assertThat(lock.revocation()).isPresent();
    assertThat(next).isCompleted();
  }

  @Test
  void closingTheClient_tellsTheWholeLine() {
    a.acquired();
    List<CompletableFuture<HeldLock>> waiting = waiters(a, 3);
    a.client.close();
    world.time.settle();
    assertThat(waiting)
        .allSatisfy(
            each ->
                assertThatThrownBy(each::join)
                    .hasRootCauseInstanceOf(LockNotAcquiredException.class));
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void waiterUnderWay_whenItsTimeIsUp_waitsForAWriteButNotForARead() {
    a.acquired();
    CompletableFuture<HeldLock> reading = b.acquire(r -> r.waitUpTo(Duration.ofSeconds(5)));
    world.seconds(3);
    b.store.failAll(Fault.HANG);
    world.seconds(2);
    assertThat(reading).isCompletedExceptionally();
    World.Node c = world.node("c");
    c.store.fail("acquire", Fault.REQUEST_LOST);
    CompletableFuture<HeldLock> writing = c.acquire(r -> r.waitUpTo(Duration.ofMillis(500)));
    world.seconds(0.9);
    assertThat(writing).isNotDone();
    world.seconds(0.2);
    assertThat(writing).isCompletedExceptionally();
    assertThat(c.store.count("acquire")).isEqualTo(1);
  }
}
