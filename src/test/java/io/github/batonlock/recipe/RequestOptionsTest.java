package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options of requests that recipes use: refused, or with one effect for each hold. */
class RequestOptionsTest {
  private static final LockRequest REQUEST =
      LockRequest.builder("job").holdAtLeast(Duration.ofMinutes(1)).build();
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static void assertRefused(String recipe, Runnable of) {
    assertThatIllegalArgumentException()
        .isThrownBy(of::run)
        .withMessageContaining(recipe)
        .withMessageContaining("'job'")
        .withMessageContaining("holdAtLeast");
  }

  @Test
  void holdAtLeast_ofARecipeOfSeveralLocks_isRefused() {
    LockClient client = a.client;

    assertRefused("FairLock", () -> FairLock.of(client, REQUEST));
    assertRefused("SharedExclusiveLock", () -> SharedExclusiveLock.of(client, REQUEST, 2));
    assertRefused("MultiLock", () -> MultiLock.of(client, REQUEST));
  }

  /** A permit that stays closed for a minute limits a rate: each permit is given once a minute. */
  @Test
  void holdAtLeast_ofASemaphore_keepsItsPermits() throws InterruptedException {
    CountedSemaphore ofA = CountedSemaphore.of(a.client, REQUEST, 2);
    CountedSemaphore ofB = CountedSemaphore.of(b.client, REQUEST, 2);
    ofA.tryAcquire().orElseThrow().close();
    ofB.tryAcquire().orElseThrow().close();

    assertThat(ofA.tryAcquire()).isEmpty();
    assertThat(ofB.tryAcquire()).isEmpty();
    world.seconds(61);
    Optional<? extends Hold> next = ofA.tryAcquire();

    assertThat(next).isPresent();
  }

  /** An option, and how a request sets it. */
  @SuppressWarnings("ImmutableEnumChecker") // A method of the builder has no state.
  enum Option {
    WAIT_UP_TO("waitUpTo", request -> request.waitUpTo(LONG)),
    WAIT_FOREVER("waitForever", LockRequest.Builder::waitForever),
    REQUEST_RELEASE("requestRelease", request -> request.requestRelease("deploy", LONG)),
    STALL_LIMIT("stallLimit", request -> request.stallLimit(LONG)),
    ONLY_IF_EXISTS("onlyIfExists", request -> request.onlyIfExists(true)),
    HOLD_AT_LEAST("holdAtLeast", request -> request.holdAtLeast(LONG));

    final String name;
    final UnaryOperator<LockRequest.Builder> set;

    Option(String name, UnaryOperator<LockRequest.Builder> set) {
      this.name = name;
      this.set = set;
    }
  }

  /** A recipe for lock "k", and what it refuses. */
  @SuppressWarnings("ImmutableEnumChecker") // Nothing here is written after it was made.
  enum Recipe {
    SEMAPHORE(
        "CountedSemaphore",
        EnumSet.complementOf(EnumSet.of(Option.HOLD_AT_LEAST)),
        (client, request) -> CountedSemaphore.of(client, request, 1)::acquireAsync),
    READER(
        "SharedExclusiveLock",
        EnumSet.allOf(Option.class),
        (client, request) -> SharedExclusiveLock.of(client, request, 1)::acquireSharedAsync),
    WRITER(
        "SharedExclusiveLock",
        EnumSet.allOf(Option.class),
        (client, request) -> SharedExclusiveLock.of(client, request, 2)::acquireExclusiveAsync),
    SEVERAL(
        "MultiLock of",
        EnumSet.complementOf(EnumSet.of(Option.STALL_LIMIT, Option.ONLY_IF_EXISTS)),
        (client, request) ->
            MultiLock.of(client, request, request.toBuilder().key("l").build())::acquireAsync),
    FAIR(
        "FairLock",
        EnumSet.allOf(Option.class),
        (client, request) -> FairLock.of(client, request)::acquireAsync);

    private interface Maker {
      Call of(LockClient client, LockRequest request);
    }

    private interface Call {
      CompletableFuture<? extends Hold> acquireAsync(Duration waitUpTo);
    }

    final String name;
    final Set<Option> refused;
    private final Maker maker;

    Recipe(String name, Set<Option> refused, Maker maker) {
      this.name = name;
      this.refused = refused;
      this.maker = maker;
    }

    CompletableFuture<? extends Hold> acquire(LockClient client, LockRequest request) {
      return maker.of(client, request).acquireAsync(LONG);
    }
  }

