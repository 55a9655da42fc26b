package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import io.github.batonlock.support.LossyHttpClient.Fault;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** The user's own transactions with a guard in them: refused by DynamoDB once the lock moved on. */
class GuardIT extends TableFixture {
  /** Waited for by some tests; the lock is not to be lost before they want it to be. */
  private static final Duration LEASE = Duration.ofSeconds(8);

  /** Longer than any test: what is lost was taken away. */
  private static final Duration LONG_LEASE = Duration.ofMinutes(10);

  private static final Duration HEARTBEAT = Duration.ofMillis(500);

  private LossyHttpClient network = LossyHttpClient.create();
  private String work = newKey();

  @BeforeEach
  void startAnew() {
    network = LossyHttpClient.create();
    work = newKey();
  }

  private LockClient renewing() {
    return client(
        sdkOver(network, false), b -> b.leaseDuration(LONG_LEASE).heartbeatInterval(HEARTBEAT));
  }

  /** A client whose locks are lost soon after its network is cut. */
  private LockClient stoppable() {
    return client(
        sdkOver(network, false), b -> b.leaseDuration(LEASE).heartbeatInterval(HEARTBEAT));
  }

  private void cut() {
    network.always("UpdateItem", Fault.blackHole());
    network.always("GetItem", Fault.blackHole());
  }

  /** A write of the user's own, in one transaction with the guard. */
  private void write(TransactWriteItem guard) {
    TransactWriteItem put =
        TransactWriteItem.builder()
            .put(p -> p.tableName(table).item(Map.of("key", s(work), "done", s("yes"))))
            .build();
    dynamo.sync().transactWriteItems(r -> r.transactItems(guard, put));
  }

  private void assertRefused(TransactWriteItem guard) {
    deleteRow(work);
    TransactionCanceledException refused =
        catchThrowableOfType(TransactionCanceledException.class, () -> write(guard));
    assertThat(refused.cancellationReasons())
        .extracting(CancellationReason::code)
        .containsExactly("ConditionalCheckFailed", "None");
    assertThat(row(work)).isEmpty();
  }

  private void assertPasses(TransactWriteItem guard) {
    deleteRow(work);
    write(guard);
    assertThat(row(work)).containsEntry("done", s("yes"));
  }

  @Test
  void guard_whileTheLockIsHeld_passesThroughHeartbeats() throws Exception {
    String key = newKey();
    HeldLock lock = renewing().acquire(key);
    TransactWriteItem guard = lock.guard();
    assertPasses(guard);

    Set<String> versions = ConcurrentHashMap.newKeySet();
    Eventually.until(
        "three heartbeats were written",
        () -> {
          versions.add(version(key));
          return versions.size() > 3;
        });

    assertPasses(guard);
    assertPasses(lock.guard());
  }

  @Test
  void guard_afterRelease_isRefusedAndNoNewOneIsGiven() throws Exception {
    HeldLock lock = client().acquire(newKey());
    TransactWriteItem guard = lock.guard();

    lock.close();

    assertRefused(guard);
    assertThatThrownBy(lock::guard).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void guard_afterTakeover_isRefusedAndNoNewOneIsGiven() throws Exception {
    String key = newKey();
    HeldLock stale = stoppable().acquire(key);
    TransactWriteItem guard = stale.guard();

    cut();
    HeldLock next = client().acquire(key);

    assertThat(next.fencingToken()).isEqualTo(stale.fencingToken() + 1);
    assertRefused(guard);
    Eventually.until("it knows", () -> stale.revocation().isPresent());
    assertThatThrownBy(stale::guard).isInstanceOf(LockRevokedException.class);
    assertPasses(next.guard());
  }

  @Test
  void guard_afterTheDeadlineButBeforeAnybodyElseHadTheLock_passes() throws Exception {
    HeldLock stale = stoppable().acquire(newKey());
    TransactWriteItem guard = stale.guard();

    cut();
    Eventually.until("the lock is revoked", () -> stale.revocation().isPresent());

    assertPasses(guard);
  }

  @Test
  void guard_afterTheNextHolderOfTheSameClient_isRefused() throws Exception {
    String key = newKey();
    LockClient client = client();
    HeldLock first = client.acquire(key);
    CompletableFuture<HeldLock> waiting = client.acquireAsync(LockRequest.of(key));
    TransactWriteItem guard = first.guard();

    first.close();
    HeldLock next = Eventually.get(waiting);

    assertRefused(guard);
    assertPasses(next.guard());
  }

  @Test
  void guard_afterAnOperatorDeletedTheItem_isRefusedAlsoWhenItIsTakenAnew() throws Exception {
    String key = newKey();
    HeldLock lock =
        client(b -> b.leaseDuration(Duration.ofMinutes(10)).ownerName("me")).acquire(key);
    TransactWriteItem guard = lock.guard();

    deleteRow(key);
    assertRefused(guard);

    HeldLock anew =
        client(b -> b.leaseDuration(Duration.ofMinutes(10)).ownerName("me")).acquire(key);
    assertRefused(guard);
    assertPasses(anew.guard());
  }

  @Test
  void guard_afterAForeignClientWroteTheItemWithoutToken_isRefused() throws Exception {
    String key = newKey();
    LockClient client = client();
    HeldLock lock = client.acquire(key);
    TransactWriteItem guard = lock.guard();

    Map<String, AttributeValue> foreign = new ConcurrentHashMap<>(row(key));
    foreign.remove("fencingToken");
    putRow(foreign);

    assertRefused(guard);
  }

  @Test
  void guard_ofATableWithOtherKeys_passesAndIsRefused() throws Exception {
    String other = dynamo.newTable("id", "part");
    LockClient client =
        closing(
            LockClient.builder(dynamo.sync(), other)
                .partitionKeyName("id")
                .sortKeyName("part")
                .leaseDuration(Duration.ofMinutes(10))
                .build());
    HeldLock lock = client.acquire(LockRequest.builder(LockKey.of("a", "b")).build());
    TransactWriteItem guard = lock.guard();

    assertPasses(guard);
    lock.close();
    assertRefused(guard);
  }

  /** The session is over, but a lock of it is exclusive until somebody has written its item. */
  @Test
  void guardsOfASharedLease_afterItsSessionWasEnded_areRefusedForWhatWasTakenSince()
      throws Exception {
    String taken = newKey();
    String left = newKey();
    LockClient stoppable = stoppable();
    HeldLock first = stoppable.acquire(LockRequest.builder(taken).leases(Leases.shared()).build());
    HeldLock second = stoppable.acquire(LockRequest.builder(left).leases(Leases.shared()).build());
    TransactWriteItem guardOfTaken = first.guard();
    TransactWriteItem guardOfLeft = second.guard();
    assertPasses(guardOfTaken);

    cut();
    LockClient waiter = client();
    HeldLock next = waiter.acquire(taken);

    assertThat(next.isHeld()).isTrue();
    assertRefused(guardOfTaken);
    assertPasses(guardOfLeft);
    assertThat(waiter.tryAcquire(left)).isPresent();
    assertRefused(guardOfLeft);
  }

  @Test
  void heartbeat_thatMeetsATransaction_isTriedAgain() throws Exception {
    String key = newKey();
    HeldLock lock = renewing().acquire(key);
    String version = version(key);
    network.next(2, "UpdateItem", Fault.answer(400, "TransactionConflictException", "busy"));

    Eventually.until("a heartbeat was written", () -> !version(key).equals(version));

    assertThat(lock.isHeld()).isTrue();
    assertThat(lock.revocation()).isEmpty();
  }
}
