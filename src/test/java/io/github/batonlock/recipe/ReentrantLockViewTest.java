package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.LivePlatform;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import io.github.batonlock.support.World;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
@SuppressWarnings("LockNotBeforeTry") // What locks and unlocks do is the subject here.
class ReentrantLockViewTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final ReentrantLockView view = view(a.client);
  private final AtomicInteger inside = new AtomicInteger();
  private final List<Boolean> alone = new CopyOnWriteArrayList<>();

  private static ReentrantLockView view(LockClient client) {
    return ReentrantLockView.of(client, LockRequest.of("k"));
  }

  @AfterEach
  void forgetInterrupts() {
    boolean unused = Thread.interrupted();
  }

  /** Regression: a thread local kept the hold, and with it the class loader of an application. */
  @Test
  void lock_neverUnlockedOnAPooledThread_isNotKeptByTheThread() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      WeakReference<HeldLock> left = leftLocked(pool);
      Eventually.until(
          "the hold is not kept",
          () -> {
            System.gc();
            return left.get() == null;
          });
      assertThat(pool.isShutdown()).isFalse();
    } finally {
      var unused = pool.shutdownNow();
    }
  }

  /** An application whose client closes while a pooled thread has locked a view. */
  private WeakReference<HeldLock> leftLocked(ExecutorService pool) throws Exception {
    World.Node node = world.node("c");
    ReentrantLockView left = view(node.client);
    WeakReference<HeldLock> held =
        new WeakReference<>(
            pool.submit(
                    () -> {
                      left.lock();
                      return left.heldLock().orElseThrow();
                    })
                .get());
    node.client.close();
    return held;
  }

  private static Throwable onAnotherThread(Runnable task) throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
                thrown.complete(new AssertionError("nothing was thrown"));
              } catch (Throwable t) {
                thrown.complete(t);
              }
            });
    thread.start();
    return Eventually.get(thrown);
  }

  @Test
  void lock_takenThreeTimes_isReleasedByTheThirdUnlock() throws Exception {
    view.lock();
    view.lockInterruptibly();
    assertThat(view.tryLock()).isTrue();

    view.unlock();
    view.unlock();
    assertThat(world.isReleased()).isFalse();
    assertThat(view.heldLock()).hasValueSatisfying(lock -> assertThat(lock.isHeld()).isTrue());

    view.unlock();
    assertThat(world.isReleased()).isTrue();
    assertThat(view.heldLock()).isEmpty();
    assertThat(a.store.trace())
        .extracting(line -> line.replaceFirst("\\d+ ", ""))
        .containsExactly("acquire", "release");
  }

  @Test
  void lock_afterItsRelease_isTakenAnewWithTheNextToken() {
    view.lock();
    long first = view.heldLock().orElseThrow().fencingToken();
    view.unlock();

    view.lock();

    assertThat(view.heldLock().orElseThrow().fencingToken()).isEqualTo(first + 1);
  }

  @Test
  void unlock_byAThreadWithoutTheLock_throwsAndReleasesNothing() throws Exception {
    assertThatThrownBy(view::unlock).isInstanceOf(IllegalMonitorStateException.class);
    view.lock();

    assertThat(onAnotherThread(view::unlock))
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("'k'");

    assertThat(world.isReleased()).isFalse();
    view.unlock();
    assertThatThrownBy(view::unlock).isInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void tryLock_whileOthersHoldTheLock_isOneLook() {
    HeldLock others = b.acquired();
    assertThat(view.tryLock()).isFalse();
    assertThat(view.heldLock()).isEmpty();
    assertThat(a.store.trace()).hasSize(1);

    others.close();

    assertThat(view.tryLock()).isTrue();
  }

  @Test
  void tryLockWithTime_whileOthersHoldTheLock_givesUpAfterIt() throws Exception {
    b.acquired();
    Duration before = world.time.elapsed();

    assertThat(view.tryLock(3, TimeUnit.SECONDS)).isFalse();

    assertThat(world.time.elapsed().minus(before))
        .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    assertThat(view.heldLock()).isEmpty();
  }

  @Test
  void tryLockWithTime_thatIsOver_isOneLook() throws Exception {
    b.acquired();

    assertThat(view.tryLock(-1, TimeUnit.SECONDS)).isFalse();

    assertThat(a.store.trace()).hasSize(1);
  }

  @Test
  void tryLockWithTime_longEnough_getsADeadHoldersLock() throws Exception {
    b.acquired();
    b.machine.crash();

    assertThat(view.tryLock(1, TimeUnit.MINUTES)).isTrue();
    assertThat(view.tryLock(1, TimeUnit.MINUTES)).isTrue();

    view.unlock();
    assertThat(world.isReleased()).isFalse();
    view.unlock();
    assertThat(world.isReleased()).isTrue();
  }

  /** Regression: it was refused as longer than clocks count. */
  @Test
  void tryLockWithTime_beyondAllMeasure_waits() throws Exception {
    b.acquired();
    b.machine.crash();

    assertThat(view.tryLock(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue();
  }

  @Test
  void lock_interrupted_takesTheLockAndKeepsTheInterrupt() {
    Thread.currentThread().interrupt();

    view.lock();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(view.heldLock()).hasValueSatisfying(HeldLock::ensureHeld);
    view.unlock();
    world.seconds(1);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void tryLock_interrupted_takesTheLockAndKeepsTheInterrupt() {
    Thread.currentThread().interrupt();

    assertThat(view.tryLock()).isTrue();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(view.heldLock()).isPresent();
  }

  @Test
  void lockInterruptibly_interrupted_leavesTheLockFree() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(view::lockInterruptibly).isInstanceOf(InterruptedException.class);

    assertThat(view.heldLock()).isEmpty();
    world.seconds(1);
    assertThat(b.acquired().isHeld()).isTrue();
  }

  @Test
  void tryLockWithTime_interrupted_leavesTheLockFree() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> view.tryLock(1, TimeUnit.MINUTES))
        .isInstanceOf(InterruptedException.class);

    assertThat(view.heldLock()).isEmpty();
    world.seconds(1);
    assertThat(b.acquired().isHeld()).isTrue();
  }

  @Test
  void lostLock_atReentry_isToldAndNotCounted() {
    view.lock();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);

    assertThatThrownBy(view::lock).isInstanceOf(LockRevokedException.class);
    assertThatThrownBy(view::tryLock).isInstanceOf(LockRevokedException.class);
    assertThatThrownBy(() -> view.tryLock(1, TimeUnit.SECONDS))
        .isInstanceOf(LockRevokedException.class);
    assertThat(view.heldLock().orElseThrow().revocation()).isPresent();

    assertThatThrownBy(view::unlock).isInstanceOf(LockRevokedException.class);
    assertThatThrownBy(view::unlock).isInstanceOf(IllegalMonitorStateException.class);
  }

  @Test
  void lostLock_atTheLastUnlock_isToldAndGone() {
    view.lock();
    view.lock();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);

    view.unlock();
    assertThatThrownBy(view::unlock)
        .isInstanceOf(LockRevokedException.class)
        .hasMessageContaining("ITEM_DELETED");

    view.lock();
    assertThat(view.heldLock()).hasValueSatisfying(HeldLock::ensureHeld);
    view.unlock();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void newCondition_isNotToBeHad() {
    assertThatThrownBy(view::newCondition).isInstanceOf(UnsupportedOperationException.class);
  }

  /** On a real machine: threads of two clients, and of one, behind two views of one lock. */
  @Test
  void threads_ofOneViewAndOfTwo_excludeEachOther() throws Exception {
    InMemoryLockStore table = new InMemoryLockStore();
    int rounds = 25;
    int[] unguarded = new int[1];
    try (LockClient one = client(table);
        LockClient two = client(table)) {
      Lock shared = view(one);
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (Lock lock : List.of(shared, shared, view(two))) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        done.add(end);
        Thread thread = new Thread(() -> complete(end, () -> count(lock, rounds, unguarded)));
        thread.setDaemon(true);
        thread.start();
      }
      for (CompletableFuture<Void> end : done) {
        Void unused = Eventually.get(end, Duration.ofSeconds(50));
      }
    }
    assertThat(unguarded[0]).isEqualTo(3 * rounds);
    assertThat(alone).hasSize(3 * rounds).doesNotContain(false);
  }

  private static LockClient client(InMemoryLockStore table) {
    return DefaultLockClient.start(
        new ClientConfig.Draft("locks").build(),
        new LivePlatform(null, null, Platforms.THREADS),
        table,
        null);
  }

  private static void complete(CompletableFuture<Void> end, Runnable task) {
    try {
      task.run();
      end.complete(null);
    } catch (Throwable t) {
      end.completeExceptionally(t);
    }
  }

  private void count(Lock lock, int rounds, int[] unguarded) {
    for (int i = 0; i < rounds; i++) {
      lock.lock();
      try {
        int seen = unguarded[0];
        alone.add(inside.incrementAndGet() == 1);
        unguarded[0] = seen + 1;
        inside.decrementAndGet();
      } finally {
        lock.unlock();
      }
    }
  }
}
