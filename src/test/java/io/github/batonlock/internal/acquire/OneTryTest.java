package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Acquisitions of one try among others of the same client, as time-lines on a virtual clock.
 * Requests take 4 ms.
 */
class OneTryTest {
  private static final int TRIES = 40;

  @RegisterExtension final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static void once(LockRequest.Builder request) {
    request.waitUpTo(Duration.ZERO);
  }

  private static CompletableFuture<HeldLock> tries(World.Node node) {
    return tries(node, request -> {});
  }

  private static CompletableFuture<HeldLock> tries(
      World.Node node, Consumer<LockRequest.Builder> request) {
    return node.acquire(
        builder -> {
          once(builder);
          request.accept(builder);
        });
  }

  private static List<CompletableFuture<HeldLock>> tries(World.Node node, int number) {
    List<CompletableFuture<HeldLock>> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      all.add(tries(node));
    }
    return all;
  }

  private static LockNotAcquiredException refusal(CompletableFuture<HeldLock> tried) {
    return (LockNotAcquiredException)
        catchThrowableOfType(CompletionException.class, tried::join).getCause();
  }

  private void assertRefused(List<CompletableFuture<HeldLock>> all, String holder) {
    for (CompletableFuture<HeldLock> each : all) {
      LockNotAcquiredException refused = refusal(each);
      assertThat(refused.reason()).isEqualTo(Reason.HELD);
      assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo(holder);
    }
  }

  // Held by this client

  /** Regression: a write for each. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lockThatItsOwnClientHolds_isRefusedWithoutARequest(boolean shared)
      throws InterruptedException {
    HeldLock lock = a.acquired(r -> r.leases(shared ? Leases.shared() : Leases.own()));
    int before = a.store.trace().size();

    for (int i = 0; i < TRIES; i++) {
      assertThat(a.client.tryAcquire("k")).isEmpty();
    }
    List<CompletableFuture<HeldLock>> all = tries(a, TRIES);
    world.time.settle();

    assertRefused(all, "a");
    assertThat(refusal(all.get(0)).holder().orElseThrow().fencingToken())
        .hasValue(lock.fencingToken());
    assertThat(a.store.trace()).hasSize(before);
  }

  @Test
  void lockThatItsOwnClientHasLost_isTriedByAWrite() throws InterruptedException {
    HeldLock lock = a.acquired();
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(17);
    a.store.heal();
    assertThat(lock.isHeld()).isFalse();
    assertThat(a.client.tryAcquire("k")).isEmpty();
    assertThat(a.store.count("acquire")).isEqualTo(2);
  }

  // Just being taken

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void triesWhileAnotherTakesTheLock_costNothing_andNameTheirOwnClient(boolean behindAWaiter) {
    CompletableFuture<HeldLock> first = behindAWaiter ? a.acquire() : tries(a);
    List<CompletableFuture<HeldLock>> others = tries(a, TRIES);
    world.time.advance(Duration.ofMillis(1));
    others.addAll(tries(a, TRIES));
    world.time.advance(Duration.ofMillis(3));

    assertThat(first.join().isHeld()).isTrue();
    assertRefused(others, "a");
    assertThat(a.store.trace()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void triesWhileAnotherIsRefused_shareWhatItSaw(boolean behindAWaiter) {
    HeldLock held = b.acquired();
    CompletableFuture<HeldLock> first = behindAWaiter ? a.acquire() : tries(a);
    List<CompletableFuture<HeldLock>> others = tries(a, TRIES);
    world.time.advance(Duration.ofMillis(4));

    assertRefused(others, "b");
    assertThat(refusal(others.get(0)).holder().orElseThrow().fencingToken())
        .hasValue(held.fencingToken());
    assertThat(first.isDone()).isEqualTo(!behindAWaiter);
    assertThat(a.store.trace()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tryAcquireWhileAnotherIsUnderWay_sharesItsOutcome(boolean held) throws InterruptedException {
    if (held) {
      b.acquired();
    }
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    assertThat(a.client.tryAcquire("k")).isEmpty();
    assertThat(a.client.tryAcquire("k")).isEmpty();
    assertThat(waiting.isDone()).isEqualTo(!held);
    assertThat(a.store.trace()).hasSize(1);
  }

  @Test
  void tryBehindAWaiterThatHasSeenAHolder_isRefusedWithoutARequest() throws InterruptedException {
    b.acquired();
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(10.3);
    int before = a.store.trace().size();

    List<CompletableFuture<HeldLock>> all = tries(a, TRIES);
    world.time.settle();
    assertRefused(all, "b");
    assertThat(a.client.tryAcquire("k")).isEmpty();

    assertThat(a.store.trace()).hasSize(before);
    assertThat(waiting).isNotDone();
  }

  /** The lock is free, and the waiter's next look is about to show it: the lock is the waiter's. */
  @Test
  void tryDuringTheLookOfAWaiter_leavesTheLockToThat() {
    HeldLock held = b.acquired();
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(10);
    held.close();
    long polls = a.store.count("poll");
    while (a.store.count("poll") == polls) {
      world.time.advance(Duration.ofMillis(1));
    }
    CompletableFuture<HeldLock> tried = tries(a);
    world.seconds(0.1);
    assertThat(waiting.join().isHeld()).isTrue();
    assertRefused(List.of(tried), "a");
  }

  @Test
  void waiterThatComesWhileATryIsUnderWay_waitsForItsOutcome_andSendsNothing() {
    CompletableFuture<HeldLock> first = tries(a);
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    world.time.advance(Duration.ofMillis(4));
    assertThat(a.store.trace()).hasSize(1);

    first.join().close();
    world.time.advance(Duration.ofMillis(4));

    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(a.store.trace()).hasSize(2);
  }

  @Test
  void triesWhileTheSessionIsOpened_shareTheOutcome() {
    Consumer<LockRequest.Builder> shared = request -> request.leases(Leases.shared());
    CompletableFuture<HeldLock> first = tries(a, shared);
    CompletableFuture<HeldLock> second = tries(a, shared);
    world.time.advance(Duration.ofMillis(10));
    assertThat(first.join().isHeld()).isTrue();
    assertRefused(List.of(second), "a");
    assertThat(a.store.trace()).hasSize(2);
  }

  @Test
  void tryThatFollowsAWaiter_isRefused_whenATransactionTakesTheLock() throws InterruptedException {
    HeldLock held = b.acquired();
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(10);
    held.close();
    assertThat(MultiLock.of(a.client, "k").tryAcquire()).isPresent();
    CompletableFuture<HeldLock> tried = tries(a);
    world.seconds(3);
    assertRefused(List.of(tried), "a");
    assertThat(waiting).isNotDone();
  }

  // Others that end without knowing

  @Test
  void triesWhileTheTableDoesNotAnswerAnother_failAlike_eachWithAnExceptionOfItsOwn() {
    a.store.failAll(Fault.THROTTLED);
    CompletableFuture<HeldLock> first = tries(a);
    List<CompletableFuture<HeldLock>> others = tries(a, 3);
    world.time.advance(Duration.ofMillis(4));

    Throwable ofFirst = catchThrowableOfType(CompletionException.class, first::join).getCause();
    List<Throwable> seen = new ArrayList<>();
    for (CompletableFuture<HeldLock> other : others) {
      Throwable why = catchThrowableOfType(CompletionException.class, other::join).getCause();
      assertThat(why)
          .isInstanceOfSatisfying(
              LockStoreException.class,
              failure -> {
                assertThat(failure.kind()).isEqualTo(LockStoreException.Kind.THROTTLED);
                assertThat(failure.mayHaveBeenApplied()).isFalse();
              })
          .hasMessageContaining("lock 'k'")
          .hasCause(ofFirst);
      seen.add(why);
    }
    assertThat(seen).doesNotHaveDuplicates().doesNotContain(ofFirst);
    assertThat(a.store.trace()).hasSize(1);
  }

  @Test
  void triesBehindAWaiterThatTheTableDoesNotAnswer_failAlike() {
    a.store.failAll(Fault.THROTTLED);
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    CompletableFuture<HeldLock> during = tries(a);
    world.time.advance(Duration.ofMillis(5));
    assertThatThrownBy(during::join).hasCauseInstanceOf(LockStoreException.class);

    assertThatThrownBy(() -> a.client.tryAcquire("k")).isInstanceOf(LockStoreException.class);

    assertThat(a.store.trace()).hasSize(1);
    a.store.heal();
    world.seconds(2);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tryWhoseForerunnerIsCancelled_triesForItself(boolean behindAWaiter) {
    CompletableFuture<HeldLock> first = behindAWaiter ? a.acquire() : tries(a);
    CompletableFuture<HeldLock> second = tries(a);
    CompletableFuture<HeldLock> third = tries(a);
    world.time.advance(Duration.ofMillis(1));
    first.cancel(true);
    world.seconds(0.1);
    assertThat(second.join().isHeld()).isTrue();
    assertRefused(List.of(third), "a");
    world.seconds(60);
    assertThat(second.join().isHeld()).isTrue();
  }

  @Test
  void tryThatIsCancelled_isInNobodysWay() {
    CompletableFuture<HeldLock> first = tries(a);
    CompletableFuture<HeldLock> second = tries(a);
    world.time.advance(Duration.ofMillis(1));
    second.cancel(true);
    world.seconds(0.1);
    assertThat(first.join().isHeld()).isTrue();
    assertThat(a.store.trace()).hasSize(1);
  }

  @Test
  void tryWhoseForerunnerWantsAnExistingItem_triesForItself() {
    CompletableFuture<HeldLock> first = tries(a, request -> request.onlyIfExists(true));
    CompletableFuture<HeldLock> second = tries(a);
    world.seconds(0.1);
    assertThat(refusal(first).reason()).isEqualTo(Reason.NO_SUCH_LOCK);
    assertThat(second.join().isHeld()).isTrue();
  }

  @Test
  void tryWhoseForerunnerIsRefusedAsInvalid_triesForItself() {
    SdkBytes large = SdkBytes.fromByteArray(new byte[400 * 1024 - 20]);
    CompletableFuture<HeldLock> first = tries(a, request -> request.data(large));
    CompletableFuture<HeldLock> second = tries(a);
    world.seconds(0.1);
    assertThatThrownBy(first::join).hasCauseInstanceOf(LockStoreException.class);
    assertThat(second.join().isHeld()).isTrue();
  }

  @Test
  void tryWhoseForerunnersTimeIsUp_triesForItself() {
    a.store.failNext("open", Fault.HANG);
    CompletableFuture<HeldLock> first =
        a.acquire(r -> r.leases(Leases.shared()).waitUpTo(Duration.ofMillis(100)));
    CompletableFuture<HeldLock> second = tries(a);
    world.seconds(0.2);
    assertThat(first).isCompletedExceptionally();
    assertThat(second.join().isHeld()).isTrue();
  }

  @Test
  void closingClient_endsTheTriesThatFollow() {
    a.store.failAll(Fault.HANG);
    CompletableFuture<HeldLock> first = tries(a);
    CompletableFuture<HeldLock> second = tries(a);
    world.time.advance(Duration.ofMillis(1));
    a.client.close();
    assertThat(List.of(refusal(first), refusal(second)))
        .extracting(LockNotAcquiredException::reason)
        .containsExactly(Reason.CLIENT_CLOSED, Reason.CLIENT_CLOSED);
  }

  // While this client gives the lock back

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void acquisitionWhileItsClientReleasesTheLock_isOneWriteAfterThat(boolean oneTry) {
    HeldLock lock = a.acquired();
    lock.closeAsync();
    world.time.advance(Duration.ofMillis(1));
    CompletableFuture<HeldLock> next = oneTry ? tries(a) : a.acquire();
    List<CompletableFuture<HeldLock>> others = tries(a, 3);
    world.time.advance(Duration.ofMillis(7));

    assertThat(next.join().fencingToken()).isEqualTo(lock.fencingToken() + 1);
    assertRefused(others, "a");
    assertThat(a.store.trace()).containsExactly("0 acquire", "10 release", "14 acquire");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"REQUEST_LOST", "ANSWER_LOST", "HANG", "THROTTLED", "SDK_RETRY"})
  void acquisitionWhileTheReleaseHasNoAnswer_doesNotWaitLong(Fault fault)
      throws InterruptedException {
    HeldLock lock = a.acquired();
    a.store.failNext("release", fault);
    lock.closeAsync();
    Duration began = world.time.elapsed();
    assertThat(a.client.tryAcquire("k")).isPresent();
    assertThat(world.time.elapsed().minus(began)).isLessThan(Duration.ofMillis(1_020));
    world.seconds(60);
    assertThat(world.owner()).isEqualTo("a");
    assertThat(world.isReleased()).isFalse();
  }

  @Test
  void tryWhileTheLockIsFoundTakenAtItsRelease_isRefused() {
    HeldLock lock = a.acquired();
    world.table.removeRow(lock.key());
    b.acquired();
    lock.closeAsync();
    CompletableFuture<HeldLock> tried = tries(a);
    world.seconds(0.1);
    assertRefused(List.of(tried), "b");
  }

  // Many

  /**
   * Eight users of one client, each of whom tries fifty times and keeps what it gets for a moment.
   *
   * <p>Regression: 2,058 writes for 281 grants, in an arrangement like this.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void usersOfOneClient_payTwoWritesAGrant_andNothingForARefusal(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] counts = new int[2];
    for (int user = 0; user < 8; user++) {
      tryOften(random, 50, counts);
    }
    world.seconds(60);

    assertThat(counts[0] + counts[1]).isEqualTo(400);
    assertThat(counts[0]).isGreaterThan(40);
    assertThat(a.store.trace()).hasSizeLessThanOrEqualTo(2 * counts[0]);
    assertThat(a.store.count("acquire") + a.store.count("handoff")).isEqualTo(counts[0]);
  }

  static List<Integer> seeds() {
    return List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  /** Each try blocks its user; the others go on meanwhile. */
  private void tryOften(SplittableRandom random, int times, int[] counts) {
    if (times == 0) {
      return;
    }
    a.machine.after(
        Duration.ofMillis(random.nextInt(20)),
        () -> {
          Optional<HeldLock> lock = tried();
          counts[lock.isPresent() ? 0 : 1]++;
          a.machine.after(
              Duration.ofMillis(random.nextInt(20)),
              () -> {
                lock.ifPresent(HeldLock::closeAsync);
                tryOften(random, times - 1, counts);
              });
        });
  }

  private Optional<HeldLock> tried() {
    try {
      return a.client.tryAcquire("k");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** With those that wait, too: they never write in vain. */
  @ParameterizedTest
  @MethodSource("seeds")
  void usersOfOneClient_someOfWhomWait_payTwoWritesAGrant(int seed) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    int[] counts = new int[2];
    int[] waited = new int[1];
    for (int user = 0; user < 6; user++) {
      tryOften(random, 50, counts);
    }
    for (int user = 0; user < 2; user++) {
      waitOften(random, 20, waited);
    }
    world.seconds(60);

    assertThat(waited[0]).isEqualTo(40);
    assertThat(counts[0] + counts[1]).isEqualTo(300);
    assertThat(a.store.trace()).hasSizeLessThanOrEqualTo(2 * (counts[0] + waited[0]));
    Optional<HeldLock> last = b.client.tryAcquire("k");
    assertThat(last).isPresent();
  }

  private void waitOften(SplittableRandom random, int times, int[] counts) {
    if (times == 0) {
      return;
    }
    Duration pause = Duration.ofMillis(random.nextInt(20));
    var unused =
        a.acquire(LockRequest.Builder::waitForever)
            .thenAccept(
                lock -> {
                  counts[0]++;
                  a.machine.after(
                      pause,
                      () -> {
                        var unusedToo = lock.closeAsync();
                        waitOften(random, times - 1, counts);
                      });
                });
  }
}
