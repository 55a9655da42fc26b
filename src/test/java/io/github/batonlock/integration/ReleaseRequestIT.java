package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A holder is asked to finish, and does; on a real table, with all requests counted. */
class ReleaseRequestIT extends TableFixture {
  /** Long enough that no answer is late on a machine that is busy: a late one costs a request. */
  private static final Duration LEASE = Duration.ofSeconds(60);

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  @ParameterizedTest
  @EnumSource
  void request_costsItsSenderTwoRequests_andTheHolderNone(Sdk sdk) throws Exception {
    RequestCounter holders = new RequestCounter();
    RequestCounter askers = new RequestCounter();
    askers.measure(
        () ->
            holders.measure(
                () -> {
                  try (LockClient holder = holder(sdk, holders)) {
                    request_costs(sdk, holder, holders, askers);
                  }
                }));
  }

  private LockClient holder(Sdk sdk, RequestCounter counter) {
    return client(sdk, counter, b -> b.leaseDuration(LEASE).heartbeatInterval(INTERVAL));
  }

  private void request_costs(
      Sdk sdk, LockClient holder, RequestCounter holders, RequestCounter askers) throws Exception {
    askers.reset();
    LockClient asker = client(sdk, askers, b -> b.leaseDuration(Duration.ofMinutes(10)));
    String key = newKey();
    CompletableFuture<ReleaseRequest> told = new CompletableFuture<>();
    long start = System.nanoTime();
    HeldLock lock =
        holder.acquire(LockRequest.builder(key).onReleaseRequested(told::complete).build());
    holders.reset();

    LockInfo asked =
        asker.requestRelease(LockKey.of(key), "deploy", Duration.ofSeconds(30)).orElseThrow();
    assertThat(asked.ownerName()).isEqualTo(holder.ownerName());
    assertThat(askers.counts()).isEqualTo(Map.of("GetItem", 1, "UpdateItem", 1));

    ReleaseRequest request = Eventually.get(told);
    Map<String, Integer> sent = holders.counts();
    // A heartbeat each interval, of which each may be sent once more where the engine is slow.
    double most = 2 * ((System.nanoTime() - start) / (double) INTERVAL.toNanos() + 0.75 + 0.01);
    assertThat(request.askedBy()).isEqualTo(asker.ownerName());
    assertThat(request.reason()).isEqualTo("deploy");
    assertThat(request.gracePeriod()).isEqualTo(Duration.ofSeconds(30));
    assertThat(sent).containsOnlyKeys("UpdateItem");
    assertThat(sent.get("UpdateItem")).isLessThanOrEqualTo((int) most);

    lock.close();
    assertThat(row(key)).doesNotContainKey("releaseRequest");
    assertThat(asker.tryAcquire(key)).isPresent();
    assertThat(asker.requestRelease(LockKey.of(newKey()), "", Duration.ZERO)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void waiterWhoAsks_getsTheLockFromTheHolder_whoeverElseWaits(Sdk sdk) throws Exception {
    RequestCounter holders = new RequestCounter();
    holders.measure(
        () -> {
          try (LockClient holder = holder(sdk, holders)) {
            waiterWhoAsks(sdk, holder, holders);
          }
        });
  }

  private void waiterWhoAsks(Sdk sdk, LockClient holder, RequestCounter holders) throws Exception {
    LockClient other = client(sdk, b -> {});
    LockClient asker = client(sdk, b -> {});
    String key = newKey();
    HeldLock lock = holder.acquire(key);
    CompletableFuture<HeldLock> waiting =
        other.acquireAsync(LockRequest.builder(key).waitForever().build());
    lock.onReleaseRequested(request -> lock.close());

    HeldLock second =
        asker.acquire(
            LockRequest.builder(key).waitForever().requestRelease("deploy", Duration.ZERO).build());

    assertThat(second.fencingToken()).isEqualTo(lock.fencingToken() + 2);
    assertThat(waiting).isNotDone();
    assertThat(lock.revocation()).isEmpty();
    assertThat(holders.counts()).containsOnlyKeys("UpdateItem");
    second.close();
    Eventually.get(waiting).close();
  }

  @ParameterizedTest
  @EnumSource
  void waiterWhoGivesUp_takesHisRequestBack(Sdk sdk) throws Exception {
    LockClient holder = client(sdk, b -> {});
    LockClient asker = client(sdk, b -> {});
    String key = newKey();
    HeldLock lock = holder.acquire(key);
    CompletableFuture<HeldLock> asking =
        asker.acquireAsync(
            LockRequest.builder()
                .key(key)
                .waitForever()
                .requestRelease("deploy", Duration.ZERO)
                .build());
    Eventually.until("asked", () -> row(key).get("releaseRequest").hasM());

    asking.cancel(false);

    Eventually.until("taken back", () -> !row(key).get("releaseRequest").hasM());
    assertThat(lock.isHeld()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void holderOfSharedLeases_isToldByItsSession_atNoFurtherRequest(Sdk sdk) throws Exception {
    RequestCounter holders = new RequestCounter();
    holders.measure(
        () -> {
          try (LockClient holder = holder(sdk, holders)) {
            holderOfSharedLeases(sdk, holder, holders);
          }
        });
  }

  private void holderOfSharedLeases(Sdk sdk, LockClient holder, RequestCounter holders)
      throws Exception {
    LockClient asker = client(sdk, b -> {});
    String key = newKey();
    CompletableFuture<ReleaseRequest> told = new CompletableFuture<>();
    CompletableFuture<ReleaseRequest> wrong = new CompletableFuture<>();
    HeldLock lock =
        holder.acquire(
            LockRequest.builder(key)
                .leases(Leases.shared())
                .onReleaseRequested(told::complete)
                .build());
    HeldLock other =
        holder.acquire(
            LockRequest.builder(newKey())
                .leases(Leases.shared())
                .onReleaseRequested(wrong::complete)
                .build());
    LockKey session = lock.session().orElseThrow();
    holders.reset();

    assertThat(asker.requestRelease(LockKey.of(key), "deploy", Duration.ofSeconds(30))).isPresent();

    assertThat(Eventually.get(told).reason()).isEqualTo("deploy");
    Eventually.until(
        "heard", () -> row(session.partitionKey()).get("releaseRequest").l().isEmpty());
    assertThat(holders.counts()).containsOnlyKeys("UpdateItem");
    assertThat(wrong).isNotDone();
    assertThat(lock.isHeld() && other.isHeld()).isTrue();
  }
}
