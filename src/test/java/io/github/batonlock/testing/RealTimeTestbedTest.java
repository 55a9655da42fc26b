package io.github.batonlock.testing;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RealTimeTestbedTest {
  @RegisterExtension final BatonExtension baton = BatonExtension.realTime();

  private static LockClient client(LockTestbed bed, String host) {
    return bed.client(
        host, builder -> builder.leaseDuration(ofMillis(300)).heartbeatInterval(ofMillis(60)));
  }

  @Test
  void hostThatIsCutOff_losesItsLock_andAnotherTakesIt(LockTestbed bed) throws Exception {
    List<Reason> told = new CopyOnWriteArrayList<>();
    HeldLock lock = client(bed, "a").acquire("job");
    lock.onRevoked(revocation -> told.add(revocation.reason()));
    bed.host("a").cutOff();

    HeldLock next = bed.await(client(bed, "b").acquireAsync("job"));
    bed.advanceUntil("the callback has run", () -> !told.isEmpty());

    assertThat(told).containsExactly(Reason.LEASE_EXPIRED);
    assertThat(next.fencingToken()).isGreaterThan(lock.fencingToken());
    assertThat(bed.history().holders("job")).startsWith("a");
  }

  @Test
  void codeWithThreadsOfItsOwn_runs(LockTestbed bed) {
    LockClient a = client(bed, "a");
    CompletableFuture<Long> token = new CompletableFuture<>();
    bed.host("a")
        .executor()
        .execute(
            () -> {
              try (HeldLock lock = a.acquire("job")) {
                token.complete(lock.fencingToken());
              } catch (InterruptedException e) {
                token.completeExceptionally(e);
              }
            });

    assertThat(bed.await(token)).isPositive();
  }

  @Test
  void faultsOfAMachine_areRefused(LockTestbed bed) {
    TestHost host = bed.host("a");

    for (Runnable fault : List.<Runnable>of(host::pause, host::suspend, host::kill)) {
      assertThatThrownBy(fault::run)
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("of host 'a' needs virtual time")
          .hasMessageContaining("cutOff()");
    }
  }

  @Test
  void await_thatDoesNotEnd_failsAtItsLimit(LockTestbed bed) {
    bed.limit(ofMillis(20));

    assertThatThrownBy(() -> bed.await(new CompletableFuture<Revocation>()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("within 0.02 s of real time");
  }
}
