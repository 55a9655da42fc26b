package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.support.GoneCaller;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one way in which recipes wait, with a step that does what the test says. */
class WaitersTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Goal GOAL =
      new Goal("Test", "gave nothing", "it is held", "Wait longer", List.of(LockRequest.of("k")));
  private final LockStoreException throttled =
      new LockStoreException(LockStoreException.Kind.THROTTLED, false, "slow down", null);
  private final LockStoreException denied =
      new LockStoreException(LockStoreException.Kind.ACCESS_DENIED, false, "no", null);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final RecipeSupport support = RecipeSupport.of(a.client);
  private final ScriptedStep step = new ScriptedStep();
  private final Waiters<Thing> waiters =
      new Waiters<>(support, support.serial(), Pauses.usual(), step);

  /** Something that callers wait for. */
  private static final class Thing implements Hold {
    boolean closed;

    @Override
    public LockKey key() {
      return GOAL.key();
    }

    @Override
    public long fencingToken() {
      return 1;
    }

    @Override
    public boolean isHeld() {
      return !closed;
    }

    @Override
    public Duration remaining() {
      return LONG;
    }

    @Override
    public void ensureHeld() {}

    @Override
    public void ensureHeldFor(Duration duration) {}

    @Override
    public Hold onRevoked(Consumer<? super Revocation> callback) {
      return this;
    }

    @Override
    public Optional<Revocation> revocation() {
      return Optional.empty();
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
      closed = true;
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Tries of which the test knows the outcomes, or gives them later. */
  private final class ScriptedStep implements Step<Thing> {
    final Deque<TryOutcome<Thing>> outcomes = new ArrayDeque<>();
    final List<Duration> tries = new ArrayList<>();
    CompletableFuture<TryOutcome<Thing>> last = new CompletableFuture<>();
    boolean mayStillGetIt = true;
    boolean tellsSoon = true;
    Throwable soFar;

    @Override
    public CompletableFuture<TryOutcome<Thing>> tryOnce(PendingAcquisition<Thing> first) {
      tries.add(world.time.elapsed());
      TryOutcome<Thing> next = outcomes.poll();
      last = next == null ? new CompletableFuture<>() : CompletableFuture.completedFuture(next);
      return first.hand().begin(() -> last);
    }

    @Override
    public boolean mayStillGetIt() {
      return mayStillGetIt;
    }

    @Override
    public boolean tellsSoon() {
      return tellsSoon;
    }

    @Override
    public Throwable soFar() {
      return soFar;
    }
  }

  private CompletableFuture<Thing> enter(Duration limit) {
    CompletableFuture<Thing> future = waiters.enter(GOAL, limit).future();
    world.time.settle();
    return future;
  }

  private void answer(TryOutcome<Thing> outcome) {
    step.last.complete(outcome);
    world.time.settle();
  }

  @Test
  void firstCaller_getsWhatComes_andTheNextTryIsForTheNext() {
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(LONG);
    assertThat(step.tries).hasSize(1);
    Thing thing = new Thing();
    answer(TryOutcome.got(thing));

    assertThat(first).isCompletedWithValue(thing);
    assertThat(second).isNotDone();
    assertThat(step.tries).hasSize(2);
    answer(TryOutcome.got(new Thing()));
    assertThat(second).isCompleted();
    assertThat(step.tries).hasSize(2);
  }

  @Test
  void tries_thatGetNothing_areFurtherAndFurtherApart_untilOneGetsIt() {
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(LONG);
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      pauses.add(pauseAfter(TryOutcome.notYet(null)));
    }
    assertThat(pauses)
        .startsWith(Duration.ofMillis(25), Duration.ofNanos(31_250_000))
        .isSorted()
        .endsWith(Duration.ofSeconds(1), Duration.ofSeconds(1));

    assertThat(pauseAfter(TryOutcome.got(new Thing()))).isZero();
    assertThat(pauseAfter(TryOutcome.notYet(null))).isEqualTo(Duration.ofMillis(25));
    assertThat(first).isCompleted();
    second.cancel(false);
    world.time.settle();
  }

  /** How long after an outcome the next try comes. */
  private Duration pauseAfter(TryOutcome<Thing> outcome) {
    Duration before = world.time.elapsed();
    answer(outcome);
    world.seconds(1);
    return step.tries.get(step.tries.size() - 1).minus(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callerWhoseTimeIsUp_isAnsweredAtOnce_unlessATryMayStillGetIt(boolean mayStillGetIt) {
    step.mayStillGetIt = mayStillGetIt;
    CompletableFuture<Thing> first = enter(Duration.ofSeconds(3));
    CompletableFuture<Thing> second = enter(Duration.ofSeconds(3));
    answer(TryOutcome.notYet(null));
    world.seconds(3);
    assertThat(first.isDone()).isNotEqualTo(mayStillGetIt);
    assertRefused(second);

    Thing thing = new Thing();
    answer(TryOutcome.got(thing));
    assertThat(thing.closed).isNotEqualTo(mayStillGetIt);
    assertThat(first.isCompletedExceptionally()).isNotEqualTo(mayStillGetIt);
  }

  /** No caller is told that another holds it before an answer has said so. */
  @Test
  void tryThatIsTheFirstToTellAnything_isWaitedFor_andItsFailureIsEachOnes() {
    step.mayStillGetIt = false;
    CompletableFuture<Thing> first = enter(Duration.ofSeconds(3));
    CompletableFuture<Thing> second = enter(Duration.ofSeconds(3));
    CompletableFuture<Thing> oneTry = enter(Duration.ZERO);
    world.seconds(3);
    assertThat(List.of(first, second, oneTry)).noneMatch(CompletableFuture::isDone);

    answer(TryOutcome.of(throttled));
    assertThat(List.of(first, second, oneTry))
        .allSatisfy(
            caller ->
                assertThatThrownBy(caller::join).hasCauseInstanceOf(LockStoreException.class));
    assertThat(step.tries).hasSize(1);
  }

  /** A try may wait for a holder as long as the first caller waits. */
  @Test
  void callerWhoseTimeIsUp_doesNotWaitForATryThatWaits() {
    step.mayStillGetIt = false;
    step.tellsSoon = false;
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(Duration.ofSeconds(3));
    step.soFar = new LockNotAcquiredException(LockKey.of("k"), Reason.HELD, Duration.ZERO, null);
    world.seconds(3);

    assertRefused(second);
    assertThat(first).isNotDone();
    answer(TryOutcome.got(new Thing()));
    assertThat(first).isCompleted();
  }

  /** Nothing is known of a holder before that try has heard from the table. */
  @Test
  void callersBehindATryThatWaits_areAnsweredWhenItKnowsSomething() {
    step.mayStillGetIt = false;
    step.tellsSoon = false;
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(Duration.ofSeconds(3));
    CompletableFuture<Thing> third = enter(Duration.ZERO);
    world.seconds(4);
    assertThat(second).isNotDone();
    assertThat(third).isNotDone();

    step.soFar = throttled;
    world.seconds(0.1);
    for (CompletableFuture<Thing> caller : List.of(second, third)) {
      assertThatThrownBy(caller::join).hasCauseInstanceOf(LockStoreException.class);
    }
    assertThat(first).isNotDone();
    answer(TryOutcome.got(new Thing()));
    assertThat(first).isCompleted();
  }

  @Test
  void callerWhoseTimeIsUpInAPause_isAnsweredThen() {
    CompletableFuture<Thing> caller = enter(Duration.ofMillis(20));
    answer(TryOutcome.notYet(null));
    assertThat(caller).isNotDone();
    world.time.advance(Duration.ofMillis(20));

    assertRefused(caller);
    world.seconds(10);
    assertThat(step.tries).hasSize(1);
  }

  @Test
  void callersWhoseTimeIsUpWhileTheTableFails_haveAFailureEach() {
    step.mayStillGetIt = false;
    CompletableFuture<Thing> first = enter(Duration.ofSeconds(3));
    CompletableFuture<Thing> second = enter(Duration.ofSeconds(3));
    answer(TryOutcome.of(throttled));
    world.seconds(3);

    assertThatThrownBy(first::join).cause().hasMessage("slow down");
    assertThatThrownBy(second::join).cause().hasMessage("slow down").isNotSameAs(throttled);
  }

  @Test
  void failureThatHasPassed_isNotWhyACallerGotNothing() {
    CompletableFuture<Thing> caller = enter(Duration.ofSeconds(3));
    answer(TryOutcome.of(throttled));
    world.seconds(1);
    answer(TryOutcome.notYet(null));
    world.seconds(1);
    answer(TryOutcome.notYet(null));
    step.mayStillGetIt = false;
    world.seconds(1);

    assertRefused(caller);
  }

  @Test
  void failureThatStays_isToldToTheCallerOfTheTryOnly() {
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(LONG);
    answer(TryOutcome.of(denied));

    assertThatThrownBy(first::join).hasCause(denied);
    assertThat(second).isNotDone();
    assertThat(step.tries).hasSize(2);
    answer(TryOutcome.got(new Thing()));
    assertThat(second).isCompleted();
  }

  @Test
  void tryThatThrows_failsItsCaller() {
    Waiters<Thing> broken =
        new Waiters<>(
            support,
            support.serial(),
            Pauses.usual(),
            first -> {
              throw new IllegalArgumentException("broken");
            });
    CompletableFuture<Thing> caller = broken.enter(GOAL, LONG).future();
    world.time.settle();

    assertThatThrownBy(caller::join).hasRootCauseMessage("broken");
  }

  @Test
  void oneTry_behindAnotherCaller_isRefusedWithoutATry_andAloneIsOneRound() {
    CompletableFuture<Thing> first = enter(LONG);
    answer(TryOutcome.notYet(null));
    assertRefused(enter(Duration.ZERO));
    first.cancel(false);
    world.time.settle();
    step.outcomes.add(TryOutcome.goOn(null));
    step.outcomes.add(TryOutcome.goOn(null));
    step.outcomes.add(TryOutcome.notYet(null));
    step.tries.clear();

    assertRefused(enter(Duration.ZERO));
    assertThat(step.tries).hasSize(3);
  }

  @Test
  void callerThatComesAlone_isTriedForAtOnce_andPausesBeginAnew() {
    CompletableFuture<Thing> earlier = enter(Duration.ofSeconds(30));
    while (!earlier.isDone()) {
      answer(TryOutcome.notYet(null));
      world.seconds(1);
    }
    int tries = step.tries.size();

    CompletableFuture<Thing> caller = enter(Duration.ofMillis(900));
    assertThat(step.tries).hasSize(tries + 1);
    assertThat(pauseAfter(TryOutcome.notYet(null))).isEqualTo(Duration.ofMillis(25));
    assertThat(step.tries).hasSize(tries + 2);
    answer(TryOutcome.got(new Thing()));
    assertThat(caller.isDone()).isTrue();
  }

  @Test
  void callerThatComesInAPauseOfOthersThatLeft_isTriedForAtOnce_andOnce() {
    CompletableFuture<Thing> gone = enter(LONG);
    answer(TryOutcome.notYet(null));
    gone.cancel(false);
    world.time.settle();
    CompletableFuture<Thing> caller = enter(LONG);
    assertThat(step.tries).hasSize(2);
    world.seconds(10);
    assertThat(step.tries).hasSize(2);

    answer(TryOutcome.got(new Thing()));
    assertThat(caller).isCompleted();
  }

  @ParameterizedTest
  @EnumSource
  void callerWhoLeaves_endsItsTry_andTheNextTryIsForTheNext(GoneCaller caller) {
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(LONG);
    CompletableFuture<TryOutcome<Thing>> tried = step.last;
    caller.leaves(first);
    world.time.settle();

    assertThat(tried).isCancelled();
    assertThat(second).isNotDone();
    assertThat(step.tries).hasSize(2);
    answer(TryOutcome.got(new Thing()));
    assertThat(second).isCompleted();
  }

  @Test
  void whatComesForACallerThatHasLeft_isClosed() {
    CompletableFuture<Thing> caller = enter(LONG);
    Thing thing = new Thing();
    step.last.complete(TryOutcome.got(thing));
    caller.cancel(false);
    world.time.settle();

    assertThat(thing.closed).isTrue();
  }

  @Test
  void whatIsExpected_comesToTheFirst_andTheTriesAreForTheCallerBehind() {
    CompletableFuture<Thing> first = enter(LONG);
    waiters.expect();
    answer(TryOutcome.notYet(null));
    world.seconds(1);
    assertThat(step.tries).hasSize(1);
    CompletableFuture<Thing> second = enter(LONG);
    assertThat(step.tries).hasSize(2);

    Thing thing = new Thing();
    waiters.came(thing);
    world.time.settle();
    assertThat(first).isCompletedWithValue(thing);
    answer(TryOutcome.got(new Thing()));
    assertThat(second).isCompleted();
  }

  @Test
  void whatIsExpected_andDoesNotCome_isWaitedForPastTheTime_andNoLonger() {
    CompletableFuture<Thing> late = enter(Duration.ofSeconds(1));
    CompletableFuture<Thing> living = enter(LONG);
    waiters.expect();
    world.seconds(1);
    answer(TryOutcome.notYet(null));
    assertThat(late).isNotDone();
    waiters.doesNotCome();
    world.time.settle();

    assertRefused(late);
    assertThat(living).isNotDone();
    world.seconds(1);
    answer(TryOutcome.got(new Thing()));
    assertThat(living).isCompleted();
  }

  @Test
  void closingTheClient_endsEveryWait() {
    CompletableFuture<Thing> first = enter(LONG);
    CompletableFuture<Thing> second = enter(LONG);
    CompletableFuture<TryOutcome<Thing>> tried = step.last;
    a.client.close();
    world.seconds(1);

    for (CompletableFuture<Thing> each : List.of(first, second)) {
      assertThatThrownBy(each::join)
          .cause()
          .isInstanceOfSatisfying(
              LockNotAcquiredException.class,
              refused -> {
                assertThat(refused.reason())
                    .isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED);
                assertThat(refused.key()).isEqualTo(LockKey.of("k"));
              });
    }
    assertThat(tried).isCancelled();
  }

  private static void assertRefused(CompletableFuture<Thing> caller) {
    assertThatThrownBy(caller::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            refused ->
                assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD));
  }
}
