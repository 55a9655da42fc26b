package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How long callers wait for a table that fails, and what they are told. A request takes 4 ms, or
 * without an answer 5 s, where its caller has that time; one attempt of the SDK takes 1 s.
 */
class WaitingTimesTest {
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");

  /** What callers wait for. */
  @SuppressWarnings("ImmutableEnumChecker") // A function that makes a recipe has no state.
  private enum Recipe {
    PERMIT(
        client -> {
          CountedSemaphore permits = CountedSemaphore.of(client, LockRequest.of("s"), 3);
          return wait -> permits.acquireAsync(wait);
        }),
    READER(
        client -> {
          SharedExclusiveLock readers = SharedExclusiveLock.of(client, LockRequest.of("r"), 3);
          return wait -> readers.acquireSharedAsync(wait);
        }),
    WRITER(
        client -> {
          SharedExclusiveLock writers = SharedExclusiveLock.of(client, LockRequest.of("r"), 3);
          return wait -> writers.acquireExclusiveAsync(wait);
        }),
    TURN(
        client -> {
          FairLock turns = FairLock.of(client, LockRequest.of("f"));
          return wait -> turns.acquireAsync(wait);
        }),
    SEVERAL(
        client -> {
          MultiLock locks = MultiLock.of(client, "x", "y");
          return wait -> locks.acquireAsync(wait);
        });

    private final Function<LockClient, Function<Duration, CompletableFuture<?>>> maker;

    Recipe(Function<LockClient, Function<Duration, CompletableFuture<?>>> maker) {
      this.maker = maker;
    }

    Function<Duration, CompletableFuture<?>> of(LockClient client) {
      return maker.apply(client);
    }
  }

  /** A call, and how it ended. */
  private final class Call {
    private final Duration wait;
    private final Duration begun = world.time.elapsed();
    private Duration took;
    private Throwable failure;

    Call(Function<Duration, CompletableFuture<?>> recipe, double seconds) {
      this.wait = Duration.ofMillis((long) (seconds * 1_000));
      CompletableFuture<?> unused =
          recipe
              .apply(wait)
              .whenComplete(
                  (value, why) -> {
                    took = world.time.elapsed().minus(begun);
                    failure = why == null ? null : Acquiring.reason(why);
                  });
    }

    Duration late() {
      assertThat(took).as("the wait of " + wait).isNotNull();
      return took.minus(wait);
    }

    Kind kind() {
      assertThat(failure).isInstanceOf(LockStoreException.class);
      return ((LockStoreException) failure).kind();
    }
  }

  @ParameterizedTest
  @EnumSource(Recipe.class)
  void tableThatDoesNotAnswer_keepsNoCallerForMoreThanAnAttempt(Recipe recipe) {
    Function<Duration, CompletableFuture<?>> waits = recipe.of(a.client);
    a.store.failAll(Fault.REQUEST_LOST);
    for (double seconds : new double[] {0.3, 2, 4.9, 7}) {
      Call call = new Call(waits, seconds);
      world.seconds(30);
      // A transaction without an answer is followed by a look at what became of it.
      Duration last = recipe == Recipe.SEVERAL ? ATTEMPT.multipliedBy(2) : ATTEMPT;
      assertThat(call.late()).isBetween(Duration.ZERO, last.plusMillis(100));
      assertThat(call.kind()).isEqualTo(Kind.TIMED_OUT);
    }
  }

  @ParameterizedTest
  @EnumSource(Recipe.class)
  void oneTry_hasTheTimeOfAWholeRequest(Recipe recipe) {
    Function<Duration, CompletableFuture<?>> tries = recipe.of(a.client);
    a.store.failAll(Fault.REQUEST_LOST);
    Call call = new Call(tries, 0);
    world.seconds(30);
    assertThat(call.took).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(6));
    assertThat(call.kind()).isEqualTo(Kind.TIMED_OUT);
  }

  /** No holder was seen, so no caller is told of one: neither the first nor those behind it. */
  @ParameterizedTest
  @EnumSource(Recipe.class)
  void writesThatFail_areToldToAllCallers_andReadsThatShowNoHolderChangeNothing(Recipe recipe) {
    Set<String> reads = Set.of("look", "poll", "look-all");
    a.store.faults(operation -> reads.contains(operation) ? Fault.NONE : Fault.THROTTLED);
    Function<Duration, CompletableFuture<?>> waits = recipe.of(a.client);
    List<Call> calls = new ArrayList<>();
    for (double seconds : new double[] {8, 0, 0.5, 2, 2, 5, 0}) {
      calls.add(new Call(waits, seconds));
    }
    world.seconds(3);
    calls.add(new Call(waits, 0));
    world.seconds(30);
    for (Call call : calls) {
      assertThat(call.kind()).as("the wait of " + call.wait).isEqualTo(Kind.THROTTLED);
      assertThat(call.late()).isLessThan(Duration.ofMillis(200));
    }
  }

  @Test
  void severalLocks_whoseTokensCannotBeRead_areGivenUpInTime() {
    Function<Duration, CompletableFuture<?>> locks = Recipe.SEVERAL.of(a.client);
    a.store.fail("look-all", Fault.REQUEST_LOST);
    Call call = new Call(locks, 2);
    world.seconds(30);
    assertThat(call.late()).isLessThan(ATTEMPT.plusMillis(100));
    assertThat(call.kind()).isEqualTo(Kind.TIMED_OUT);
  }

  /** What the try of another caller has got says nothing of the next permit. */
  @Test
  void oneTry_behindACallerThatHasJustGotAPermit_isMade() {
    CountedSemaphore permits = CountedSemaphore.of(a.client, LockRequest.of("s"), 2);
    CompletableFuture<?> first = permits.acquireAsync(Duration.ofSeconds(5));
    CompletableFuture<?> second = permits.acquireAsync(Duration.ofSeconds(5));
    while (!first.isDone()) {
      world.time.advance(Duration.ofMillis(1));
    }
    CompletableFuture<?> third = permits.acquireAsync(Duration.ZERO);
    world.seconds(1);
    assertThat(second).isCompleted();
    assertThat(third.handle((permit, why) -> why).join())
        .extracting(Acquiring::reason)
        .isInstanceOf(LockNotAcquiredException.class)
        .satisfies(why -> assertThat(((LockNotAcquiredException) why).holder()).isPresent());
  }
}
