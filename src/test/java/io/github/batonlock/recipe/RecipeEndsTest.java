package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How calls of recipes end: at their doors, with a failure each, and with their client. */
class RecipeEndsTest {
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  /** A recipe's call, of a request and a waiting time. */
  private interface Call
      extends BiFunction<LockRequest, Duration, CompletableFuture<? extends Hold>> {}

  private static List<Function<World.Node, Call>> calls() {
    return List.of(
        node -> (request, wait) -> CountedSemaphore.of(node.client, request, 2).acquireAsync(wait),
        node ->
            (request, wait) ->
                SharedExclusiveLock.of(node.client, request, 2).acquireSharedAsync(wait),
        node ->
            (request, wait) ->
                SharedExclusiveLock.of(node.client, request, 2).acquireExclusiveAsync(wait),
        node ->
            (request, wait) ->
                MultiLock.of(node.client, LockRequest.of("a"), request).acquireAsync(wait),
        node -> (request, wait) -> FairLock.of(node.client, request).acquireAsync(wait));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void arguments_outOfRange_areThrownByTheCallItself(Function<World.Node, Call> recipe) {
    Call call = recipe.apply(a);
    LockRequest request = LockRequest.of("k");
    Stream.of(Duration.ofNanos(-1), Duration.ofDays(36_501), Duration.ofSeconds(Long.MAX_VALUE))
        .forEach(
            wait ->
                assertThatThrownBy(() -> call.apply(request, wait))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("waitUpTo"));
    Stream.of(
            request.toBuilder().key("k", "sort").build(),
            request.toBuilder().heartbeatInterval(Duration.ofSeconds(6)).build(),
            request.toBuilder()
                .leases(Leases.shared())
                .leaseDuration(Duration.ofSeconds(30))
                .build())
        .forEach(
            unfit ->
                assertThatThrownBy(() -> call.apply(unfit, LONG))
                    .isInstanceOf(IllegalArgumentException.class));
    assertThat(a.store.trace()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void call_onAClosedClient_failsByItsFuture(Function<World.Node, Call> recipe) {
    Call call = recipe.apply(a);
    a.client.close();
    CompletableFuture<? extends Hold> refused = call.apply(LockRequest.of("k"), LONG);
    world.seconds(1);

    assertThatThrownBy(refused::join).cause().satisfies(RecipeEndsTest::isClosed);
  }

  private static void isClosed(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED));
  }

  /** At any moment: nothing that a closed client has taken back is given to a caller. */
  @ParameterizedTest
  @MethodSource("calls")
  void call_whoseClientIsClosedMeanwhile_givesNothingThatIsLost(Function<World.Node, Call> recipe) {
    for (int millis = 0; millis < 60; millis++) {
      World.Node node = world.node("n" + millis);
      LockRequest request = LockRequest.of("k" + millis);
      CompletableFuture<? extends Hold> call = recipe.apply(node).apply(request, LONG);
      List<Boolean> held = new ArrayList<>();
      CompletableFuture<Void> unused = call.thenAccept(given -> held.add(given.isHeld()));
      world.time.advance(Duration.ofMillis(millis));
      node.client.close();
      world.seconds(1);

      assertThat(call).isDone();
      assertThat(held).doesNotContain(false);
      if (held.isEmpty()) {
        assertThatThrownBy(call::join).cause().satisfies(RecipeEndsTest::isClosed);
      }
    }
  }

  /** What hangs on a caller's future runs as a callback, of which closing the client knows. */
  @ParameterizedTest
  @MethodSource("calls")
  void whatHangsOnAFuture_whenTheClientIsClosed_runsAsACallback(Function<World.Node, Call> recipe) {
    for (String part : List.of("k", "k/0", "k/1", "k/gate", "k/queue")) {
      assertThat(b.acquired(request -> request.key(part)).isHeld()).isTrue();
    }
    CompletableFuture<? extends Hold> waiting = recipe.apply(a).apply(LockRequest.of("k"), LONG);
    RecipeSupport support = RecipeSupport.of(a.client);
    List<Boolean> inCallback = new ArrayList<>();
    CompletableFuture<?> unused =
        waiting.handle(
            (given, failure) -> {
              inCallback.add(support.isInCallback());
              return null;
            });
    world.seconds(5);
    a.client.close();
    world.seconds(1);

    assertThat(inCallback).containsExactly(true);
    assertThat(waiting).isCompletedExceptionally();
  }

  @Test
  void waiters_whoseTimeIsUpWhileTheTableFails_haveAFailureEach() {
    CountedSemaphore permits = CountedSemaphore.of(a.client, "k", 2);
    SharedExclusiveLock lock = SharedExclusiveLock.of(a.client, "l", 16);
    a.store.failAll(Fault.THROTTLED);
    List<CompletableFuture<? extends Hold>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(permits.acquireAsync(Duration.ofSeconds(3)));
      waiting.add(lock.acquireSharedAsync(Duration.ofSeconds(3)));
    }
    world.seconds(20);

    Set<Throwable> failures = Collections.newSetFromMap(new IdentityHashMap<>());
    waiting.forEach(each -> failures.add(each.handle((given, failure) -> failure).join()));
    assertThat(failures).hasSize(20).hasOnlyElementsOfType(LockStoreException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {2_022, 2_048})
  void keyOfAFairLock_tooLongForItsTickets_isRefusedAtItsDoor(int bytes) {
    assertThatThrownBy(() -> FairLock.of(a.client, "k".repeat(bytes)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keyOfAFairLock_thatLeavesRoomForItsTickets_isFine() {
    CompletableFuture<Hold> turn = FairLock.of(a.client, "k".repeat(2_021)).acquireAsync(LONG);
    world.seconds(1);

    assertThat(turn.join().isHeld()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 36_500L * 86_400 + 1, Long.MAX_VALUE})
  void durationsOfAnElection_outOfRange_areRefusedAtTheirDoors(long seconds) {
    LeaderElection.Builder builder = LeaderElection.builder(a.client, "k");
    Duration duration = Duration.ofSeconds(seconds);

    assertThatThrownBy(() -> builder.stopTimeout(duration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stopTimeout");
    assertThatThrownBy(() -> builder.standBack(duration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("standBack");
  }

  @Test
  void durationsOfAnElection_atTheirEnds_areFine() {
    Duration longest = Duration.ofDays(36_500);
    LeaderElection election =
        LeaderElection.builder(a.client, "k").stopTimeout(longest).standBack(longest).campaign();
    world.seconds(1);
    assertThat(election.isLeader()).isTrue();
    CompletableFuture<Void> resigned = election.resign();
    world.seconds(1);

    assertThat(resigned).isCompleted();
    election.close();
  }

  @Test
  void keyOfAnElection_thatNoLockCanHave_isRefusedAtItsDoor() {
    String reserved = b.acquired(r -> r.leases(Leases.shared())).session().get().partitionKey();
    assertThatThrownBy(() -> LeaderElection.builder(a.client, reserved).campaign())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reserved");
  }
}
