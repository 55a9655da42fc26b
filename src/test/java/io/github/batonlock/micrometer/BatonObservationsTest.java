package io.github.batonlock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.support.World;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The observations of acquisitions and holds, of clients on virtual time. */
class BatonObservationsTest {
  @RegisterExtension private final World world = new World();
  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final LockClient observed = BatonObservations.observe(a.client, registry);
  private final List<String> ended = new ArrayList<>();

  BatonObservationsTest() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<LockObservationContext>() {
              @Override
              public void onStop(LockObservationContext context) {
                ended.add(context.getName() + " " + context.outcome());
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof LockObservationContext;
              }
            });
  }

  private TestObservationRegistryAssert assertThatObservations() {
    return TestObservationRegistryAssert.assertThat(registry);
  }

  private static LockRequest oneTry() {
    return LockRequest.builder().key("k").waitUpTo(Duration.ZERO).build();
  }

  @Test
  void acquisitionAndHold_haveTheDocumentedNamesAndKeys() throws InterruptedException {
    HeldLock lock = observed.acquire("k");
    assertThat(ended).containsExactly("baton.lock.acquire acquired");
    lock.close();
    assertThat(ended).containsExactly("baton.lock.acquire acquired", "baton.lock.hold released");
    assertThatObservations()
        .hasObservationWithNameEqualTo("baton.lock.acquire")
        .that()
        .hasContextualNameEqualTo("acquire lock")
        .hasLowCardinalityKeyValue("outcome", "acquired")
        .hasHighCardinalityKeyValue("lock.key", "k")
        .hasHighCardinalityKeyValue("lock.owner", "a")
        .hasBeenStopped()
        .doesNotHaveError();
    assertThatObservations()
        .hasObservationWithNameEqualTo("baton.lock.hold")
        .that()
        .hasContextualNameEqualTo("hold lock")
        .hasLowCardinalityKeyValue("outcome", "released")
        .hasLowCardinalityKeyValue("reason", "none")
        .hasHighCardinalityKeyValue("lock.fencing_token", Long.toString(lock.fencingToken()))
        .hasBeenStopped();
  }

  @Test
  void bothObservations_areChildrenOfTheCallersOwn() throws InterruptedException {
    Observation request = Observation.start("request", registry);
    Observation.Scope scope = request.openScope();
    HeldLock lock = observed.acquire("k");
    CompletableFuture<HeldLock> other = observed.acquireAsync("other");
    scope.close();
    world.seconds(1);
    lock.close();
    other.join().close();
    request.stop();
    assertThat(ended).hasSize(4);
    assertThatObservations()
        .forAllObservationsWithNameEqualTo(
            "baton.lock.acquire", each -> each.hasParentObservationEqualTo(request));
    assertThatObservations()
        .forAllObservationsWithNameEqualTo(
            "baton.lock.hold", each -> each.hasParentObservationEqualTo(request));
  }

  @Test
  void work_runsInTheScopeOfItsHold() throws InterruptedException {
    observed.runLocked(
        "k",
        lock -> {
          Observation current = registry.getCurrentObservation();
          assertThat(current).isNotNull();
          assertThat(current.getContext().getName()).isEqualTo("baton.lock.hold");
          assertThat(ended).containsExactly("baton.lock.acquire acquired");
        });
    assertThat(registry.getCurrentObservation()).isNull();
    assertThat(ended).endsWith("baton.lock.hold released");
  }

  @Test
  void workThatThrows_endsItsHoldAsReleased() {
    assertThatThrownBy(
            () ->
                observed.runLocked(
                    "k",
                    lock -> {
                      throw new IllegalStateException("work");
                    }))
        .hasMessage("work");
    assertThat(ended).containsExactly("baton.lock.acquire acquired", "baton.lock.hold released");
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void lostRaces_areOutcomes_notErrors() throws InterruptedException {
    b.acquired();
    assertThat(observed.tryAcquire("k")).isEmpty();
    assertThat(observed.tryRunLocked("k", lock -> {})).isFalse();
    CompletableFuture<?> tried = observed.tryAcquireAsync("k");
    world.seconds(1);
    assertThat(tried).isCompleted();
    assertThatThrownBy(() -> observed.acquire(oneTry()))
        .isInstanceOf(LockNotAcquiredException.class);
    assertThat(ended).hasSize(4).allMatch(each -> each.equals("baton.lock.acquire not_acquired"));
    ended.clear();
    assertThatThrownBy(
            () -> observed.acquire(oneTry().toBuilder().waitUpTo(Duration.ofSeconds(1)).build()))
        .isInstanceOf(LockNotAcquiredException.class);
    assertThat(ended).containsExactly("baton.lock.acquire timeout");
    assertThatObservations()
        .forAllObservationsWithNameEqualTo("baton.lock.acquire", each -> each.doesNotHaveError());
  }

  @Test
  void failureOfTheTable_isTheErrorOfTheAcquisition() {
    a.store.failAll(Fault.ACCESS_DENIED);
    assertThatThrownBy(() -> observed.acquire("k")).isInstanceOf(LockStoreException.class);
    CompletableFuture<HeldLock> later = observed.acquireAsync("k");
    world.seconds(1);
    assertThat(later).isCompletedExceptionally();
    assertThat(ended).containsExactly("baton.lock.acquire error", "baton.lock.acquire error");
    assertThatObservations()
        .forAllObservationsWithNameEqualTo("baton.lock.acquire", each -> each.hasError());
  }

  @Test
  void lossOfALock_isTheErrorOfItsHold() throws InterruptedException {
    HeldLock lock = observed.acquire("k");
    a.store.failAll(Fault.THROTTLED);
    world.seconds(17);
    assertThat(ended).endsWith("baton.lock.hold revoked");
    lock.close();
    assertThat(ended).hasSize(2);
    assertThatObservations()
        .hasObservationWithNameEqualTo("baton.lock.hold")
        .that()
        .hasLowCardinalityKeyValue("reason", "lease_expired")
        .thenError()
        .isInstanceOf(LockRevokedException.class);
  }

  @Test
  void callerThatLeaves_endsTheAcquisition_andKeepsNoLock() {
    HeldLock held = b.acquired();
    CompletableFuture<HeldLock> left = observed.acquireAsync("k");
    world.seconds(1);
    assertThat(left.cancel(false)).isTrue();
    world.time.settle();
    assertThat(ended).containsExactly("baton.lock.acquire cancelled");
    held.close();
    world.seconds(5);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void closeAsync_endsTheHoldWhenTheReleaseIsOver() throws InterruptedException {
    HeldLock lock = observed.acquire("k");
    CompletableFuture<Void> closed = lock.closeAsync();
    assertThat(ended).hasSize(1);
    world.seconds(1);
    assertThat(closed).isCompleted();
    assertThat(ended).endsWith("baton.lock.hold released");
  }

  @Test
  void recipe_ofAnObservedClient_isObserved() {
    LeaderElection election = LeaderElection.builder(observed, "e").campaign();
    world.seconds(1);
    assertThat(election.isLeader()).isTrue();
    assertThat(ended).containsExactly("baton.lock.acquire acquired");
    election.close();
    assertThat(ended).contains("baton.lock.hold released");
  }

  @Test
  void convention_ofTheUser_replacesTheKeysAndKeepsTheNames() throws InterruptedException {
    LockObservationConvention own =
        new DefaultLockObservationConvention() {
          @Override
          public KeyValues getLowCardinalityKeyValues(LockObservationContext context) {
            return super.getLowCardinalityKeyValues(context).and("kind", "report");
          }
        };
    BatonObservations.observe(a.client, registry, own).acquire("k").close();
    assertThatObservations()
        .hasObservationWithNameEqualTo("baton.lock.acquire")
        .that()
        .hasLowCardinalityKeyValue("kind", "report");
  }

  @Test
  void handlerThatThrows_leavesNoLockBehind() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<LockObservationContext>() {
              @Override
              public void onStart(LockObservationContext context) {
                if (context.observation() == LockObservation.HOLD) {
                  throw new IllegalStateException("handler");
                }
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof LockObservationContext;
              }
            });
    assertThatThrownBy(() -> observed.acquire("k")).hasMessage("handler");
    CompletableFuture<HeldLock> later = observed.acquireAsync("other");
    world.seconds(2);
    assertThat(later).isCompletedExceptionally();
    assertThat(world.isReleased()).isTrue();
  }
}
