package io.github.batonlock.internal.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;

/** Many callers who fail for one cause: each has an exception of its own. */
class OwnFailureTest {
  private static final int CALLERS = 200;
  private static final LockKey KEY = LockKey.of("k");

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  /** What the futures failed with; each failure once. */
  static Set<Throwable> failures(List<? extends CompletableFuture<?>> futures) {
    Set<Throwable> failures = Collections.newSetFromMap(new IdentityHashMap<>());
    for (CompletableFuture<?> future : futures) {
      assertThat(future).isCompletedExceptionally();
      Throwable failure = future.handle((value, why) -> why).join();
      failures.add(failure instanceof CompletionException ? failure.getCause() : failure);
    }
    return failures;
  }

  private List<CompletableFuture<HeldLock>> acquireMany() {
    List<CompletableFuture<HeldLock>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      String key = "k" + i;
      callers.add(a.acquire(r -> r.key(key).leases(Leases.shared()).waitForever()));
    }
    return callers;
  }

  @Test
  void callers_whoseSessionCannotBeOpened_haveAFailureEach() {
    a.store.fail("open", Fault.ACCESS_DENIED);
    List<CompletableFuture<HeldLock>> callers = acquireMany();
    world.seconds(1);

    assertThat(failures(callers))
        .hasSize(CALLERS)
        .allSatisfy(
            failure -> {
              assertThat(failure)
                  .isInstanceOfSatisfying(
                      LockStoreException.class,
                      store -> assertThat(store.kind()).isEqualTo(Kind.ACCESS_DENIED))
                  .hasMessage("injected: ACCESS_DENIED")
                  .hasNoSuppressedExceptions();
              assertThat(failure.getCause()).isInstanceOf(LockStoreException.class);
            });
  }

  @Test
  void caller_whoseSessionCannotBeOpened_hasTheFailureItselfWhenAlone() {
    a.store.fail("open", Fault.ACCESS_DENIED);
    CompletableFuture<HeldLock> caller = a.acquire(r -> r.leases(Leases.shared()));
    world.seconds(1);

    assertThat(failures(List.of(caller)))
        .singleElement()
        .satisfies(failure -> assertThat(failure).hasNoCause());
  }

  @Test
  void callers_whoseHoldersSessionCannotBeRead_haveAFailureEach() {
    LockKey session = null;
    for (int i = 0; i < CALLERS; i++) {
      String key = "k" + i;
      session = b.acquired(r -> r.key(key).leases(Leases.shared())).session().orElseThrow();
    }
    a.store.failKey(session.partitionKey(), Fault.ACCESS_DENIED);
    List<CompletableFuture<HeldLock>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      String key = "k" + i;
      callers.add(a.acquire(r -> r.key(key).waitForever()));
    }
    world.seconds(10);

    assertThat(failures(callers)).hasSize(CALLERS).hasOnlyElementsOfType(LockStoreException.class);
  }

  @Test
  void updates_refusedTogether_haveAFailureEach() {
    HeldLock lock = a.acquired();
    SdkBytes nearlyTooLarge = SdkBytes.fromByteArray(new byte[400 * 1024 - 1]);
    List<CompletableFuture<Void>> updates = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      updates.add(lock.updateDataAsync(nearlyTooLarge));
    }
    world.seconds(1);

    assertThat(failures(updates))
        .hasSize(3)
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOfSatisfying(
                        LockStoreException.class,
                        store -> assertThat(store.kind()).isEqualTo(Kind.INVALID_REQUEST)));
    assertThat(lock.isHeld()).isTrue();
  }

  private static List<Throwable> kinds() {
    Revocation loss =
        new Revocation(
            KEY, 1, Revocation.Reason.TAKEN_OVER, Duration.ZERO, Duration.ZERO, new Error("why"));
    return List.of(
        new LockStoreException(Kind.TIMED_OUT, true, "no answer", new Error("why")),
        new LockNotAcquiredException(
            KEY, LockNotAcquiredException.Reason.HELD, Duration.ofSeconds(3), null),
        new LockRevokedException(loss),
        new LockNotHeldException(KEY, "suspect"),
        new IllegalStateException("closed"),
        new IllegalArgumentException("not so"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void failure_ofAnyKindThatIsTold_canBeMadeAgain(Throwable first) {
    Throwable other = OwnFailure.like(first);

    assertThat(other).isNotSameAs(first).hasSameClassAs(first).hasMessage(first.getMessage());
    assertThat(properties(other)).isEqualTo(properties(first));
  }

  private static List<Object> properties(Throwable failure) {
    if (failure instanceof LockStoreException store) {
      return List.of(store.kind(), store.mayHaveBeenApplied());
    } else if (failure instanceof LockNotAcquiredException refused) {
      return List.of(refused.key(), refused.reason(), refused.waited(), refused.holder());
    } else if (failure instanceof LockRevokedException lost) {
      return List.of(lost.key(), lost.revocation(), lost.getCause());
    }
    return failure instanceof LockNotHeldException suspect ? List.of(suspect.key()) : List.of();
  }

  @Test
  void failure_ofAnotherKind_staysAsItIs() {
    Throwable malformed = new MalformedLockItemException(KEY, "ownerName", "is missing");
    Throwable foreign = new StackOverflowError();

    assertThat(OwnFailure.like(malformed)).isSameAs(malformed);
    assertThat(OwnFailure.like(foreign)).isSameAs(foreign);
  }
}
