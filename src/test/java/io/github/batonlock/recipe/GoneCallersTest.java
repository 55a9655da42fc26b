package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.group.Group;
import io.github.batonlock.recipe.group.Membership;
import io.github.batonlock.support.GoneCaller;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;

/** Callers of recipes who complete the future that they were given themselves. */
class GoneCallersTest {
  private static final Duration LONG = Duration.ofHours(10);
  private static final int MANY = 100;

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  /** A recipe for lock "k". */
  enum Recipe {
    SEMAPHORE,
    READER,
    WRITER,
    WRITER_WITH_THE_GATE,
    SEVERAL,
    SEVERAL_IN_ORDER,
    FAIR;

    /** What callers of one client want. */
    Function<Duration, CompletableFuture<? extends Hold>> of(World.Node node) {
      return switch (this) {
        case SEMAPHORE -> CountedSemaphore.of(node.client, "k", 1)::acquireAsync;
        case READER -> lock(node)::acquireSharedAsync;
        case WRITER, WRITER_WITH_THE_GATE -> lock(node)::acquireExclusiveAsync;
        case SEVERAL -> MultiLock.of(node.client, "k", "l")::acquireAsync;
        case SEVERAL_IN_ORDER -> MultiLock.of(node.client, "k", "l").inOrder()::acquireAsync;
        case FAIR -> FairLock.of(node.client, "k")::acquireAsync;
      };
    }

    /** What keeps them waiting. */
    Function<Duration, CompletableFuture<? extends Hold>> opponent(World.Node node) {
      return switch (this) {
        case READER -> WRITER.of(node);
        case WRITER_WITH_THE_GATE -> READER.of(node);
        default -> of(node);
      };
    }

    private static SharedExclusiveLock lock(World.Node node) {
      return SharedExclusiveLock.of(node.client, LockRequest.of("k"), 2);
    }
  }

  private static Stream<Arguments> all() {
    return Stream.of(Recipe.values())
        .flatMap(
            recipe -> Stream.of(GoneCaller.values()).map(caller -> Arguments.of(recipe, caller)));
  }

  private Hold heldByB(Recipe recipe) {
    CompletableFuture<? extends Hold> held = recipe.opponent(b).apply(Duration.ZERO);
    world.seconds(1);
    return held.join();
  }

