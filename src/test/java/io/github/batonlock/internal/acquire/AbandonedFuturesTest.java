package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.GoneCaller;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers of acquireAsync who complete the future themselves, in any way there is. */
class AbandonedFuturesTest {
  private static final int MANY = 1_000;

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  @ParameterizedTest
  @EnumSource
  void attempt_whoseCallerHasGone_sendsNothingMore(GoneCaller caller) {
    b.acquired();
    CompletableFuture<HeldLock> abandoned = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(10);
    caller.leaves(abandoned);
    world.time.settle();
    int sent = a.store.trace().size();

    world.seconds(3_600);

    assertThat(a.store.trace()).hasSize(sent);
  }

  @ParameterizedTest
  @EnumSource
  void callers_whoHaveGone_costTheLivingOneBehindThemNothing(GoneCaller caller) {
    HeldLock lock = b.acquired();
    List<CompletableFuture<HeldLock>> abandoned = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      abandoned.add(a.acquire(LockRequest.Builder::waitForever));
    }
    world.seconds(1);
    abandoned.forEach(caller::leaves);
    CompletableFuture<HeldLock> living = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(3);
    long before = a.store.count("acquire");
    lock.close();
    Duration freed = world.time.elapsed();
    while (!living.isDone()) {
      world.time.advance(Duration.ofMillis(10));
    }

    assertThat(living.join().isHeld()).isTrue();
    assertThat(world.time.elapsed().minus(freed)).isLessThan(Duration.ofMillis(1_500));
    assertThat(a.store.count("acquire") - before).isEqualTo(1);
    assertThat(a.store.count("handoff") + a.store.count("release")).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void lock_grantedToACallerWhoGoesMeanwhile_isReleased(GoneCaller caller) {
    CompletableFuture<HeldLock> abandoned = a.acquire();
    world.time.advance(Duration.ofMillis(1));
    caller.leaves(abandoned);
    world.seconds(1);

    assertThat(world.isReleased()).isTrue();
    assertThat(a.store.trace())
        .extracting(line -> line.replaceAll("[0-9]+ ", ""))
        .containsExactly("acquire", "release");
  }

  @ParameterizedTest
  @EnumSource
  void lock_handedToACallerWhoGoesAtThatMoment_isReleased(GoneCaller caller) {
    CompletableFuture<HeldLock> abandoned = a.acquire();
    a.machine.beforeCallback(() -> caller.leaves(abandoned));
    world.seconds(1);

    assertThat(world.isReleased()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void lock_whoseFutureIsLeftWhenItIsThere_isKept(GoneCaller caller) {
    CompletableFuture<HeldLock> kept = a.acquire();
    world.seconds(1);
    caller.leaves(kept);
    world.seconds(60);

    assertThat(kept.join().isHeld()).isTrue();
  }

  /** A cancellation reaches what waits for its turn. */
  @Test
  void looks_thatWaitForTheirTurn_areNotSentForCallersWhoHaveGone() {
    List<CompletableFuture<HeldLock>> waiting = new ArrayList<>();
    a.store.fail("poll", Fault.HANG);
    for (int i = 0; i < 200; i++) {
      String key = "k" + i;
      b.acquired(request -> request.key(key));
      waiting.add(a.acquire(request -> request.key(key).waitForever()));
    }
    world.time.settle();
    long underWay = a.store.count("poll");
    waiting.forEach(GoneCaller.CANCELS::leaves);

    world.seconds(60);

    assertThat(underWay).isEqualTo(30);
    assertThat(a.store.count("poll")).isEqualTo(underWay);
  }
}
