package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockWatch;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.RecordingListener;
import io.github.batonlock.support.Throwing;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Clients whose callback executor takes no tasks, and that can make no threads of their own for a
 * while. Lease 20 s, usable 16 s, beat 5 s; requests 4 ms.
 */
class RefusingExecutorsTest {
  private final RecordingListener listener = new RecordingListener();
  private final List<String> told = listener.told;
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> {}, listener);
  private final List<Revocation> lost = new ArrayList<>();

  private static List<Throwable> kinds() {
    return Throwing.kinds().toList();
  }

  /** The user's executor throws from now on. */
  private void executorThrows(Throwable thrown) {
    a.machine.beforeCallback(() -> Throwing.sneaky(thrown));
  }

  /** As a process at its limit of threads does, for so long. */
  private void noThreadsFor(Duration duration) {
    Duration until = world.time.elapsed().plus(duration);
    a.machine.beforeThread(
        () -> {
          if (world.time.elapsed().compareTo(until) < 0) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void loss_whileTheExecutorThrows_isToldOnce_andTheLockCanBeAcquiredAgain(Throwable thrown) {
    HeldLock lock = a.acquired(request -> request.onRevoked(lost::add));
    executorThrows(thrown);
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);
    assertThat(lost).extracting(Revocation::reason).containsExactly(Reason.ITEM_DELETED);
    assertThat(lock.isHeld()).isFalse();

    CompletableFuture<HeldLock> again = a.acquire(request -> request.waitUpTo(Duration.ZERO));
    world.seconds(1);

    assertThat(again.join().isHeld()).isTrue();
    assertThat(lost).hasSize(1);
    assertThat(told).containsExactly("acquired k", "revoked ITEM_DELETED", "acquired k");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void loss_whileNoThreadCanBeMade_isToldWhenOneCan(Throwable thrown) {
    HeldLock lock = a.acquired(request -> request.onRevoked(lost::add));
    world.table.removeRow(LockKey.of("k"));
    executorThrows(thrown);
    noThreadsFor(Duration.ofSeconds(7));
    world.seconds(6.9);
    assertThat(lock.revocation()).isPresent();
    assertThat(lost).isEmpty();
    CompletableFuture<HeldLock> again = a.acquire(request -> request.waitUpTo(Duration.ZERO));

    world.seconds(1);

    assertThat(lost).hasSize(1);
    assertThat(again.join().isHeld()).isTrue();
    assertThat(told).containsExactly("acquired k", "revoked ITEM_DELETED", "acquired k");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void grant_whileTheExecutorThrows_returnsInTime_andTheLockIsKept(Throwable thrown)
      throws InterruptedException {
    executorThrows(thrown);
    HeldLock lock =
        a.client.acquire(LockRequest.builder("k").waitUpTo(Duration.ofSeconds(3)).build());
    assertThat(world.time.elapsed()).isLessThan(Duration.ofMillis(100));
    world.seconds(60);
    assertThat(lock.isHeld()).isTrue();

    lock.close();
    world.time.settle();

    assertThat(world.isReleased()).isTrue();
    assertThat(told).containsExactly("acquired k", "released k");
  }

  @Test
  void grant_whileNoThreadCanBeMade_returnsInTime_andIsToldLater() throws InterruptedException {
    executorThrows(new IllegalStateException("not now"));
    noThreadsFor(Duration.ofMillis(1_500));
    HeldLock lock =
        a.client.acquire(LockRequest.builder("k").waitUpTo(Duration.ofSeconds(3)).build());
    assertThat(world.time.elapsed()).isLessThan(Duration.ofMillis(100));
    assertThat(lock.isHeld()).isTrue();
    assertThat(told).isEmpty();

    world.seconds(3);

    assertThat(told).containsExactly("acquired k");
  }

  @Test
  void asyncGrant_whileNoThreadCanBeMade_isHandedOverWhenOneCan() {
    executorThrows(new IllegalStateException("not now"));
    noThreadsFor(Duration.ofMillis(1_500));
    CompletableFuture<HeldLock> lock = a.acquire();
    world.seconds(1.4);
    assertThat(lock).isNotDone();
    assertThat(world.owner()).isEqualTo("a");

    world.seconds(1.4);

    assertThat(lock.join().isHeld()).isTrue();
  }

  @Test
  void close_whileTheExecutorThrows_tellsReleasesAndIsNotLate() {
    HeldLock lock = a.acquired(request -> request.onRevoked(lost::add));
    executorThrows(new IllegalStateException("shut down before its client"));
    Duration began = world.time.elapsed();

    a.client.close();

    assertThat(world.time.elapsed().minus(began)).isLessThan(Duration.ofMillis(100));
    assertThat(lost).extracting(Revocation::reason).containsExactly(Reason.CLIENT_CLOSED);
    assertThat(world.isReleased()).isTrue();
    assertThat(lock.isHeld()).isFalse();
  }

  @Test
  void close_whileNoThreadCanBeMade_endsWithinItsTimeout_andTellsAllTheSame() {
    HeldLock lock = a.acquired(request -> request.onRevoked(lost::add));
    executorThrows(new IllegalStateException("shut down before its client"));
    noThreadsFor(Duration.ofDays(1));
    Duration began = world.time.elapsed();

    a.client.close();
    world.time.settle();

    assertThat(world.time.elapsed().minus(began)).isEqualTo(Duration.ofSeconds(10));
    assertThat(lost).extracting(Revocation::reason).containsExactly(Reason.CLIENT_CLOSED);
    assertThat(told).contains("revoked CLIENT_CLOSED");
    assertThat(world.isReleased()).isTrue();
    lock.onRevoked(loss -> told.add("told after the end"));
    assertThat(told).endsWith("told after the end");
  }

  @Test
  void jeopardyAndSafe_whileTheExecutorThrows_areToldAndTheDeadlineIsWatchedOn() {
    HeldLock lock = a.acquired();
    executorThrows(new AssertionError("a bug"));
    a.store.failAll(Fault.THROTTLED);
    world.seconds(11);
    a.store.heal();
    world.seconds(3);
    a.store.failAll(Fault.THROTTLED);
    world.seconds(22);

    assertThat(told)
        .containsExactly("acquired k", "jeopardy", "safe", "jeopardy", "revoked LEASE_EXPIRED");
    assertThat(lock.revocation()).isPresent();
  }

  @Test
  void futuresAndWatches_whileTheExecutorThrows_tellWhatTheyHaveToTell() {
    HeldLock lock = a.acquired();
    executorThrows(new StackOverflowError());
    List<LockWatch.State> seen = new ArrayList<>();
    LockWatch watch = a.client.watch(LockKey.of("k"), seen::add);
    CompletableFuture<Void> update = lock.updateDataAsync(SdkBytes.fromUtf8String("data"));
    world.seconds(1);
    assertThat(update).isCompleted();
    assertThat(seen).isNotEmpty();
    CompletableFuture<Void> closed = lock.closeAsync();
    world.seconds(6);

    assertThat(closed).isCompleted();
    assertThat(seen).last().extracting(LockWatch.State::liveness).hasToString("FREE");
    watch.close();
  }

  @Test
  void work_whileTheExecutorThrows_isInterruptedAndToldAtItsEnd() {
    executorThrows(new AssertionError("a bug"));
    assertThatThrownBy(
            () ->
                a.client.runLocked(
                    LockRequest.builder("k").onRevoked(lost::add).build(),
                    lock -> {
                      world.table.removeRow(LockKey.of("k"));
                      world.seconds(6);
                      assertThat(Thread.interrupted()).isTrue();
                    }))
        .isInstanceOf(LockRevokedException.class);
    world.time.settle();
    assertThat(lost).hasSize(1);
  }
}
