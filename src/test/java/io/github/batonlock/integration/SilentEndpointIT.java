package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.SilentRefusals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients of an endpoint that sends no item with a failed condition. */
class SilentEndpointIT extends TableFixture {
  private LockClient silent(Sdk sdk) {
    return silent(sdk, Duration.ofSeconds(15));
  }

  private LockClient silent(Sdk sdk, Duration heartbeat) {
    return client(
        sdk,
        new SilentRefusals(),
        builder -> builder.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(heartbeat));
  }

  /** Regression: it failed with NO_SUCH_LOCK. */
  @ParameterizedTest
  @EnumSource
  void waiter_behindAHolder_getsTheLock(Sdk sdk) throws Exception {
    String key = newKey();
    HeldLock held = silent(sdk).acquire(key);
    LockClient other = silent(sdk);

    CompletableFuture<HeldLock> waiting =
        other.acquireAsync(LockRequest.builder(key).waitForever().build());
    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> silent(sdk).acquire(LockRequest.builder(key).waitUpTo(Duration.ZERO).build()));
    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
    assertThat(refused.holder().orElseThrow().fencingToken()).hasValue(held.fencingToken());
    held.close();

    assertThat(Eventually.get(waiting).fencingToken()).isEqualTo(held.fencingToken() + 1);
  }

  @ParameterizedTest
  @EnumSource
  void heldLock_whoseItemIsDeleted_isRevokedAsDeleted(Sdk sdk) throws Exception {
    String key = newKey();
    CompletableFuture<Revocation> told = new CompletableFuture<>();
    HeldLock held =
        silent(sdk, Duration.ofMillis(500))
            .acquire(LockRequest.builder(key).onRevoked(told::complete).build());
    deleteRow(key);
    assertThat(Eventually.get(told).reason()).isEqualTo(Revocation.Reason.ITEM_DELETED);
    assertThat(held.isHeld()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void severalLocks_ofWhichOneIsHeld_nameIt(Sdk sdk) throws Exception {
    List<String> keys = List.of(newKey(), newKey());
    HeldLock held = silent(sdk).acquire(keys.get(1));
    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> MultiLock.of(silent(sdk), keys.toArray(String[]::new)).acquire(Duration.ZERO));
    assertThat(refused.key()).isEqualTo(held.key());
    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
    held.close();
    assertThat(MultiLock.of(silent(sdk), keys.toArray(String[]::new)).tryAcquire()).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void onlyIfExists_whereThereIsNone_failsWithNoSuchLock(Sdk sdk) {
    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> silent(sdk).acquire(LockRequest.builder(newKey()).onlyIfExists(true).build()));
    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.NO_SUCH_LOCK);
  }
}
