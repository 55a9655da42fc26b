package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.LockWatch.State;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import io.github.batonlock.support.Stalls;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a watch sees of real clients, and what it costs. */
class LockWatchIT extends TableFixture {
  private static final Duration BEAT = Duration.ofMillis(500);

  private final RequestCounter counter = new RequestCounter();
  private final RequestCounter ofHolder = new RequestCounter();
  private final List<State> told = new CopyOnWriteArrayList<>();

  private LockClient beating(Sdk sdk, RequestCounter counted) {
    return client(
        sdk,
        counted,
        builder -> builder.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(BEAT));
  }

  private void until(Liveness liveness) {
    Eventually.until(
        "the watch says " + liveness,
        () -> !told.isEmpty() && told.get(told.size() - 1).liveness() == liveness);
  }

  @ParameterizedTest
  @EnumSource
  void watch_ofALivingHolder_isOneEventuallyConsistentReadPerHeartbeat(Sdk sdk) throws Exception {
    String key = newKey();
    LockClient holder = beating(sdk, ofHolder);
    LockClient watcher = beating(sdk, counter);
    told.clear();
    SdkBytes data = SdkBytes.fromUtf8String("here");
    HeldLock lock =
        holder.acquire(LockRequest.builder(key).data(data).attribute("zone", s("a")).build());

    LockWatch watch = watcher.watch(LockKey.of(key), told::add);
    watcher.watch(LockKey.of(key), state -> {});
    until(Liveness.ALIVE);
    ofHolder.reset();
    Eventually.until("the interval is learnt", () -> ofHolder.of("UpdateItem") >= 3);
    Stalls.measure(this::countsTenHeartbeats);

    LockInfo seen = told.get(0).holder().orElseThrow();
    assertThat(seen.ownerName()).isEqualTo(holder.ownerName());
    assertThat(seen.fencingToken()).hasValue(lock.fencingToken());
    assertThat(seen.data()).contains(data);
    assertThat(seen.attributes()).isEqualTo(Map.of("zone", s("a")));
    assertThat(told).extracting(State::liveness).containsExactly(Liveness.UNKNOWN, Liveness.ALIVE);

    lock.close();
    until(Liveness.FREE);
    assertThat(watch.current().holder()).isEmpty();
  }

  private void countsTenHeartbeats() {
    counter.reset();
    ofHolder.reset();
    Eventually.until("ten more heartbeats", () -> ofHolder.of("UpdateItem") >= 10);
    int reads = counter.of("GetItem");
    int heartbeats = ofHolder.of("UpdateItem");
    assertThat(counter.counts()).containsOnlyKeys("GetItem");
    assertThat(reads / (double) heartbeats).isBetween(0.4, 1.4);
  }

  @ParameterizedTest
  @EnumSource
  void watch_ofAHolderWhoseItemNobodyRenews_endsWithDeath(Sdk sdk) throws Exception {
    // Who looks only when it is over has not seen that it was overdue.
    Stalls.measure(() -> watchUntilDeath(sdk));
  }

  private void watchUntilDeath(Sdk sdk) throws Exception {
    String key = newKey();
    LockClient watcher = beating(sdk, counter);
    told.clear();
    HeldLock lock =
        client(builder -> builder.leaseDuration(Duration.ofMinutes(10)))
            .acquire(LockRequest.builder(key).leaseDuration(Duration.ofSeconds(30)).build());
    Map<String, AttributeValue> row = new HashMap<>(row(key));
    lock.close();
    row.put("leaseDuration", s("2000"));
    putRow(row);
    watcher.watch(LockKey.of(key), told::add);
    until(Liveness.DEAD);
    watcher.close();
    assertThat(told)
        .extracting(State::liveness)
        .containsExactly(Liveness.UNKNOWN, Liveness.SUSPECT, Liveness.DEAD);
    assertThat(counter.counts()).containsOnlyKeys("GetItem");
  }

  @ParameterizedTest
  @EnumSource
  void watch_ofASharedLease_followsItsSession(Sdk sdk) throws Exception {
    LockClient holder = beating(sdk, ofHolder);
    LockClient watcher = beating(sdk, counter);
    told.clear();
    HeldLock lock = holder.acquire(LockRequest.builder(newKey()).leases(Leases.shared()).build());
    watcher.watch(lock.session().orElseThrow(), told::add);
    until(Liveness.ALIVE);
    holder.close();
    until(Liveness.FREE);
    assertThat(counter.counts()).containsOnlyKeys("GetItem");
  }
}
