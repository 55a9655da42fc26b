package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The queue for a lock, by real clients on a real table. */
class FairLockIT extends TableFixture {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A dead one is outwaited soon, and no machine stands still for so long. */
  private static final Duration LEASE = Duration.ofSeconds(20);

  private FairLock lockOf(Sdk sdk, String key) {
    return FairLock.of(client(sdk), key);
  }

  private LockClient client(Sdk sdk) {
    return client(
        sdk, builder -> builder.leaseDuration(LEASE).heartbeatInterval(LEASE.dividedBy(8)));
  }

  /** Comes, and is in the queue when this returns. */
  private CompletableFuture<Hold> comes(FairLock lock, String key) {
    long before = ticketsOf(key);
    CompletableFuture<Hold> turn = lock.acquireAsync(PATIENCE);
    Eventually.until("in the queue", () -> ticketsOf(key) > before);
    return turn;
  }

  private long ticketsOf(String key) {
    var queue = row(key + "/queue");
    return queue == null || queue.isEmpty() ? 0 : Long.parseLong(queue.get("fencingToken").n());
  }

  @ParameterizedTest
  @EnumSource
  void lock_ofSeveralClients_isHadInTheOrderOfComing(Sdk sdk) throws Exception {
    String key = newKey();
    List<FairLock> locks = List.of(lockOf(sdk, key), lockOf(sdk, key), lockOf(sdk, key));
    List<CompletableFuture<Hold>> turns = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      turns.add(comes(locks.get(i % locks.size()), key));
    }

    long lastToken = 0;
    for (int i = 0; i < turns.size(); i++) {
      Hold turn = Eventually.get(turns.get(i));
      assertThat(turns.subList(i + 1, turns.size())).noneMatch(CompletableFuture::isDone);
      assertThat(turn.isHeld()).isTrue();
      assertThat(turn.fencingToken()).isGreaterThan(lastToken);
      lastToken = turn.fencingToken();
      turn.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void waiterWhoGivesUp_isPassedOver(Sdk sdk) throws Exception {
    String key = newKey();
    Hold first = lockOf(sdk, key).acquire(PATIENCE);
    CompletableFuture<Hold> second = comes(lockOf(sdk, key), key);
    CompletableFuture<Hold> third = comes(lockOf(sdk, key), key);

    second.cancel(false);
    first.close();

    assertThat(Eventually.get(third).isHeld()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void closedClientInTheQueue_isPassedOver(Sdk sdk) throws Exception {
    String key = newKey();
    Hold first = lockOf(sdk, key).acquire(PATIENCE);
    LockClient leaving = client(sdk);
    CompletableFuture<Hold> second = comes(FairLock.of(leaving, key), key);
    CompletableFuture<Hold> third = comes(lockOf(sdk, key), key);

    leaving.close();
    assertThatThrownBy(() -> Eventually.get(second))
        .isInstanceOf(LockNotAcquiredException.class)
        .hasMessageContaining("'" + key + "'");
    assertThat(third).isNotDone();
    first.close();

    assertThat(Eventually.get(third).isHeld()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void noWait_whereSomebodyIsBefore_isRefusedWithHisName(Sdk sdk) throws Exception {
    String key = newKey();
    FairLock lock = lockOf(sdk, key);
    LockClient other = client(sdk, builder -> builder.ownerName("somebody"));
    try (Hold first = FairLock.of(other, key).acquire(PATIENCE)) {
      assertThatThrownBy(() -> lock.acquire(Duration.ZERO))
          .isInstanceOf(LockNotAcquiredException.class)
          .hasMessageContaining("somebody");
      assertThat(first.isHeld()).isTrue();
    }
    lock.acquire(Duration.ZERO).close();
  }
}
