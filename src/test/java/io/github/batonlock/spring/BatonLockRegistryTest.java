package io.github.batonlock.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.integration.support.locks.DistributedLock;

/**
 * What the registries of Spring Integration for JDBC and Redis do, and what Baton adds, for two
 * processes on virtual time. Lease 20 s, usable 16 s, beat 5 s.
 */
@Timeout(60)
@SuppressWarnings("LockNotBeforeTry") // What locks and unlocks do is the subject here.
class BatonLockRegistryTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final BatonLockRegistry here = BatonLockRegistry.of(a.client);
  private final BatonLockRegistry there = BatonLockRegistry.of(b.client);

  @AfterEach
  void noInterruptIsLeft() {
    assertThat(Thread.interrupted()).isFalse();
  }

  private static <T> T onAnotherThread(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(task.call());
              } catch (Throwable t) {
                result.completeExceptionally(t);
              }
            });
    thread.start();
    return Eventually.get(result);
  }

  private static Throwable thrownOnAnotherThread(Runnable task) throws Exception {
    return onAnotherThread(() -> catchThrowable(task::run));
  }

  /** Whether another thread of the process, and one of the other, find it locked. */
  private boolean isLocked() throws Exception {
    boolean gotHere = onAnotherThread(() -> tookAndUnlocked(here));
    boolean gotThere = onAnotherThread(() -> tookAndUnlocked(there));
    assertThat(gotHere).isEqualTo(gotThere);
    return !gotHere;
  }

  private static boolean tookAndUnlocked(BatonLockRegistry registry) {
    DistributedLock lock = registry.obtain("k");
    boolean took = lock.tryLock();
    if (took) {
      lock.unlock();
    }
    return took;
  }

  private void loseLock() {
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);
  }

  // Locks and keys

  @Test
  void obtain_ofOneKey_givesTheSameObject() {
    assertThat(here.obtain("k")).isSameAs(here.obtain("k")).isNotSameAs(here.obtain("other"));
    assertThat(here.obtain("k")).isNotSameAs(there.obtain("k"));
    assertThat(a.store.trace()).isEmpty();
  }

  @Test
  void obtain_ofAKeyThatIsNoString_isRefused() {
    assertThatThrownBy(() -> here.obtain(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("String")
        .hasMessageContaining("java.lang.Integer");
    assertThatThrownBy(() -> here.renewLock(7)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lock_thatIsTaken_isHeldUntilUnlock() throws Exception {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    assertThat(isLocked()).isTrue();

    lock.unlock();

    assertThat(isLocked()).isFalse();
  }

  @Test
  void lock_forALongTime_isRenewedWithoutATaskScheduler() throws Exception {
    DistributedLock lock = here.obtain("k");
    lock.lock();

    world.seconds(300);

    assertThat(isLocked()).isTrue();
    lock.unlock();
  }

  @Test
  void locks_ofTwoKeys_areIndependent() {
    DistributedLock first = here.obtain("k");
    DistributedLock second = here.obtain("other");
    first.lock();
    second.lock();

    first.unlock();

    assertThat(there.obtain("k").tryLock()).isTrue();
    assertThat(there.obtain("other").tryLock()).isFalse();
    second.unlock();
    there.obtain("k").unlock();
  }

  @Test
  void requests_ofTheRegistry_giveKeyAndLease() {
    BatonLockRegistry prefixed =
        BatonLockRegistry.builder(a.client)
            .requests(
                key ->
                    LockRequest.builder("locks/" + key)
                        .leaseDuration(Duration.ofSeconds(40))
                        .build())
            .build();
    DistributedLock lock = prefixed.obtain("k");
    lock.lock();

    assertThat(b.client.inspect("locks/k").orElseThrow().leaseDuration()).hasSeconds(40);
    lock.unlock();
  }

  @Test
  void request_withAWaitingTime_isRefused() {
    DistributedLock lock =
        BatonLockRegistry.builder(a.client)
            .requests(key -> LockRequest.builder(key).waitForever().build())
            .build()
            .obtain("k");

    assertThatThrownBy(lock::lock)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("waiting time");
    assertThatThrownBy(lock::tryLock).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void newCondition_isNotToBeHad() {
    assertThatThrownBy(here.obtain("k")::newCondition)
        .isInstanceOf(UnsupportedOperationException.class);
  }

  // Reentrancy

  @Test
  void lock_takenByAllItsMethods_isReleasedByTheLastUnlock() throws Exception {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    lock.lockInterruptibly();
    lock.lock(Duration.ofSeconds(1));
    assertThat(lock.tryLock()).isTrue();
    assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();
    assertThat(lock.tryLock(Duration.ofSeconds(1), Duration.ofSeconds(1))).isTrue();

    for (int i = 0; i < 5; i++) {
      lock.unlock();
      assertThat(here.heldLock("k")).isPresent();
    }
    lock.unlock();

    assertThat(here.heldLock("k")).isEmpty();
    assertThat(a.store.count("acquire")).isEqualTo(1);
    assertThat(a.store.count("release")).isEqualTo(1);
  }

  @Test
  void locks_ofOneKeyObtainedTwice_areReentrantTogether() throws Exception {
    BatonLockRegistry small = BatonLockRegistry.builder(a.client).cacheCapacity(1).build();
    DistributedLock evicted = small.obtain("k");
    var unused = small.obtain("other");
    DistributedLock lock = small.obtain("k");
    assertThat(lock).isNotSameAs(evicted);
    lock.lock();

    assertThat(evicted.tryLock()).isTrue();
    evicted.unlock();
    lock.unlock();

    assertThat(isLocked()).isFalse();
  }

  // Threads without the lock

  @Test
  void unlock_byAStranger_throwsAndReleasesNothing() throws Exception {
    DistributedLock lock = here.obtain("k");
    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    lock.lock();

    assertThat(thrownOnAnotherThread(lock::unlock))
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("'k'");
    assertThatThrownBy(there.obtain("k")::unlock).isInstanceOf(IllegalMonitorStateException.class);

    assertThat(isLocked()).isTrue();
    lock.unlock();
    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void renewLock_byAStranger_throws() throws Exception {
    assertThatThrownBy(() -> here.renewLock("k")).isInstanceOf(IllegalMonitorStateException.class);
    DistributedLock lock = here.obtain("k");
    lock.lock();

    assertThat(thrownOnAnotherThread(() -> here.renewLock("k")))
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("'k'");
    assertThatThrownBy(() -> there.renewLock("k", Duration.ofSeconds(1)))
        .isInstanceOf(IllegalMonitorStateException.class);
    lock.unlock();
  }

  @Test
  void renewLock_byTheHolder_sendsNoRequest() {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    int before = a.store.trace().size();

    here.renewLock("k");
    here.renewLock("k", Duration.ofMinutes(5));

    assertThat(a.store.trace()).hasSize(before);
    lock.unlock();
  }

  @Test
  void renewLock_forNoTime_isRefused() {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    assertThatThrownBy(() -> here.renewLock("k", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    lock.unlock();
  }

  // Waiting

  @Test
  void tryLock_ofALockOfTheOtherProcess_waitsAsLongAsTold() throws Exception {
    DistributedLock lock = there.obtain("k");
    lock.lock();
    Duration before = world.time.elapsed();

    assertThat(here.obtain("k").tryLock(3, TimeUnit.SECONDS)).isFalse();

    assertThat(world.time.elapsed().minus(before)).isBetween(s(3), s(4));
    assertThat(here.obtain("k").tryLock(0, TimeUnit.SECONDS)).isFalse();
    assertThat(here.obtain("k").tryLock(Duration.ofSeconds(1), Duration.ofSeconds(9))).isFalse();
    lock.unlock();
    assertThat(here.obtain("k").tryLock(3, TimeUnit.SECONDS)).isTrue();
    here.obtain("k").unlock();
  }

  /** What a candidate does that does not lead: the page says what it costs. */
  @Test
  void tryLock_ofALockOfTheOtherProcess_costsAboutTwoRequestsEachTime() throws Exception {
    DistributedLock lock = there.obtain("k");
    lock.lock();
    int before = a.store.trace().size();

    for (int i = 0; i < 20; i++) {
      assertThat(here.obtain("k").tryLock(500, TimeUnit.MILLISECONDS)).isFalse();
    }

    assertThat((a.store.trace().size() - before) / 20.0).isBetween(1.0, 3.0);
    lock.unlock();
  }

  private static Duration s(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void lock_ofAProcessThatDied_isFreeAfterALease() {
    there.obtain("k").lock();
    world.seconds(6);
    b.machine.crash();
    Duration before = world.time.elapsed();

    here.obtain("k").lock();

    assertThat(world.time.elapsed().minus(before)).isBetween(s(15), s(25));
    here.obtain("k").unlock();
  }

  @Test
  void timeToLive_ofALock_isItsLease() {
    DistributedLock lock = here.obtain("k");
    lock.lock(Duration.ofSeconds(40));

    assertThat(b.client.inspect("k").orElseThrow().leaseDuration()).hasSeconds(40);
    world.seconds(100);
    assertThat(here.heldLock("k").orElseThrow().isHeld()).isTrue();
    lock.unlock();
  }

  @Test
  void lockInterruptibly_onAnInterruptedThread_throwsAndTakesNothing() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(here.obtain("k")::lockInterruptibly)
        .isInstanceOf(InterruptedException.class);

    assertThat(here.heldLock("k")).isEmpty();
  }

  @Test
  void lock_onAnInterruptedThread_isTakenAndTheInterruptKept() {
    Thread.currentThread().interrupt();

    here.obtain("k").lock();

    assertThat(Thread.interrupted()).isTrue();
    here.obtain("k").unlock();
  }

  @Test
  void executeLocked_ofALockedKey_isTimedOut() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    here.executeLocked("k", () -> ran.incrementAndGet());
    DistributedLock lock = there.obtain("k");
    lock.lock();

    assertThatThrownBy(
            () -> here.executeLocked("k", Duration.ofSeconds(1), () -> ran.incrementAndGet()))
        .isInstanceOf(TimeoutException.class);

    lock.unlock();
    assertThat(ran).hasValue(1);
  }

  // Loss

  @Test
  void unlock_ofALostLock_throwsWithTheRevocation() {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    lock.lock();
    loseLock();

    lock.unlock();
    assertThatThrownBy(lock::unlock)
        .isInstanceOf(ConcurrentModificationException.class)
        .hasMessageContaining("'k'")
        .hasMessageContaining("ITEM_DELETED")
        .hasCauseInstanceOf(LockRevokedException.class);

    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    lock.lock();
    assertThat(here.heldLock("k")).hasValueSatisfying(HeldLock::ensureHeld);
    lock.unlock();
  }

  /** A leader initiator locks again and again to learn whether it still leads. */
  @Test
  void lostLock_lockedOnceMore_throwsAndIsNotCounted() {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    loseLock();

    assertThatThrownBy(() -> lock.tryLock(1, TimeUnit.SECONDS))
        .isInstanceOf(CannotAcquireLockException.class)
        .hasCauseInstanceOf(LockRevokedException.class);
    assertThatThrownBy(lock::lock).isInstanceOf(CannotAcquireLockException.class);
    assertThatThrownBy(() -> here.renewLock("k"))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(LockRevokedException.class);

    assertThatThrownBy(lock::unlock).isInstanceOf(ConcurrentModificationException.class);
  }

  /** A thread whose lock is lost keeps no other thread from it. */
  @Test
  void lostLock_thatIsNotUnlockedYet_isFreeForOthers() throws Exception {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    loseLock();

    assertThat(isLocked()).isFalse();

    assertThatThrownBy(lock::unlock).isInstanceOf(ConcurrentModificationException.class);
  }

  // Failures

  @Test
  void lock_thatTheTableDenies_throwsWithTheCause() {
    a.store.failAll(Fault.ACCESS_DENIED);
    DistributedLock lock = here.obtain("k");

    assertThatThrownBy(lock::lock)
        .isInstanceOf(CannotAcquireLockException.class)
        .hasMessageContaining("'k'")
        .hasCauseInstanceOf(LockStoreException.class);
    assertThatThrownBy(lock::tryLock).isInstanceOf(CannotAcquireLockException.class);
    assertThat(here.heldLock("k")).isEmpty();
  }

  @Test
  void unlock_whileTheTableFails_returns() {
    DistributedLock lock = here.obtain("k");
    lock.lock();
    a.store.failAll(Fault.BROKEN_BEFORE);

    assertThatCode(lock::unlock).doesNotThrowAnyException();

    a.store.heal();
  }

  @Test
  void lock_whoseClientIsClosedMeanwhile_throws() throws Exception {
    there.obtain("k").lock();
    world.time.schedule(1_000_000_000, () -> onAThread(a.client::close));

    assertThatThrownBy(() -> here.obtain("k").tryLock(100, TimeUnit.SECONDS))
        .isInstanceOf(CannotAcquireLockException.class)
        .hasCauseInstanceOf(LockNotAcquiredException.class);
    there.obtain("k").unlock();
  }

  private static void onAThread(Runnable task) {
    try {
      var unused = thrownOnAnotherThread(task);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  // The cache

  @Test
  void cache_thatIsFull_evictsTheLockThatWasUsedLeastRecently() {
    BatonLockRegistry small = BatonLockRegistry.builder(a.client).cacheCapacity(2).build();
    DistributedLock first = small.obtain("1");
    DistributedLock second = small.obtain("2");
    assertThat(small.obtain("1")).isSameAs(first);

    var unused = small.obtain("3");

    assertThat(small.obtain("1")).isSameAs(first);
    assertThat(small.obtain("2")).isNotSameAs(second);
  }

  @Test
  void cache_thatIsFull_neverEvictsAHeldLock() {
    BatonLockRegistry small = BatonLockRegistry.builder(a.client).cacheCapacity(2).build();
    DistributedLock held = small.obtain("held");
    held.lock();

    for (String key : List.of("1", "2", "3")) {
      var unused = small.obtain(key);
    }
    small.expireUnusedOlderThan(0);

    assertThat(small.obtain("held")).isSameAs(held);
    held.unlock();
  }

  @Test
  void cache_thatIsFullOfHeldLocks_refusesMore() {
    BatonLockRegistry small = BatonLockRegistry.builder(a.client).cacheCapacity(1).build();
    DistributedLock held = small.obtain("held");
    held.lock();

    assertThatThrownBy(() -> small.obtain("more"))
        .isInstanceOf(CannotAcquireLockException.class)
        .hasMessageContaining("'more'")
        .hasMessageContaining("cacheCapacity");

    held.unlock();
    assertThat(small.obtain("more")).isNotNull();
  }

  @Test
  void expireUnusedOlderThan_removesUnusedLocksOfThatAge() {
    DistributedLock old = here.obtain("old");
    DistributedLock held = here.obtain("k");
    held.lock();
    world.seconds(10);
    DistributedLock young = here.obtain("young");
    world.seconds(1);

    here.expireUnusedOlderThan(10_000);

    assertThat(here.obtain("old")).isNotSameAs(old);
    assertThat(here.obtain("young")).isSameAs(young);
    assertThat(here.obtain("k")).isSameAs(held);
    held.unlock();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void cacheCapacity_thatIsNotPositive_isRefused(int capacity) {
    assertThatThrownBy(() -> BatonLockRegistry.builder(a.client).cacheCapacity(capacity))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cacheCapacity");
  }
}