  @ParameterizedTest
  @MethodSource("all")
  void waiter_whoHasGone_sendsNothingMore_andHoldsNothing(Recipe recipe, GoneCaller caller) {
    Hold held = heldByB(recipe);
    CompletableFuture<? extends Hold> abandoned = recipe.of(a).apply(LONG);
    world.seconds(10);
    caller.leaves(abandoned);
    world.seconds(1);
    int sent = a.store.trace().size();
    world.seconds(600);
    assertThat(a.store.trace()).hasSize(sent);

    held.closeAsync();
    world.seconds(10);

    assertThat(a.store.trace()).hasSize(sent);
    CompletableFuture<? extends Hold> next = recipe.of(b).apply(Duration.ofSeconds(5));
    world.seconds(5);
    assertThat(next.join().isHeld()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("all")
  void grant_toACallerWhoGoesMeanwhile_isGivenBack(Recipe recipe, GoneCaller caller) {
    for (int millis = 0; millis < 40; millis += 3) {
      CompletableFuture<? extends Hold> abandoned = recipe.of(a).apply(LONG);
      world.time.advance(Duration.ofMillis(millis));
      if (!abandoned.isDone()) {
        caller.leaves(abandoned);
        world.seconds(1);
        assertThatNothingIsHeld();
      } else {
        abandoned.join().closeAsync();
        world.seconds(1);
      }
    }
  }

  /** The caller leaves just before one of the tasks that lead to its answer runs, each in turn. */
  @ParameterizedTest
  @MethodSource("all")
  void grant_toACallerThatGoesBetweenTwoTasks_isGivenBack(Recipe recipe, GoneCaller caller) {
    for (int task = 1; task <= 8; task++) {
      AtomicInteger left = new AtomicInteger(task);
      List<CompletableFuture<? extends Hold>> abandoned = new ArrayList<>();
      a.machine.beforeCallback(
          () -> {
            if (left.decrementAndGet() == 0 && !abandoned.isEmpty()) {
              caller.leaves(abandoned.get(0));
            }
          });
      abandoned.add(recipe.of(a).apply(LONG));
      world.seconds(1);
      a.machine.beforeCallback(() -> {});

      CompletableFuture<? extends Hold> answer = abandoned.get(0);
      if (!answer.isCompletedExceptionally() && answer.join() != null) {
        answer.join().closeAsync();
        world.seconds(1);
      }
      assertThatNothingIsHeld();
    }
  }

  private void assertThatNothingIsHeld() {
    for (LockKey key : world.table.keys()) {
      assertThat(world.table.row(key)).as("item of " + key).containsKey("isReleased");
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void callers_whoHaveGone_costTheLivingOneBehindThemNothing(Recipe recipe, GoneCaller caller) {
    int alone = requestsOfALivingCaller(recipe, caller, 0);
    int behindMany = requestsOfALivingCaller(recipe, caller, MANY);

    // The moment of a look is random.
    assertThat(behindMany).isLessThanOrEqualTo(alone + 2);
  }

  /** How many requests it takes to give to a caller what is given back by another client. */
  private static int requestsOfALivingCaller(Recipe recipe, GoneCaller caller, int gone) {
    GoneCallersTest test = new GoneCallersTest();
    Hold held = test.heldByB(recipe);
    var recipeOfA = recipe.of(test.a);
    List<CompletableFuture<? extends Hold>> abandoned = new ArrayList<>();
    for (int i = 0; i < gone; i++) {
      abandoned.add(recipeOfA.apply(LONG));
    }
    test.world.seconds(60);
    abandoned.forEach(caller::leaves);
    test.world.seconds(60);
    CompletableFuture<? extends Hold> living = recipeOfA.apply(LONG);
    test.world.seconds(60);
    int before = test.a.store.trace().size();
    held.closeAsync();
    test.world.seconds(3);
    assertThat(living.join().isHeld()).isTrue();
    return test.a.store.trace().size() - before;
  }

  @ParameterizedTest
  @EnumSource
  void joining_whoseCallerHasGone_ends_andLeavesNoMember(GoneCaller caller) {
    Group group = Group.builder(a.client, "g").open();
    for (int millis = 0; millis < 40; millis += 3) {
      CompletableFuture<Membership> joined = group.joinAsync("m", SdkBytes.fromUtf8String("data"));
      world.time.advance(Duration.ofMillis(millis));
      caller.leaves(joined);
      world.seconds(20);
      if (isMember(joined)) {
        joined.join().closeAsync();
        world.seconds(20);
      }
      assertThatNothingIsHeld();
      assertThat(group.members()).isEmpty();
    }
  }

  private static boolean isMember(CompletableFuture<Membership> joined) {
    return joined.handle((member, failure) -> member != null).join();
  }

  @Test
  void joining_thatWaitsForALivingMember_endsWithItsCaller() {
    Group other = Group.builder(b.client, "g").open();
    CompletableFuture<Membership> first = other.joinAsync("m", SdkBytes.fromUtf8String("data"));
    world.seconds(2);
    Group group = Group.builder(a.client, "g").open();
    CompletableFuture<Membership> joined = group.joinAsync("m", SdkBytes.fromUtf8String("data"));
    world.seconds(2);
    GoneCaller.TIMES_OUT.leaves(joined);
    first.join().closeAsync();
    world.seconds(60);

    assertThatNothingIsHeld();
    assertThat(group.members()).isEmpty();
  }

  /** Regression: the ticket was kept, and nobody behind it came to his turn. */
  @ParameterizedTest
  @EnumSource
  void closingOfATurn_whoseFutureIsLeftEarly_givesTheTicketUpAllTheSame(GoneCaller caller) {
    FairLock lock = FairLock.of(a.client, "k");
    CompletableFuture<Hold> turn = lock.acquireAsync(LONG);
    world.seconds(1);
    caller.leaves(turn.join().closeAsync());
    world.seconds(1);

    assertThatNothingIsHeld();
  }

  /** Regression: who waited for the end of the election as well was told of a timeout. */
  @Test
  void closingOfAnElection_whoseFutureIsLeftEarly_isNoMatterOfOthers() {
    LeaderElection election = LeaderElection.builder(a.client, "k").campaign();
    world.seconds(1);
    GoneCaller.TIMES_OUT.leaves(election.closeAsync());
    CompletableFuture<Void> closed = election.closeAsync();
    election.close();
    world.time.settle();

    assertThat(closed).isCompleted();
    assertThatNothingIsHeld();
  }

  /** A cancellation reaches a transaction that waits for a session. */
  @Test
  void transaction_thatHasNotBeenSent_isNotSentForACallerWhoHasGone() {
    List<LockRequest> requests =
        Stream.of("k", "l")
            .map(key -> LockRequest.builder().key(key).leases(Leases.shared()).build())
            .toList();
    a.store.latency(Duration.ofSeconds(1));
    CompletableFuture<MultiLock.HeldLocks> abandoned =
        MultiLock.of(a.client, requests.toArray(LockRequest[]::new)).acquireAsync(LONG);
    world.seconds(1.5);
    GoneCaller.CANCELS.leaves(abandoned);
    world.seconds(60);

    assertThat(a.store.count("open")).isEqualTo(1);
    assertThat(a.store.count("grant-all")).isZero();
  }

  @Test
  void transaction_underWay_whoseCallerHasGone_isGivenBack() {
    CompletableFuture<MultiLock.HeldLocks> abandoned =
        MultiLock.of(a.client, "k", "l").acquireAsync(LONG);
    a.store.failNext("grant-all", Fault.ANSWER_LOST);
    world.time.advance(Duration.ofMillis(3));
    GoneCaller.COMPLETES.leaves(abandoned);
    world.seconds(60);

    assertThatNothingIsHeld();
  }

  @Test
  void lock_ofARecipeThatIsGone_isFreeForOthers() {
    HeldLock lock = b.acquired(request -> request.key("k/0"));
    CompletableFuture<Hold> abandoned = CountedSemaphore.of(a.client, "k", 1).acquireAsync(LONG);
    CompletableFuture<Hold> living = CountedSemaphore.of(b.client, "k", 1).acquireAsync(LONG);
    world.seconds(10);
    GoneCaller.FAILS.leaves(abandoned);
    lock.closeAsync();
    world.seconds(5);

    assertThat(living.join().isHeld()).isTrue();
  }
}
