package io.github.batonlock.shedlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.KeepAliveLockProvider;
import net.javacrumbs.shedlock.support.LockException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What ShedLock promises of a provider, and what Baton adds, for two processes on virtual time.
 * Lease 20 s, usable 16 s, beat 5 s; requests 4 ms.
 */
class BatonLockProviderTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration LEASE = Duration.ofSeconds(20);

  /** What one look needs besides the lease: two errors of the table's clock, and about 3 s. */
  private static final Duration FIRST_SIGHT = Duration.ofSeconds(13);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final BatonLockProvider here = BatonLockProvider.of(a.client);
  private final BatonLockProvider there = BatonLockProvider.of(b.client);

  @AfterEach
  void noInterruptIsLeft() {
    assertThat(Thread.interrupted()).isFalse();
  }

  private static LockConfiguration job(String name, Duration atMost, Duration atLeast) {
    return new LockConfiguration(Instant.EPOCH, name, atMost, atLeast);
  }

  private static LockConfiguration job(Duration atMost) {
    return job("k", atMost, Duration.ZERO);
  }

  private static LockConfiguration job() {
    return job(LONG);
  }

  private static SimpleLock locked(LockProvider provider, LockConfiguration job) {
    return provider.lock(job).orElseThrow();
  }

  /** Whether the job is locked, for both processes. */
  private boolean isLocked() {
    List<Optional<SimpleLock>> got = new ArrayList<>();
    for (LockProvider provider : List.of(here, there)) {
      Optional<SimpleLock> lock = provider.lock(job());
      lock.ifPresent(SimpleLock::unlock);
      got.add(lock);
    }
    assertThat(got.get(0).isPresent()).isEqualTo(got.get(1).isPresent());
    return got.get(0).isEmpty();
  }

  // Locking and unlocking

  @Test
  void lock_thatIsFree_isHeldUntilUnlock() {
    SimpleLock lock = locked(here, job());
    assertThat(isLocked()).isTrue();

    lock.unlock();

    assertThat(isLocked()).isFalse();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void lockAndUnlock_costTwoWrites() {
    locked(here, job()).unlock();

    assertThat(a.store.trace()).hasSize(2);
    assertThat(a.store.count("acquire")).isEqualTo(1);
    assertThat(a.store.count("release")).isEqualTo(1);
  }

  @Test
  void lock_ofThisProcess_isRefusedWithoutARequest() {
    SimpleLock lock = locked(here, job());
    int before = a.store.trace().size();

    assertThat(here.lock(job())).isEmpty();

    assertThat(a.store.trace()).hasSize(before);
    lock.unlock();
  }

  @Test
  void lock_rightAfterUnlock_isGivenAgain() {
    for (int i = 0; i < 10; i++) {
      SimpleLock lock = locked(i % 2 == 0 ? here : there, job());
      assertThat(isLocked()).isTrue();
      lock.unlock();
    }
  }

  @Test
  void locks_ofTwoNames_areIndependent() {
    SimpleLock first = locked(here, job());
    SimpleLock second = locked(there, job("other", LONG, Duration.ZERO));

    first.unlock();

    assertThat(here.lock(job("other", LONG, Duration.ZERO))).isEmpty();
    second.unlock();
  }

  @Test
  void unlock_theSecondTime_isRefused_andFreesNothing() {
    SimpleLock lock = locked(here, job());
    lock.unlock();
    SimpleLock next = locked(here, job());

    assertThatThrownBy(lock::unlock)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'k'");

    assertThat(isLocked()).isTrue();
    next.unlock();
  }

  @Test
  void callersAtOnce_ofTwoProcesses_areOneLock() {
    List<CompletableFuture<Optional<SimpleLock>>> calls = new ArrayList<>();
    for (BatonLockProvider provider : List.of(here, there, here, there)) {
      CompletableFuture<Optional<SimpleLock>> call = new CompletableFuture<>();
      world.time.schedule(0, () -> call.complete(provider.lock(job())));
      calls.add(call);
    }
    world.seconds(1);

    assertThat(calls)
        .allSatisfy(call -> assertThat(call).isCompleted())
        .filteredOn(call -> call.join().isPresent())
        .hasSize(1);
  }

  // At least, and at most

  @Test
  void lockAtLeastFor_afterUnlock_keepsTheLockClosedToAll() {
    SimpleLock lock = locked(here, job("k", LONG, Duration.ofMinutes(2)));
    world.seconds(1);
    lock.unlock();

    assertThat(isLocked()).isTrue();
    world.seconds(110);
    assertThat(isLocked()).isTrue();
    world.time.advance(FIRST_SIGHT.plusSeconds(15));
    assertThat(isLocked()).isFalse();
  }

  @Test
  void lockAtLeastFor_thatIsOverBeforeUnlock_delaysNothing() {
    SimpleLock lock = locked(here, job("k", LONG, Duration.ofSeconds(2)));
    world.seconds(3);

    lock.unlock();

    assertThat(isLocked()).isFalse();
  }

  @Test
  void lock_whileItsTaskRuns_outlastsTheLease() {
    SimpleLock lock = locked(here, job());
    for (int i = 0; i < 50; i++) {
      world.seconds(10);
      assertThat(isLocked()).isTrue();
    }
    lock.unlock();
  }

  @Test
  void lockAtMostFor_whenItIsOver_freesTheLock() {
    SimpleLock lock = locked(here, job(Duration.ofSeconds(30)));
    world.seconds(29.9);
    assertThat(isLocked()).isTrue();

    world.seconds(0.2);

    assertThat(isLocked()).isFalse();
    assertThat(lock.extend(LONG, Duration.ZERO)).isEmpty();
    takeInterrupt();
  }

  private static void takeInterrupt() {
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void taskThatOutlastsLockAtMostFor_isInterrupted_andUnlockTells() {
    SimpleLock lock = locked(here, job(Duration.ofSeconds(30)));
    world.seconds(31);
    takeInterrupt();

    assertLost(catchThrowableOfType(LockException.class, lock::unlock), Reason.HELD_TOO_LONG);
    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalStateException.class);
  }

  private static void assertLost(Exception told, Reason reason) {
    assertThat(told)
        .hasMessageContaining("'k'")
        .cause()
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            cause -> assertThat(cause.revocation().reason()).isEqualTo(reason));
  }

  // Extending

  enum Kept {
    OWN,
    SHARED
  }

  @ParameterizedTest
  @EnumSource
  void extend_byTheHolder_movesTheEnd(Kept kept) {
    LockProvider provider =
        BatonLockProvider.builder(a.client)
            .requests(
                name ->
                    LockRequest.builder(name)
                        .leases(kept == Kept.OWN ? Leases.own() : Leases.shared())
                        .build())
            .build();
    SimpleLock lock = locked(provider, job(Duration.ofSeconds(30)));
    world.seconds(20);

    SimpleLock extended = lock.extend(Duration.ofSeconds(60), Duration.ZERO).orElseThrow();

    world.seconds(59);
    assertThat(isLocked()).isTrue();
    world.seconds(1.1);
    assertThat(isLocked()).isFalse();
    takeInterrupt();
    assertLost(catchThrowableOfType(LockException.class, extended::unlock), Reason.HELD_TOO_LONG);
  }

  @Test
  void extend_toAnEarlierEnd_movesTheEnd() {
    SimpleLock lock = locked(here, job());

    assertThat(lock.extend(Duration.ofSeconds(3), Duration.ZERO)).isPresent();

    world.seconds(3.1);
    assertThat(isLocked()).isFalse();
    takeInterrupt();
  }

  @Test
  void extend_sendsNoRequest() {
    SimpleLock lock = locked(here, job());
    int before = a.store.trace().size();

    SimpleLock extended = lock.extend(LONG, Duration.ZERO).orElseThrow();

    assertThat(a.store.trace()).hasSize(before);
    extended.unlock();
  }

  @ParameterizedTest
  @EnumSource
  void extend_withAtLeast_keepsTheLockClosedAfterUnlock(Kept kept) {
    LockProvider provider =
        BatonLockProvider.builder(a.client)
            .requests(
                name ->
                    LockRequest.builder(name)
                        .leases(kept == Kept.OWN ? Leases.own() : Leases.shared())
                        .build())
            .build();
    SimpleLock lock = locked(provider, job());

    lock.extend(LONG, Duration.ofMinutes(1)).orElseThrow().unlock();

    assertThat(isLocked()).isTrue();
    world.seconds(52);
    assertThat(isLocked()).isTrue();
    world.time.advance(FIRST_SIGHT.plusSeconds(10));
    assertThat(isLocked()).isFalse();
  }

  @Test
  void extend_withoutAtLeast_endsTheFirstOne() {
    SimpleLock lock = locked(here, job("k", LONG, Duration.ofMinutes(5)));

    lock.extend(LONG, Duration.ZERO).orElseThrow().unlock();

    assertThat(isLocked()).isFalse();
  }

  @Test
  void lockThatWasExtended_isOver_andTheNewOneCounts() {
    SimpleLock first = locked(here, job());
    SimpleLock second = first.extend(LONG, Duration.ZERO).orElseThrow();

    assertThatThrownBy(first::unlock).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> first.extend(LONG, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);
    assertThat(isLocked()).isTrue();

    SimpleLock third = second.extend(LONG, Duration.ZERO).orElseThrow();
    third.unlock();
    assertThat(isLocked()).isFalse();
  }

  @Test
  void extend_afterUnlock_isRefused() {
    SimpleLock lock = locked(here, job());
    lock.unlock();

    assertThatThrownBy(() -> lock.extend(LONG, Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);

    assertThat(isLocked()).isFalse();
  }

  @Test
  void extend_byAFormerHolder_isRefused_andHarmsNotTheNextOne() {
    SimpleLock former = locked(here, job());
    a.store.failAll(Fault.HANG);
    SimpleLock next = takenBy(there, LEASE.plus(FIRST_SIGHT).plusSeconds(2));
    a.store.heal();
    takeInterrupt();

    assertThat(former.extend(LONG, Duration.ZERO)).isEmpty();
    assertLost(catchThrowableOfType(LockException.class, former::unlock), Reason.LEASE_EXPIRED);

    world.seconds(30);
    assertThat(isLocked()).isTrue();
    next.unlock();
  }

  /** Tries once a second, as a schedule does. */
  private SimpleLock takenBy(LockProvider provider, Duration limit) {
    List<SimpleLock> got = new ArrayList<>();
    world.until(
        "a takeover",
        limit,
        () -> {
          world.seconds(1);
          provider.lock(job()).ifPresent(got::add);
          return !got.isEmpty();
        });
    return got.get(0);
  }

  // Losses

  @Test
  void processThatDies_frees_theJobAfterALease_notAfterLockAtMostFor() {
    locked(here, job("k", Duration.ofHours(6), Duration.ofHours(1)));
    world.seconds(7);
    a.machine.crash();
    Duration died = world.time.elapsed();

    SimpleLock next = takenBy(there, Duration.ofMinutes(1));

    assertThat(world.time.elapsed().minus(died))
        .isBetween(LEASE.minusSeconds(5), LEASE.plus(FIRST_SIGHT).plusSeconds(1));
    next.unlock();
  }

  @Test
  void processThatIsStartedAnew_underTheSameName_waitsForTheLease_too() {
    locked(here, job());
    world.seconds(7);
    a.machine.crash();
    LockProvider again = BatonLockProvider.of(world.node("a").client);

    assertThat(again.lock(job())).isEmpty();

    takenBy(again, Duration.ofMinutes(1)).unlock();
  }

  @Test
  void leaseThatIsLost_interruptsTheTaskOnce_beforeTheLockIsAnothers() {
    SimpleLock lock = locked(here, job());
    a.store.failAll(Fault.REQUEST_LOST);

    world.until("an interrupt", LEASE, () -> Thread.currentThread().isInterrupted());
    takeInterrupt();

    assertThat(there.lock(job())).isEmpty();
    world.seconds(5);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertLost(catchThrowableOfType(LockException.class, lock::unlock), Reason.LEASE_EXPIRED);
  }

  @Test
  void taskThatEndsAfterItsLoss_leavesNoInterruptBehind() {
    SimpleLock lock = locked(here, job(Duration.ofSeconds(30)));
    world.seconds(31);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();

    assertThatThrownBy(lock::unlock).isInstanceOf(LockException.class);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void loss_whereTheThreadIsNotTheTasks_interruptsNothing() {
    List<Revocation> told = new ArrayList<>();
    BatonLockProvider provider =
        BatonLockProvider.builder(a.client)
            .interruptTask(false)
            .requests(name -> LockRequest.builder(name).onRevoked(told::add).build())
            .build();
    SimpleLock lock = locked(provider, job(Duration.ofSeconds(30)));

    world.seconds(31);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.HELD_TOO_LONG);
    assertThatThrownBy(lock::unlock).isInstanceOf(LockException.class);
  }

  @Test
  void clientThatIsClosed_interruptsTheTask_andLeavesTheLockToItsLease() {
    SimpleLock lock = locked(here, job());
    world.seconds(6);

    a.client.close();

    takeInterrupt();
    assertThat(there.lock(job())).isEmpty();
    assertThat(lock.extend(LONG, Duration.ZERO)).isEmpty();
    assertLost(catchThrowableOfType(LockException.class, lock::unlock), Reason.CLIENT_CLOSED);
    assertThatThrownBy(() -> here.lock(job())).isInstanceOf(IllegalStateException.class);
    takenBy(there, Duration.ofMinutes(1)).unlock();
  }

  // A table in trouble

  @Test
  void tableThatRefuses_isAnException_notASkippedJob() {
    a.store.failAll(Fault.ACCESS_DENIED);

    assertThatThrownBy(() -> here.lock(job()))
        .isInstanceOf(LockException.class)
        .hasMessageContaining("'k'")
        .cause()
        .isInstanceOf(LockStoreException.class);
  }

  @Test
  void tableThatDoesNotAnswer_isAnException_inBoundedTime() {
    a.store.failAll(Fault.HANG);
    Duration before = world.time.elapsed();

    assertThatThrownBy(() -> here.lock(job())).isInstanceOf(LockException.class);

    assertThat(world.time.elapsed().minus(before)).isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void unlock_whoseAnswerIsLost_doesNotThrow() {
    SimpleLock lock = locked(here, job());
    a.store.failNext("release", Fault.ANSWER_LOST);

    lock.unlock();

    world.seconds(10);
    assertThat(isLocked()).isFalse();
  }

  @Test
  void callerThatIsInterrupted_getsTheLock_andKeepsItsInterrupt() {
    Thread.currentThread().interrupt();

    SimpleLock lock = locked(here, job());
    lock.unlock();

    takeInterrupt();
    assertThat(isLocked()).isFalse();
  }

  // Through ShedLock's own executor

  @Test
  void task_ofTheExecutor_runsUnderTheLock_andOthersSkip() {
    List<String> ran = new ArrayList<>();
    new DefaultLockingTaskExecutor(here)
        .executeWithLock(
            (Runnable)
                () -> {
                  LockAssert.assertLocked();
                  ran.add("here");
                  new DefaultLockingTaskExecutor(there)
                      .executeWithLock((Runnable) () -> ran.add("there"), job("other"));
                  assertThat(there.lock(job())).isEmpty();
                },
            job());

    assertThat(ran).containsExactly("here", "there");
    assertThat(isLocked()).isFalse();
  }

  private static LockConfiguration job(String name) {
    return job(name, LONG, Duration.ZERO);
  }

  @Test
  void task_thatExtendsItsLock_isNotEnded() {
    new DefaultLockingTaskExecutor(here)
        .executeWithLock(
            (Runnable)
                () -> {
                  for (int i = 0; i < 5; i++) {
                    world.seconds(25);
                    LockExtender.extendActiveLock(Duration.ofSeconds(30), Duration.ZERO);
                  }
                  assertThat(there.lock(job())).isEmpty();
                },
            job(Duration.ofSeconds(30)));

    assertThat(isLocked()).isFalse();
  }

  @Test
  void task_thatLosesItsLock_endsWithAnException_whateverItReturns() {
    DefaultLockingTaskExecutor executor = new DefaultLockingTaskExecutor(here);

    LockException told =
        catchThrowableOfType(
            LockException.class,
            () ->
                executor.executeWithLock(
                    (Runnable)
                        () -> {
                          world.seconds(31);
                          assertThatThrownBy(
                                  () -> LockExtender.extendActiveLock(LONG, Duration.ZERO))
                              .isInstanceOf(LockExtender.LockCanNotBeExtendedException.class);
                        },
                    job(Duration.ofSeconds(30))));

    assertLost(told, Reason.HELD_TOO_LONG);
    assertThat(isLocked()).isFalse();
  }

  @Test
  void task_thatThrows_freesTheLock() {
    DefaultLockingTaskExecutor executor = new DefaultLockingTaskExecutor(here);

    assertThatThrownBy(
            () ->
                executor.executeWithLock(
                    (Runnable)
                        () -> {
                          throw new UnsupportedOperationException("the task failed");
                        },
                    job()))
        .isInstanceOf(UnsupportedOperationException.class);

    assertThat(isLocked()).isFalse();
  }

  /** It is not needed, and does no harm: it takes lockAtMostFor away. */
  @Test
  void keepAliveProvider_aroundIt_keepsTheLockBeyondLockAtMostFor() {
    LockProvider kept = new KeepAliveLockProvider(here, scheduler());
    // It asks a clock of its own whether the lock is over.
    LockConfiguration job =
        new LockConfiguration(Instant.now(), "k", Duration.ofSeconds(30), Duration.ZERO);
    SimpleLock lock = locked(kept, job);

    world.seconds(100);

    assertThat(isLocked()).isTrue();
    lock.unlock();
    assertThat(isLocked()).isFalse();
  }

  /** Repeats a task in the world's time, and knows nothing else. */
  private ScheduledExecutorService scheduler() {
    return proxy(
        ScheduledExecutorService.class,
        arguments -> {
          Runnable task = (Runnable) arguments[0];
          long period = ((TimeUnit) arguments[3]).toNanos((Long) arguments[2]);
          boolean[] over = new boolean[1];
          Runnable[] round = new Runnable[1];
          round[0] =
              () -> {
                if (!over[0]) {
                  task.run();
                  world.time.schedule(period, round[0]);
                }
              };
          world.time.schedule(period, round[0]);
          return proxy(ScheduledFuture.class, unused -> over[0] = true);
        });
  }

  private interface Method {
    Object called(Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, Method method) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, called, arguments) -> method.called(arguments)));
  }

  // What is asked for

  @Test
  void requests_ofTheUser_nameTheKeyAndTheLease() {
    BatonLockProvider provider =
        BatonLockProvider.builder(a.client)
            .requests(
                name ->
                    LockRequest.builder("jobs/" + name)
                        .leaseDuration(Duration.ofSeconds(40))
                        .build())
            .build();

    SimpleLock lock = locked(provider, job());

    assertThat(world.table.row(LockKey.of("jobs/k")).get("leaseDuration").s()).isEqualTo("40000");
    assertThat(world.table.row(LockKey.of("k"))).isNull();
    lock.unlock();
  }

  /** A user's own client around Baton's may wrap the locks, too. */
  @Test
  void client_thatIsWrapped_worksTheSame() {
    LockProvider wrapped = BatonLockProvider.of(wrapper(LockClient.class, a.client));
    SimpleLock lock = locked(wrapped, job(Duration.ofSeconds(30)));
    SimpleLock extended = lock.extend(Duration.ofSeconds(60), Duration.ZERO).orElseThrow();
    world.seconds(59);
    assertThat(isLocked()).isTrue();

    world.seconds(1.1);

    assertThat(isLocked()).isFalse();
    takeInterrupt();
    assertLost(catchThrowableOfType(LockException.class, extended::unlock), Reason.HELD_TOO_LONG);
  }

  private static <T> T wrapper(Class<T> type, T wrapped) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, called, arguments) -> {
              Object result = called.invoke(wrapped, arguments);
              return called.getName().equals("tryAcquireAsync")
                  ? ((CompletableFuture<?>) result)
                      .thenApply(BatonLockProviderTest::withWrappedLock)
                  : result;
            }));
  }

  private static Optional<HeldLock> withWrappedLock(Object result) {
    return ((Optional<?>) result).map(lock -> wrapper(HeldLock.class, (HeldLock) lock));
  }

  static Stream<UnaryOperator<LockRequest.Builder>> refusedOptions() {
    return Stream.of(
        request -> request.maxHold(LONG),
        request -> request.holdAtLeast(LONG),
        request -> request.deleteOnRelease(true),
        request -> request.waitUpTo(LONG),
        LockRequest.Builder::waitForever);
  }

  @ParameterizedTest
  @MethodSource("refusedOptions")
  void request_withAnOptionThatShedLockSets_isRefused(UnaryOperator<LockRequest.Builder> option) {
    BatonLockProvider provider =
        BatonLockProvider.builder(a.client)
            .requests(name -> option.apply(LockRequest.builder(name)).build())
            .build();

    assertThatThrownBy(() -> provider.lock(job()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("BatonLockProvider")
        .hasMessageContaining("'k'");
    assertThat(a.store.trace()).isEmpty();
  }

  @Test
  void times_outOfRange_areRefused_namingTheJob() {
    assertThatThrownBy(() -> here.lock(job(Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'k'")
        .hasMessageContaining("lockAtMostFor PT0S");
    assertThatThrownBy(() -> here.lock(job("k", Duration.ofDays(60), Duration.ofDays(40))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lockAtLeastFor PT960H");
    SimpleLock lock = locked(here, job());
    assertThatThrownBy(() -> lock.extend(Duration.ofSeconds(1), Duration.ofSeconds(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lockAtLeastFor is longer than lockAtMostFor");

    assertThatCode(lock::unlock).doesNotThrowAnyException();
  }
}
