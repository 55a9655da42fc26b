package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.GoneCaller;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all recipes have in common: the verbs of the client, and failures that speak of them. */
class RecipeVerbsTest {
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  /** A recipe for lock "k". */
  enum Recipe {
    SEMAPHORE(
        "CountedSemaphore 'k' gave no permit of 1 within %s ms: all are held",
        ". Wait longer (acquire(Duration)), or look at the holders",
        "Permit 'k/0' of CountedSemaphore 'k'"),
    READER(
        "SharedExclusiveLock 'k' let no reader in within %s ms: a writer is inside or waits, or all"
            + " permits of readers are held",
        ". Wait longer (acquireShared(Duration)), or look at the holders",
        "Permit 'k/0' of SharedExclusiveLock 'k'"),
    WRITER(
        "SharedExclusiveLock 'k' let no writer in within %s ms: it is held",
        ". Wait longer (acquireExclusive(Duration)), or look at the holders",
        "Writer of SharedExclusiveLock 'k'"),
    SEVERAL(
        "MultiLock [k, l] gave no locks within %s ms: one of them is held",
        ". Wait longer (acquire(Duration)), or look at the holders", "Locks of MultiLock [k, l]"),
    FAIR(
        "FairLock 'k' gave no turn within %s ms: it is held, or other callers are before this one",
        ". Wait longer (acquire(Duration)), or look at the holders", "Turn of FairLock 'k'");

    private final String refusal;
    private final String advice;
    private final String hold;

    Recipe(String refusal, String advice, String hold) {
      this.refusal = refusal;
      this.advice = advice;
      this.hold = hold;
    }

    CompletableFuture<? extends Hold> acquireAsync(LockClient client, Duration wait) {
      LockKey key = LockKey.of("k");
      return switch (this) {
        case SEMAPHORE -> CountedSemaphore.of(client, key, 1).acquireAsync(wait);
        case READER -> SharedExclusiveLock.of(client, key, 1).acquireSharedAsync(wait);
        case WRITER -> SharedExclusiveLock.of(client, key, 1).acquireExclusiveAsync(wait);
        case SEVERAL -> MultiLock.of(client, LockKey.of("l"), key).acquireAsync(wait);
        case FAIR -> FairLock.of(client, key).acquireAsync(wait);
      };
    }

    CompletableFuture<? extends Hold> acquireAsync(LockClient client) {
      return switch (this) {
        case SEMAPHORE -> CountedSemaphore.of(client, "k", 1).acquireAsync();
        case READER -> SharedExclusiveLock.of(client, "k", 1).acquireSharedAsync();
        case WRITER -> SharedExclusiveLock.of(client, "k", 1).acquireExclusiveAsync();
        case SEVERAL -> MultiLock.of(client, "k", "l").acquireAsync();
        case FAIR -> FairLock.of(client, "k").acquireAsync();
      };
    }

    Hold acquire(LockClient client) throws InterruptedException {
      return switch (this) {
        case SEMAPHORE -> CountedSemaphore.of(client, "k", 1).acquire();
        case READER -> SharedExclusiveLock.of(client, "k", 1).acquireShared();
        case WRITER -> SharedExclusiveLock.of(client, "k", 1).acquireExclusive();
        case SEVERAL -> MultiLock.of(client, "k", "l").acquire();
        case FAIR -> FairLock.of(client, "k").acquire();
      };
    }

    Optional<? extends Hold> tryAcquire(LockClient client) throws InterruptedException {
      return switch (this) {
        case SEMAPHORE -> CountedSemaphore.of(client, "k", 1).tryAcquire();
        case READER -> SharedExclusiveLock.of(client, "k", 1).tryAcquireShared();
        case WRITER -> SharedExclusiveLock.of(client, "k", 1).tryAcquireExclusive();
        case SEVERAL -> MultiLock.of(client, "k", "l").tryAcquire();
        case FAIR -> FairLock.of(client, "k").tryAcquire();
      };
    }

