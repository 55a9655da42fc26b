package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * From the call to the lock, as time-lines on a virtual clock. Lease 20 s, usable 16 s, beat 5 s.
 */
class AcquisitionTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static LockRequest within(Duration wait) {
    return LockRequest.builder("k").waitUpTo(wait).build();
  }

  @Test
  void lostRace_costsOneWrite_andTellsWhoHoldsTheLock() {
    HeldLock held = a.acquired();

    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class, () -> b.client.acquire(within(Duration.ZERO)));

    assertThat(b.store.trace()).containsExactly("10 acquire");
    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
    assertThat(refused.waited()).isEqualTo(Duration.ofMillis(4));
    LockInfo holder = refused.holder().orElseThrow();
    assertThat(holder.ownerName()).isEqualTo("a");
    assertThat(holder.fencingToken()).hasValue(held.fencingToken());
    assertThat(refused).hasMessageContaining("'k'").hasMessageContaining("'a'");
  }

  @Test
  void tryAcquire_ofAHeldLock_isOneWriteAndEmpty() throws InterruptedException {
    a.acquired();
    assertThat(b.client.tryAcquire("k")).isEmpty();
    assertThat(b.store.trace()).containsExactly("10 acquire");
  }

  @Test
  void tryAcquire_ofADeadHoldersLock_succeedsOnceItWasSeenSilentForALease()
      throws InterruptedException {
    HeldLock dead = a.acquired();
    a.machine.pause(Duration.ZERO);
    assertThat(b.client.tryAcquire("k")).isEmpty();

    world.seconds(19.9);
    assertThat(b.client.tryAcquire("k")).isEmpty();
    world.seconds(0.1);
    Optional<HeldLock> lock = b.client.tryAcquire("k");

    assertThat(lock).isPresent();
    assertThat(lock.orElseThrow().fencingToken()).isEqualTo(dead.fencingToken() + 1);
    assertThat(b.store.trace().subList(2, 4)).containsExactly("20018 acquire", "20022 takeover");
  }

  @Test
  void waiter_takesADeadHoldersLock_oneLeaseAfterItsLastHeartbeatAndAPoll() {
    a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(12);
    a.machine.pause(Duration.ZERO);
    long lastBeat =
        a.store.trace().stream()
            .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))))
            .max()
            .orElseThrow();

    world.until("the waiter has the lock", Duration.ofMinutes(1), waiting::isDone);

    long gap = world.time.elapsed().toMillis() - lastBeat;
    assertThat(gap).isBetween(20_000L, 22_000L);
    assertThat(b.store.count("takeover")).isEqualTo(1);
    assertThat(b.store.count("acquire")).isEqualTo(1);
  }

  @Test
  void waiter_whoseLockItemAnOperatorBringsBackInAnOldVersion_getsItAllTheSame() {
    a.acquired();
    Map<String, AttributeValue> old = world.table.row(LockKey.of("k"));
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(12);
    a.machine.pause(Duration.ZERO);

    world.table.putRow(LockKey.of("k"), old);
    world.seconds(42);

    assertThat(waiting).isCompleted();
  }

  @Test
  void waiter_whoseReadsAreStaleNowAndThen_takesADeadHoldersLockInTimeAllTheSame() {
    a.acquired();
    Map<String, AttributeValue> stale = world.table.row(LockKey.of("k"));
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(12);
    a.machine.pause(Duration.ZERO);
    Map<String, AttributeValue> current = world.table.row(LockKey.of("k"));
    world.seconds(1.1);
    for (int i = 0; i < 5; i++) {
      world.table.putRow(LockKey.of("k"), stale);
      world.seconds(1.1);
      world.table.putRow(LockKey.of("k"), current);
      world.seconds(1.1);
    }
    world.seconds(9);
    assertThat(waiting).isCompleted();
  }

  @Test
  void waiter_whileTheHolderLives_readsAboutOnceASecond_andWritesOnce() {
    a.acquired();
    b.acquire(r -> r.waitForever());
    world.seconds(60);
    long before = b.store.count("poll");
    world.seconds(100);
    assertThat(b.store.count("poll") - before).isBetween(70L, 100L);
    assertThat(b.store.count("acquire") + b.store.count("takeover")).isEqualTo(1);
  }

  @Test
  void waiter_getsAReleasedLock_withinOnePoll() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire();
    world.seconds(10);
    lock.close();
    world.seconds(1.02);
    assertThat(waiting).isCompleted();
  }

  @Test
  void waiterOfTheSameClient_getsAReleasedLock_atOnce() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> waiting = a.acquire();
    world.seconds(10);
    lock.close();
    world.time.advance(Duration.ofMillis(5));
    assertThat(waiting).isCompleted();
    assertThat(waiting.join().fencingToken()).isEqualTo(lock.fencingToken() + 1);
  }

  @Test
  void waiting_endsAtItsLimit_neitherBeforeNorAfter() {
    a.acquired();
    Duration began = world.time.elapsed();
    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> b.client.acquire(within(Duration.ofMillis(7_777))));
    assertThat(world.time.elapsed().minus(began)).isEqualTo(Duration.ofMillis(7_777));
    assertThat(refused.waited()).isEqualTo(Duration.ofMillis(7_777));
  }

  @Test
  void waitingByDefault_outwaitsADeadHolder() throws InterruptedException {
    HeldLock dead = a.acquired();
    a.machine.pause(Duration.ZERO);
    HeldLock lock = b.client.acquire("k");
    assertThat(lock.fencingToken()).isEqualTo(dead.fencingToken() + 1);
    assertThat(world.time.elapsed()).isLessThan(Duration.ofSeconds(22));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "SDK_RETRY"})
  void acquireWhoseAnswerIsLost_isFoundByTheNextWrite_notWaitedForALease(Fault fault)
      throws InterruptedException {
    a.store.failNext("acquire", fault);

    HeldLock lock = a.client.acquire("k");

    assertThat(world.time.elapsed()).isLessThan(Duration.ofSeconds(6));
    assertThat(lock.isHeld()).isTrue();
    assertThat(a.store.count("takeover")).isZero();
    // Counted from the send that stands in the item, which was the first.
    assertThat(lock.remaining()).isEqualTo(Duration.ofSeconds(16).minus(world.time.elapsed()));
  }

  @Test
  void takeoverWhoseAnswerIsLost_isFoundByTheNextWrite() throws InterruptedException {
    a.acquired();
    a.machine.pause(Duration.ZERO);
    b.store.failNext("takeover", Fault.BROKEN_AFTER);
    HeldLock lock = b.client.acquire("k");
    assertThat(lock.isHeld()).isTrue();
    assertThat(world.owner()).isEqualTo("b");
    assertThat(world.time.elapsed()).isLessThan(Duration.ofSeconds(22));
  }

  @Test
  void tryAcquireWhoseAnswerIsLost_looksOnceMoreAndSucceeds() throws InterruptedException {
    a.store.failNext("acquire", Fault.BROKEN_AFTER);
    assertThat(a.client.tryAcquire("k")).isPresent();
    assertThat(a.store.trace()).hasSize(2);
  }

  @Test
  void tryAcquire_whileTheStoreIsDown_failsAndLeavesNothingBehind() {
    a.store.failAll(Fault.ANSWER_LOST);
    assertThatThrownBy(() -> a.client.tryAcquire("k"))
        .isInstanceOfSatisfying(
            LockStoreException.class, e -> assertThat(e.mayHaveBeenApplied()).isTrue());
    a.store.heal();
    world.seconds(6);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void acquisitionGivenUp_whichLandsLater_isTakenOverAtOnceByTheSameClient()
      throws InterruptedException {
    a.store.fail("acquire", Fault.APPLIED_LATER);
    assertThatThrownBy(() -> a.client.acquire(within(Duration.ofSeconds(1))))
        .isInstanceOf(LockStoreException.class);
    a.store.heal();
    world.seconds(30);
    // Its cleanup came before it landed: an ownerless hold of ours.
    assertThat(world.isReleased()).isFalse();
    Duration began = world.time.elapsed();

    HeldLock lock = a.client.acquire("k");

    assertThat(lock.isHeld()).isTrue();
    assertThat(world.time.elapsed().minus(began)).isEqualTo(Duration.ofMillis(8));
  }

  @Test
  void cancelledAcquisition_thatGotTheLock_releasesIt() {
    CompletableFuture<HeldLock> lock = a.acquire();
    world.time.advance(Duration.ofMillis(2));
    assertThat(lock.cancel(true)).isTrue();
    world.seconds(0.1);
    assertThat(world.owner()).isEqualTo("a");
    assertThat(world.isReleased()).isTrue();
    assertThatThrownBy(lock::join).isInstanceOf(CancellationException.class);
  }

  @Test
  void cancelledAcquisition_whoseAnswerIsLost_isFreedInTheBackground() {
    a.store.failNext("acquire", Fault.ANSWER_LOST);
    CompletableFuture<HeldLock> lock = a.acquire();
    world.time.advance(Duration.ofMillis(2));
    lock.cancel(true);
    world.seconds(5.1);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void cancelledWaiter_sendsNothingMore() {
    a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire();
    world.seconds(5);
    waiting.cancel(true);
    world.time.advance(Duration.ofMillis(10));
    int sent = b.store.trace().size();
    world.seconds(60);
    assertThat(b.store.trace()).hasSize(sent);
  }

  @Test
  void interruptedAcquire_throwsAndDoesNotHoldTheLock() {
    a.acquired();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> b.client.acquire("k")).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    world.seconds(60);
    assertThat(world.owner()).isEqualTo("a");
  }

  @Test
  void deniedAcquire_failsAtOnce() {
    a.store.failAll(Fault.ACCESS_DENIED);
    assertThatThrownBy(() -> a.client.acquire("k")).isInstanceOf(LockStoreException.class);
    assertThat(a.store.trace()).hasSize(1);
  }

  @Test
  void throttledAcquire_isTriedAgainWithBackoff_untilItsTimeIsUp() {
    a.store.failAll(Fault.THROTTLED);
    assertThatThrownBy(() -> a.client.acquire(within(Duration.ofSeconds(10))))
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> assertThat(e.kind()).isEqualTo(LockStoreException.Kind.THROTTLED));
    assertThat(world.time.elapsed()).isEqualTo(Duration.ofSeconds(10));
    assertThat(a.store.trace().size()).isBetween(10, 60);
  }

  @Test
  void throttledAcquire_succeedsWhenTheStoreRecovers() {
    a.store.failAll(Fault.THROTTLED);
    CompletableFuture<HeldLock> lock = a.acquire();
    world.seconds(5);
    a.store.heal();
    world.seconds(1.1);
    assertThat(lock).isCompleted();
  }

  @Test
  void onlyIfExists_withoutAnItem_fails_andWithAReleasedOneSucceeds() {
    assertThatThrownBy(() -> a.client.acquire(LockRequest.builder("k").onlyIfExists(true).build()))
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.NO_SUCH_LOCK));
    assertThat(world.table.row(LockKey.of("k"))).isNull();
    HeldLock first = a.acquired();
    first.close();
    assertThat(a.acquired(r -> r.onlyIfExists(true)).fencingToken())
        .isEqualTo(first.fencingToken() + 1);
  }

  @Test
  void fencingTokens_growByOneWhileTheItemLives_andRestartAboveWhenItIsDeleted() {
    HeldLock first = a.acquired(r -> r.deleteOnRelease(true));
    assertThat(first.fencingToken()).isEqualTo(VirtualTime.EPOCH * 1_000 + 1);
    first.close();
    HeldLock second = b.acquired();
    assertThat(second.fencingToken()).isGreaterThan(first.fencingToken() + 1);
    second.close();
    assertThat(a.acquired().fencingToken()).isEqualTo(second.fencingToken() + 1);
  }

  @Test
  void tokenOfAForeignItem_isSeededByTheServersDate() throws InterruptedException {
    Instant serverDate = Instant.parse("2027-05-05T05:05:05Z");
    world.table.setServerDate(() -> serverDate);
    Map<String, AttributeValue> row = new HashMap<>();
    row.put("ownerName", AttributeValue.fromS("foreign"));
    row.put("leaseDuration", AttributeValue.fromS("1000"));
    row.put("recordVersionNumber", AttributeValue.fromS("some-uuid"));
    world.table.putRow(LockKey.of("k"), row);

    HeldLock lock = a.client.acquire("k");

    assertThat(lock.fencingToken()).isEqualTo(serverDate.toEpochMilli() * 1_000 + 1);
    assertThat(world.time.elapsed()).isGreaterThan(Duration.ofMillis(1_250));
  }

  @Test
  void tokenOfAForeignItem_whereTheClockAgreesWithTheServersDate_isSeededByTheClock() {
    // Dates are cut to the second: two holders within one must not get the same token.
    world.table.setServerDate(
        () -> Instant.ofEpochSecond(VirtualTime.EPOCH / 1_000 + world.time.elapsed().toSeconds()));
    Map<String, AttributeValue> row = new HashMap<>();
    row.put("ownerName", AttributeValue.fromS("foreign"));
    row.put("leaseDuration", AttributeValue.fromS("1000"));
    row.put("recordVersionNumber", AttributeValue.fromS("some-uuid"));
    world.table.putRow(LockKey.of("k"), row);
    CompletableFuture<HeldLock> waiting = b.acquire();
    world.seconds(0.7);
    world.table.removeRow(LockKey.of("k"));
    HeldLock first = a.acquired(r -> r.deleteOnRelease(true));
    first.close();
    world.seconds(1);
    assertThat(waiting.join().fencingToken()).isGreaterThan(first.fencingToken());
  }

  @Test
  void silentHoldersWithDifferentLeases_areOutwaitedByTheirOwnLease() throws InterruptedException {
    a.acquired(r -> r.leaseDuration(Duration.ofSeconds(60)));
    a.machine.pause(Duration.ZERO);
    assertThatThrownBy(() -> b.client.acquire("k")).isInstanceOf(LockNotAcquiredException.class);
    HeldLock lock = b.client.acquire(LockRequest.builder("k").waitForever().build());
    assertThat(lock.isHeld()).isTrue();
    assertThat(world.time.elapsed()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(62));
  }

  @Test
  void rowThatIsNoLock_isAnErrorAndLeftAlone() {
    Map<String, AttributeValue> row = Map.of("orders", AttributeValue.fromN("17"));
    world.table.putRow(LockKey.of("k"), row);
    assertThatThrownBy(() -> a.client.acquire("k"))
        .isInstanceOf(MalformedLockItemException.class)
        .hasMessageContaining("'k'");
    assertThatThrownBy(() -> a.client.inspect("k")).isInstanceOf(MalformedLockItemException.class);
    assertThat(world.table.row(LockKey.of("k"))).containsEntry("orders", row.get("orders"));
  }

  @Test
  void dataAndAttributes_areStored_andLeftForTheNextHolderUnlessReplaced() {
    HeldLock first =
        a.acquired(
            r ->
                r.data(SdkBytes.fromUtf8String("page 7"))
                    .attribute("team", AttributeValue.fromS("blue")));
    assertThat(first.data()).hasValue(SdkBytes.fromUtf8String("page 7"));
    first.close();
    HeldLock second = b.acquired();
    assertThat(second.data()).hasValue(SdkBytes.fromUtf8String("page 7"));
    LockInfo info = a.client.inspect("k").orElseThrow();
    assertThat(info.attributes()).containsOnlyKeys("team");
    assertThat(info.toString()).doesNotContain("page 7").doesNotContain("blue");
  }

  @Test
  void updateData_isOneWrite_renewsTheLease_andSurvivesALostAnswer() throws Exception {
    HeldLock lock = a.acquired();
    world.seconds(1);
    int before = a.store.trace().size();
    lock.updateData(SdkBytes.fromUtf8String("1"));
    assertThat(a.store.trace()).hasSize(before + 1);
    assertThat(lock.remaining()).isGreaterThan(Duration.ofMillis(15_900));
    assertThat(lock.data()).hasValue(SdkBytes.fromUtf8String("1"));

    a.store.failNext("heartbeat", Fault.BROKEN_AFTER);
    lock.updateData(SdkBytes.fromUtf8String("2"));
    assertThat(lock.data()).hasValue(SdkBytes.fromUtf8String("2"));
    assertThat(b.client.inspect("k").orElseThrow().data()).hasValue(SdkBytes.fromUtf8String("2"));
  }

  @Test
  void manyUpdatesInARow_thatRenewBeforeItIsDue_doNotPutOffTheNextRenewal() throws Exception {
    HeldLock lock = a.acquired();
    for (int i = 0; i < 20; i++) {
      lock.updateData(SdkBytes.fromUtf8String("update " + i));
    }
    long before = a.store.count("heartbeat");
    world.seconds(100);
    assertThat(lock.isHeld()).isTrue();
    assertThat(a.store.count("heartbeat") - before).as("one per interval of 5 s").isEqualTo(20);
  }

  @Test
  void updateData_thatDoesNotFit_failsAndTheLockStaysHeld() {
    byte[] big = new byte[390_000];
    HeldLock lock =
        a.acquired(r -> r.attribute("big", AttributeValue.fromB(SdkBytes.fromByteArray(big))));
    assertThatThrownBy(() -> lock.updateData(SdkBytes.fromByteArray(new byte[30_000])))
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> assertThat(e.kind()).isEqualTo(LockStoreException.Kind.INVALID_REQUEST));
    world.seconds(60);
    assertThat(lock.isHeld()).isTrue();
    assertThat(lock.data()).isEmpty();
  }

  @Test
  void updateDataAsync_afterALoss_failsWithTheRevocation() {
    HeldLock lock = a.acquired();
    world.table.removeRow(LockKey.of("k"));
    CompletableFuture<Void> update = lock.updateDataAsync(SdkBytes.fromUtf8String("1"));
    world.seconds(1);
    assertThatThrownBy(update::join)
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("ITEM_DELETED");
  }

  @Test
  void inspect_tellsFreeAliveUnknownAndDead() {
    assertThat(b.client.inspect("k")).isEmpty();
    a.acquired();
    assertThat(a.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.ALIVE);
    LockInfo first = b.client.inspect("k").orElseThrow();
    assertThat(first.liveness()).isEqualTo(Liveness.UNKNOWN);
    assertThat(first.silentSince()).isPresent();
    world.seconds(6);
    assertThat(b.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.ALIVE);
    a.machine.pause();
    world.seconds(19.9);
    assertThat(b.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.ALIVE);
    world.seconds(0.2);
    LockInfo last = b.client.inspect("k").orElseThrow();
    assertThat(last.liveness()).isEqualTo(Liveness.DEAD);
    assertThat(last.silentSince()).isPresent();
    b.acquired().close();
    assertThat(b.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.FREE);
  }

  @Test
  void listing_skipsAndReportsWhatIsNoLock_andReadsPageByPage() {
    List<String> reported = new ArrayList<>();
    World.Node c =
        world.node(
            "c",
            config -> {},
            new LockListener() {
              @Override
              public void malformedItem(MalformedLockItemException problem) {
                reported.add(String.valueOf(problem.key()));
              }
            });
    world.table.setPageSize(2);
    for (String key : new String[] {"a", "b", "d", "e"}) {
      a.acquired(r -> r.key(key));
    }
    world.table.putRow(LockKey.of("c"), Map.of("x", AttributeValue.fromN("1")));
    assertThat(c.client.listLocks().limit(1).count()).isEqualTo(1);
    assertThat(c.store.count("list")).isEqualTo(1);
    assertThat(c.client.listLocks().map(info -> info.key().toString()))
        .containsExactly("a", "b", "d", "e");
    world.time.settle();
    assertThat(reported).containsExactly("c");
  }
}
