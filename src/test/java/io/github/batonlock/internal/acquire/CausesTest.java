package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.CountedSemaphore;
import io.github.batonlock.recipe.FairLock;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.recipe.SharedExclusiveLock;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers of a table that does not answer are told, and when. */
class CausesTest {
  private static final Duration TIME = Duration.ofSeconds(2);

  @RegisterExtension final World world = new World();
  private final World.Node a = world.node("a");

  private static Throwable failure(CompletableFuture<?> call) {
    assertThat(call).isCompletedExceptionally();
    return Acquiring.reason(catchThrowable(call::join));
  }

  private static void assertTold(CompletableFuture<?> call, Kind kind) {
    Throwable why = failure(call);
    assertThat(why).isInstanceOf(LockStoreException.class);
    assertThat(((LockStoreException) why).kind()).as(why.getMessage()).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"THROTTLED", "REQUEST_LOST", "ANSWER_LOST", "BROKEN_BEFORE"})
  void waiters_ofATableThatDoesNotAnswer_areToldItsFailureInTime(Fault fault) {
    a.store.failAll(fault);
    List<CompletableFuture<HeldLock>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(a.acquire(r -> r.waitUpTo(TIME)));
    }
    world.seconds(2.3);
    Kind told =
        switch (fault) {
          case THROTTLED -> Kind.THROTTLED;
          case BROKEN_BEFORE -> Kind.UNAVAILABLE;
          default -> Kind.TIMED_OUT;
        };
    all.forEach(each -> assertTold(each, told));
    a.store.heal();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waiter_whoseWritesFail_isToldWhenItsTimeIsUp(boolean shared) {
    a.store.failAll(Fault.THROTTLED);
    CompletableFuture<HeldLock> call =
        a.acquire(r -> r.waitUpTo(TIME).leases(shared ? Leases.shared() : Leases.own()));
    world.seconds(2.01);
    assertTold(call, Kind.THROTTLED);
    a.store.heal();
  }

  /** Regression: two requests, 10 s. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneTry_ofATableThatDoesNotAnswer_takesOneRequest(boolean shared) {
    a.store.failAll(Fault.REQUEST_LOST);
    CompletableFuture<?> call =
        a.client.tryAcquireAsync(
            LockRequest.builder("k").leases(shared ? Leases.shared() : Leases.own()).build());
    world.seconds(6.1);
    assertTold(call, Kind.TIMED_OUT);
    a.store.heal();
  }

  /** Regression: acquire(3 s) of several locks took 21.9 s. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"THROTTLED", "REQUEST_LOST"})
  void recipes_ofATableThatDoesNotAnswer_areToldItsFailureInTime(Fault fault) {
    a.store.failAll(fault);
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(MultiLock.of(a.client, "a", "b").acquireAsync(TIME));
      all.add(FairLock.of(a.client, "fair").acquireAsync(TIME));
      all.add(SharedExclusiveLock.of(a.client, "rw", 16).acquireSharedAsync(TIME));
      all.add(SharedExclusiveLock.of(a.client, "rw", 16).acquireExclusiveAsync(TIME));
    }
    CountedSemaphore permits = CountedSemaphore.of(a.client, "s", 3);
    for (int i = 0; i < 10; i++) {
      all.add(permits.acquireAsync(TIME));
    }
    world.seconds(7.5);
    Kind told = fault == Fault.THROTTLED ? Kind.THROTTLED : Kind.TIMED_OUT;
    all.forEach(each -> assertTold(each, told));
    a.store.heal();
  }

  @Test
  void waiter_behindAHolder_isToldHeldAllTheSame() {
    world.node("b").acquired();
    CompletableFuture<HeldLock> first = a.acquire(r -> r.waitUpTo(TIME));
    CompletableFuture<HeldLock> second = a.acquire(r -> r.waitUpTo(TIME));
    world.seconds(2.01);
    for (CompletableFuture<HeldLock> each : List.of(first, second)) {
      assertThat(failure(each))
          .isInstanceOfSatisfying(
              LockNotAcquiredException.class, e -> assertThat(e.holder()).isPresent());
    }
  }
}