    CompletableFuture<? extends Optional<? extends Hold>> tryAcquireAsync(LockClient client) {
      return switch (this) {
        case SEMAPHORE -> CountedSemaphore.of(client, "k", 1).tryAcquireAsync();
        case READER -> SharedExclusiveLock.of(client, "k", 1).tryAcquireSharedAsync();
        case WRITER -> SharedExclusiveLock.of(client, "k", 1).tryAcquireExclusiveAsync();
        case SEVERAL -> MultiLock.of(client, "k", "l").tryAcquireAsync();
        case FAIR -> FairLock.of(client, "k").tryAcquireAsync();
      };
    }

    /** What keeps the callers of the recipe out. */
    Recipe opponent() {
      return this == READER ? WRITER : this;
    }
  }

  private Hold holds(World.Node node, Recipe recipe) throws InterruptedException {
    return recipe.opponent().tryAcquire(node.client).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void tries_sayWhetherItWasFree(Recipe recipe) throws Exception {
    Hold held = holds(a, recipe);
    assertThat(recipe.tryAcquire(b.client)).isEmpty();
    CompletableFuture<? extends Optional<? extends Hold>> refused =
        recipe.tryAcquireAsync(b.client);
    world.seconds(1);
    assertThat(refused.join()).isEmpty();
    held.close();

    CompletableFuture<? extends Optional<? extends Hold>> got = recipe.tryAcquireAsync(b.client);
    world.seconds(1);
    Hold next = got.join().orElseThrow();
    assertThat(next.isHeld()).isTrue();
    next.close();
    recipe.acquire(b.client).close();
  }

  @ParameterizedTest
  @EnumSource
  void tryOfACallerThatGoes_leavesNothing(Recipe recipe) throws Exception {
    for (GoneCaller caller : GoneCaller.values()) {
      for (int millis = 0; millis < 30; millis += 3) {
        CompletableFuture<? extends Optional<? extends Hold>> gone =
            recipe.tryAcquireAsync(a.client);
        world.time.advance(Duration.ofMillis(millis));
        if (gone.isDone()) {
          gone.join().orElseThrow().close();
        } else {
          caller.leaves(gone);
        }
        world.seconds(1);
        recipe.tryAcquire(b.client).orElseThrow().close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tryOnAClosedClient_failsAsTheOthers(Recipe recipe) {
    a.client.close();
    CompletableFuture<? extends Optional<? extends Hold>> refused =
        recipe.tryAcquireAsync(a.client);
    world.seconds(1);

    assertThatThrownBy(refused::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.CLIENT_CLOSED);
              assertThat(e.key()).isEqualTo(LockKey.of("k"));
              assertThat(e).hasMessageEndingWith(": the LockClient was closed");
            });
  }

  /** Two leases, as the client's verbs. */
  @ParameterizedTest
  @EnumSource
  void callerThatDoesNotSayHowLong_waitsForTwoLeases(Recipe recipe) throws Exception {
    Hold held = holds(a, recipe);
    CompletableFuture<? extends Hold> waiting = recipe.acquireAsync(b.client);
    world.seconds(39);
    assertThat(waiting).isNotDone();
    world.seconds(2);
    assertThat(waiting).isCompletedExceptionally();
    held.close();
  }

  @Test
  void waitOfSeveralLocks_isOfTheLongestLease() {
    HeldLock held = a.acquired(request -> request.key("x"));
    CompletableFuture<MultiLock.HeldLocks> waiting =
        MultiLock.of(
                b.client,
                LockRequest.of("x"),
                LockRequest.builder("y").leaseDuration(Duration.ofSeconds(60)).build())
            .acquireAsync();
    world.seconds(119);
    assertThat(waiting).isNotDone();
    world.seconds(2);
    assertThat(waiting).isCompletedExceptionally();
    held.close();
  }

  @ParameterizedTest
  @EnumSource
  void refusal_speaksOfTheRecipe_andItsHolderIsThatOfAPart(Recipe recipe) throws Exception {
    Hold held = holds(a, recipe);
    CompletableFuture<? extends Hold> waiting =
        recipe.acquireAsync(b.client, Duration.ofSeconds(3));
    world.seconds(4);
    LockNotAcquiredException refused =
        (LockNotAcquiredException) waiting.handle((got, failure) -> failure).join();

    assertThat(refused.reason()).isEqualTo(Reason.HELD);
    assertThat(refused.key()).isEqualTo(LockKey.of("k"));
    String known =
        refused
            .holder()
            .map(
                info ->
                    ", '%s' by 'a' (token %s)"
                        .formatted(info.key(), info.fencingToken().getAsLong()))
            .orElse("");
    String waited = Long.toString(refused.waited().toMillis());
    assertThat(refused).hasMessage(recipe.refusal.formatted(waited) + known + recipe.advice);
    assertThat(refused.holder().map(LockInfo::ownerName).orElse("a")).isEqualTo("a");
    held.close();
  }

  @Test
  void permits_thatAreHeld_areNamed() throws Exception {
    Hold held = CountedSemaphore.of(a.client, "k", 1).acquire();
    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> CountedSemaphore.of(b.client, "k", 1).acquire(Duration.ZERO));

    assertThat(refused.holder().map(LockInfo::key)).contains(LockKey.of("k/0"));
    assertThat(refused).hasMessageContaining("'k/0' by 'a' (token " + held.fencingToken() + ")");
    held.close();
  }

  @Test
  void severalLocks_ofWhichOneHasNoItem_areToldByTheirName() throws Exception {
    MultiLock locks =
        MultiLock.of(
            a.client, LockRequest.of("k"), LockRequest.builder("l").onlyIfExists(true).build());
    assertThat(locks.tryAcquire()).isEmpty();

    assertThatThrownBy(locks::acquire)
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_LOCK);
              assertThat(e.key()).isEqualTo(LockKey.of("l"));
            })
        .hasMessageStartingWith("MultiLock [k, l] gave no locks within ")
        .hasMessageEndingWith("the table has none with key 'l'");
  }

  @ParameterizedTest
  @EnumSource
  void hold_thatWasClosed_isNamedAfterTheRecipe(Recipe recipe) throws Exception {
    Hold hold = recipe.acquire(a.client);
    assertThat(hold).hasToString(recipe.hold + " (token " + hold.fencingToken() + ")");
    hold.close();

    assertThatIllegalStateException()
        .isThrownBy(hold::ensureHeld)
        .withMessageStartingWith(recipe.hold + " (token " + hold.fencingToken() + ") was ")
        .withMessageEndingWith(" by its holder");
    assertThat(hold).hasToString(recipe.hold + " (token " + hold.fencingToken() + ", closed)");
  }

  @ParameterizedTest
  @EnumSource
  void waitThatIsOutOfRange_isRefusedWithTheRange(Recipe recipe) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> recipe.acquireAsync(a.client, Duration.ofSeconds(-1)))
        .withMessageContaining("waitUpTo PT-1S")
        .withMessageContaining("36500 days");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CountedSemaphore", "SharedExclusiveLock", "MultiLock", "FairLock"})
  void requestThatDoesNotFitTheClient_isRefusedInTheNameOfTheRecipe(String recipe) {
    LockRequest request = LockRequest.builder("k").heartbeatInterval(Duration.ofSeconds(6)).build();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              var unused =
                  switch (recipe) {
                    case "CountedSemaphore" ->
                        CountedSemaphore.of(a.client, request, 1).acquireAsync();
                    case "MultiLock" -> MultiLock.of(a.client, request).acquireAsync();
                    case "FairLock" -> FairLock.of(a.client, request).acquireAsync(LONG);
                    default ->
                        SharedExclusiveLock.of(a.client, request, 1).tryAcquireExclusiveAsync();
                  };
            })
        .withMessageStartingWith(recipe + " 'k': ")
        .withMessageContaining("heartbeatInterval");
  }
}
