package io.github.batonlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.testing.Eventually;
import io.github.batonlock.testing.RequestCounter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A holder is asked to finish, and does; on a real table, with all requests counted. */
class ReleaseRequestIT extends TableFixture {

  @ParameterizedTest
  @EnumSource
  void request_costsItsSenderTwoRequests_andTheHolderNone(Sdk sdk) throws Exception {
    Duration interval = Duration.ofSeconds(1);
    RequestCounter holders = new RequestCounter();
    LockClient holder =
        client(
            sdk, holders, b -> b.leaseDuration(Duration.ofSeconds(10)).heartbeatInterval(interval));
    RequestCounter askers = new RequestCounter();
    LockClient asker = client(sdk, askers, b -> b.leaseDuration(Duration.ofMinutes(10)));
    String key = newKey();
    CompletableFuture<ReleaseRequest> told = new CompletableFuture<>();
    HeldLock lock = holder.acquire(r -> r.key(key).onReleaseRequested(told::complete));
    long start = System.nanoTime();
    holders.reset();

    LockInfo asked =
        asker.requestRelease(LockKey.of(key), "deploy", Duration.ofSeconds(30)).orElseThrow();
    assertThat(asked.ownerName()).isEqualTo(holder.ownerName());
    assertThat(askers.counts()).isEqualTo(Map.of("GetItem", 1, "UpdateItem", 1));

    ReleaseRequest request = Eventually.get(told);
    double most = (System.nanoTime() - start) / (double) interval.toNanos() + 0.75 + 0.01;
    assertThat(request.askedBy()).isEqualTo(asker.ownerName());
    assertThat(request.reason()).isEqualTo("deploy");
    assertThat(request.deadline()).isEqualTo(Duration.ofSeconds(30));
    assertThat(holders.counts()).containsOnlyKeys("UpdateItem");
    assertThat(holders.of("UpdateItem")).isLessThanOrEqualTo((int) most);

    lock.close();
    assertThat(row(key)).doesNotContainKey("releaseRequest");
    assertThat(asker.tryAcquire(key)).isPresent();
    assertThat(asker.requestRelease(LockKey.of(newKey()), "", Duration.ZERO)).isEmpty();
  }
}