  @ParameterizedTest
  @EnumSource
  void option_thatARecipeWouldIgnore_isRefusedWhereItIsMade(Recipe recipe) {
    for (Option option : Option.values()) {
      LockRequest request = option.set.apply(LockRequest.builder("k")).build();
      if (recipe.refused.contains(option)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> recipe.maker.of(a.client, request))
            .withMessageStartingWith(
                recipe.name + " 'k' takes no request with " + option.name + ": ");
      } else {
        assertThat(recipe.maker.of(a.client, request)).isNotNull();
      }
    }
    assertThat(a.store.trace()).isEmpty();
  }

  /** The row of the lock that a hold is of is deleted. */
  @ParameterizedTest
  @EnumSource
  void callbackForALoss_runsOnceForEachHold(Recipe recipe) {
    List<Revocation> told = new ArrayList<>();
    LockRequest request = LockRequest.builder("k").onRevoked(told::add).build();
    for (int i = 1; i <= 2; i++) {
      CompletableFuture<? extends Hold> acquired = recipe.acquire(a.client, request);
      world.seconds(1);
      Hold hold = acquired.join();
      world.table.removeRow(hold.key());
      world.table.removeRow(LockKey.of("k/0"));
      world.table.removeRow(LockKey.of("l"));
      world.seconds(20);

      assertThat(hold.isHeld()).isFalse();
      assertThat(told).hasSize(i);
      hold.close();
      world.seconds(30);
    }
  }

  @ParameterizedTest
  @EnumSource
  void callbackForALoss_doesNotRunForAHoldThatWasClosed(Recipe recipe) {
    List<Revocation> told = new ArrayList<>();
    LockRequest request = LockRequest.builder("k").onRevoked(told::add).build();
    CompletableFuture<? extends Hold> acquired = recipe.acquire(a.client, request);
    world.seconds(1);
    acquired.join().close();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(30);

    assertThat(told).isEmpty();
  }

  /** A writer that loses its gate before it is inside has lost nothing that its caller had. */
  @Test
  void partThatIsLostOnTheWay_isNotTold() throws Exception {
    Hold reader =
        SharedExclusiveLock.of(a.client, LockRequest.of("k"), 1).tryAcquireShared().orElseThrow();
    List<Revocation> told = new ArrayList<>();
    LockRequest request = LockRequest.builder("k").onRevoked(told::add).build();
    CompletableFuture<Hold> writer =
        SharedExclusiveLock.of(b.client, request, 1).acquireExclusiveAsync(LONG);
    world.seconds(2);
    world.table.removeRow(LockKey.of("k/gate"));
    world.seconds(20);
    reader.close();
    world.seconds(20);

    assertThat(writer).isCompleted();
    assertThat(told).isEmpty();
    writer.join().close();
  }

  @Test
  void callbacksOfSeveralRequests_runOnceEach() throws Exception {
    List<Revocation> ofX = new ArrayList<>();
    List<Revocation> ofBoth = new ArrayList<>();
    Consumer<Revocation> both = ofBoth::add;
    List<LockRequest> requests =
        List.of(
            LockRequest.builder("x").onRevoked(ofX::add).build(),
            LockRequest.builder("y").onRevoked(both).build(),
            LockRequest.builder("z").onRevoked(both).build());
    MultiLock.HeldLocks locks =
        MultiLock.of(a.client, requests.toArray(LockRequest[]::new)).acquire(LONG);
    world.table.removeRow(LockKey.of("y"));
    world.table.removeRow(LockKey.of("z"));
    world.seconds(20);

    assertThat(ofX).hasSize(1);
    assertThat(ofBoth).containsExactlyElementsOf(ofX);
    locks.close();
  }

  @Test
  void view_takesNoWaitingTime() {
    for (Option option : Option.values()) {
      LockRequest request = option.set.apply(LockRequest.builder("k")).build();
      if (option == Option.WAIT_UP_TO || option == Option.WAIT_FOREVER) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> ReentrantLockView.of(a.client, request))
            .withMessageStartingWith(
                "ReentrantLockView 'k' takes no request with " + option.name + ": ");
      } else {
        assertThat(ReentrantLockView.of(a.client, request)).isNotNull();
      }
    }
  }

  /** A thread that waits asks the holder; one that tries once asks no holder. */
  @Test
  void viewThatAsks_asksOnlyWhereItWaits() throws Exception {
    List<String> asked = new ArrayList<>();
    HeldLock held = a.acquired(request -> request.onReleaseRequested(it -> asked.add(it.reason())));
    Lock view =
        ReentrantLockView.of(
            b.client, LockRequest.builder("k").requestRelease("deploy", LONG).build());
    assertThat(view.tryLock()).isFalse();
    assertThat(view.tryLock(0, TimeUnit.SECONDS)).isFalse();
    world.seconds(10);
    assertThat(asked).isEmpty();

    assertThat(view.tryLock(30, TimeUnit.SECONDS)).isFalse();
    assertThat(asked).containsExactly("deploy");
    held.close();
  }
}
