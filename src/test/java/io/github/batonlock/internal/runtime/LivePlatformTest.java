package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.support.Platforms;
import io.github.batonlock.support.Throwing;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LivePlatformTest {
  private static final int MAX_REQUESTS = 52;
  private static final int MAX_CALLBACKS = 1_000;

  private final Queue<LivePlatform> started = new ConcurrentLinkedQueue<>();
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void stop() {
    end.countDown();
    started.forEach(platform -> platform.shutdown(true));
  }

  @Test
  void startedThread_isADaemon_thatCanBeInterrupted_andOutlivesThePlatform() {
    LivePlatform platform = platform();
    CompletableFuture<Thread> begun = new CompletableFuture<>();
    CompletableFuture<OwnThread> itself = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    OwnThread thread =
        platform.startThread(
            "baton-term-k",
            () -> {
              boolean isCurrent = itself.join().isCurrent();
              begun.complete(Thread.currentThread());
              try {
                end.await();
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(isCurrent);
              }
            });
    itself.complete(thread);
    assertThat(begun.join().isDaemon()).isTrue();
    assertThat(begun.join().getName()).isEqualTo("baton-term-k");
    assertThat(thread.isCurrent()).isFalse();

    platform.shutdown(true);
    assertThat(interrupted).isNotDone();
    thread.interrupt();
    assertThat(interrupted.join()).isTrue();
  }

  @Test
  void requests_upToTheBound_runAtTheSameTime() throws Exception {
    Executor requests = platform().requests();
    CountDownLatch running = new CountDownLatch(MAX_REQUESTS);
    for (int i = 0; i < MAX_REQUESTS; i++) {
      requests.execute(
          () -> {
            running.countDown();
            await(end);
          });
    }

    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void requests_beyondTheBound_queueInOrderAndAllRun() throws Exception {
    Executor requests = platform().requests();
    CountDownLatch running = new CountDownLatch(MAX_REQUESTS);
    Queue<Integer> queued = new ConcurrentLinkedQueue<>();
    CountDownLatch last = new CountDownLatch(100);
    CountDownLatch one = new CountDownLatch(1);
    for (int i = 0; i < MAX_REQUESTS; i++) {
      CountDownLatch until = i == 0 ? one : end;
      requests.execute(
          () -> {
            running.countDown();
            await(until);
          });
    }
    running.await();
    for (int i = 0; i < 100; i++) {
      int number = i;
      requests.execute(
          () -> {
            queued.add(number);
            last.countDown();
          });
    }
    assertThat(queued).isEmpty();

    one.countDown();

    assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(queued).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void requestThreads_thatAreIdle_areUsedAgain() {
    Executor requests = platform().requests();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Thread> ran = new CompletableFuture<>();
      requests.execute(() -> ran.complete(Thread.currentThread()));
      Thread thread = ran.join();
      threads.add(thread);
      awaitIdle(thread);
    }

    assertThat(threads).hasSize(1);
  }

  @Test
  void requestThread_whoseTaskThrows_isReplaced() {
    Executor requests = platform().requests();
    for (int i = 0; i < 2 * MAX_REQUESTS; i++) {
      requests.execute(
          () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
            throw new IllegalStateException("a request fails");
          });
    }
    CompletableFuture<Void> ran = new CompletableFuture<>();
    requests.execute(() -> ran.complete(null));

    assertThat(ran).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void requests_afterShutdown_areRejected() {
    LivePlatform platform = platform();
    platform.shutdown(true);

    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> platform.requests().execute(() -> {}))
        .withMessage("the lock client is closed");
  }

  @Test
  void callbacks_thatBlock_delayNoOthersUpToTheBound() throws Exception {
    Executor callbacks = platform().callbacks();
    CountDownLatch running = new CountDownLatch(MAX_CALLBACKS);

    block(callbacks, running, end);

    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void callbacks_beyondTheBound_waitForOneToReturnAndAllRun() throws Exception {
    Executor callbacks = platform().callbacks();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(MAX_CALLBACKS - 1);
    CountDownLatch one = new CountDownLatch(1);
    block(callbacks, first, one);
    first.await();
    block(callbacks, running, end);
    running.await();
    CountDownLatch waiting = new CountDownLatch(2_000);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 2_000; i++) {
      callbacks.execute(
          () -> {
            threads.add(Thread.currentThread());
            waiting.countDown();
          });
    }
    assertThat(threads).isEmpty();

    one.countDown();

    assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callbacks_thatWaitAtShutdown_runAllTheSame(boolean interruptCallbacks) throws Exception {
    LivePlatform platform = platform();
    CountDownLatch running = new CountDownLatch(MAX_CALLBACKS);
    block(platform.callbacks(), running, end);
    running.await();
    CompletableFuture<Void> ran = new CompletableFuture<>();
    platform.callbacks().execute(() -> ran.complete(null));

    platform.shutdown(interruptCallbacks);
    end.countDown();

    assertThat(ran).succeedsWithin(30, TimeUnit.SECONDS);
  }

  /** Occupies threads until as many run as the latch counts. */
  private static void block(Executor executor, CountDownLatch running, CountDownLatch until) {
    long count = running.getCount();
    for (long i = 0; i < count; i++) {
      executor.execute(
          () -> {
            running.countDown();
            await(until);
          });
    }
  }

  @Test
  void callback_rejectedByTheUsersExecutor_runsOnAThreadOfItsOwn() {
    LivePlatform platform =
        started(
            new LivePlatform(
                null,
                task -> {
                  throw new RejectedExecutionException("full");
                },
                Platforms.THREADS));
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    platform.callbacks().execute(() -> ran.complete(Thread.currentThread()));

    assertThat(ran.join().getName()).matches("baton-\\d+-callback-1");
    assertThat(ran.join().isDaemon()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void callback_whateverTheUsersExecutorThrows_runsOnAThreadOfTheClients(Throwable thrown) {
    LivePlatform platform =
        started(new LivePlatform(null, task -> Throwing.sneaky(thrown), Platforms.THREADS));
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    platform.callbacks().execute(() -> ran.complete(Thread.currentThread()));

    assertThat(ran.join().getName()).matches("baton-\\d+-callback-1");
  }

  private static List<Throwable> kinds() {
    return Throwing.kinds().toList();
  }

  @Test
  void callbacks_whenNoThreadCanBeMade_runInTheirOrderWhenOneCan() {
    Scarce machine = Scarce.of(0);
    LivePlatform platform =
        started(new LivePlatform(null, null, Platforms.THREADS, machine::limit));
    Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> last = new CompletableFuture<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      platform.callbacks().execute(() -> ran.add(number));
    }
    platform.callbacks().execute(() -> last.complete(null));
    CompletableFuture<Void> later = new CompletableFuture<>();
    platform.loop().schedule(TimeUnit.MILLISECONDS.toNanos(100), () -> later.complete(null));
    later.join();
    assertThat(ran).isEmpty();

    machine.allow(1);

    assertThat(last).succeedsWithin(30, TimeUnit.SECONDS);
    assertThat(ran).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callbacks_whenNoThreadCanEverBeMade_runAtTheShutdown(boolean interruptCallbacks) {
    LivePlatform platform =
        started(new LivePlatform(null, null, Platforms.THREADS, Scarce.threads(0)));
    Thread loop = loopThread(platform);
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    platform
        .callbacks()
        .execute(
            () -> {
              ran.complete(Thread.currentThread());
              interrupted.complete(Thread.currentThread().isInterrupted());
            });

    platform.shutdown(interruptCallbacks);

    assertThat(ran.join()).isSameAs(loop);
    assertThat(interrupted.join()).isFalse();
  }

  private static Thread loopThread(LivePlatform platform) {
    CompletableFuture<Thread> loop = new CompletableFuture<>();
    platform.loop().execute(() -> loop.complete(Thread.currentThread()));
    return loop.join();
  }

  @Test
  void callback_afterTheEnd_whenNoThreadCanEverBeMade_runsOnTheCallingThread() throws Exception {
    LivePlatform platform =
        started(new LivePlatform(null, null, Platforms.THREADS, Scarce.threads(0)));
    Thread loop = loopThread(platform);
    platform.shutdown(false);
    loop.join();
    CompletableFuture<Thread> ran = new CompletableFuture<>();

    platform.callbacks().execute(() -> ran.complete(Thread.currentThread()));

    assertThat(ran).isCompletedWithValue(Thread.currentThread());
  }

  @Test
  void callback_afterShutdown_isStillDelivered() {
    LivePlatform platform = platform();
    platform.shutdown(true);
    CompletableFuture<Void> ran = new CompletableFuture<>();
    platform.callbacks().execute(() -> ran.complete(null));

    assertThat(ran).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void runningCallback_atShutdown_isInterruptedOnlyWhenAsked(boolean interruptCallbacks) {
    LivePlatform platform = platform();
    CompletableFuture<Void> running = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    platform
        .callbacks()
        .execute(
            () -> {
              running.complete(null);
              await(end);
              interrupted.complete(Thread.currentThread().isInterrupted());
            });
    running.join();

    platform.shutdown(interruptCallbacks);
    if (!interruptCallbacks) {
      assertThat(interrupted).isNotDone();
      end.countDown();
    }

    assertThat(interrupted.join()).isEqualTo(interruptCallbacks);
  }

  @Test
  void usersThread_waitsForTheLoop_withOrWithoutInterrupts() throws Exception {
    LivePlatform platform = platform();
    IllegalStateException failure = new IllegalStateException("no");
    CompletableFuture<String> result = new CompletableFuture<>();
    assertThat(platform.loop().execute(() -> result.complete("done"))).isTrue();

    assertThat(platform.await(result)).isEqualTo("done");
    assertThat(platform.awaitUninterruptibly(result)).isEqualTo("done");
    assertThatThrownBy(() -> platform.await(CompletableFuture.failedFuture(failure)))
        .isSameAs(failure);
    Thread.currentThread().interrupt();
    assertThat(platform.awaitUninterruptibly(result)).isEqualTo("done");
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> platform.await(new CompletableFuture<>()));
  }

  @Test
  void ownThreads_areDaemonsWithTellingNames() {
    Own own = new Own(platform());

    assertThat(own.threads()).allMatch(Thread::isDaemon);
    assertThat(own.loop.getName()).matches("baton-\\d+-loop-1");
    assertThat(own.request.getName()).matches("baton-\\d+-request-1");
    assertThat(own.callback.getName()).matches("baton-\\d+-callback-1");
  }

  @Test
  void platforms_haveNamesOfTheirOwn() {
    assertThat(new Own(platform()).loop.getName()).isNotEqualTo(new Own(platform()).loop.getName());
  }

  @Test
  void ownThreads_idleOrBlocked_endAfterShutdown() throws Exception {
    LivePlatform platform = platform();
    Own own = new Own(platform);
    CompletableFuture<Thread> blocked = new CompletableFuture<>();
    platform
        .requests()
        .execute(
            () -> {
              blocked.complete(Thread.currentThread());
              await(end);
            });
    Thread blockedThread = blocked.join();

    platform.shutdown(true);
    platform.shutdown(true);

    for (Thread thread : own.threads()) {
      thread.join();
    }
    blockedThread.join();
  }

  @Test
  void usersExecutors_areUsedAndNeverShutDown() {
    ExecutorService requests = Executors.newSingleThreadExecutor(task -> daemon(task, "mine-r"));
    ExecutorService callbacks = Executors.newSingleThreadExecutor(task -> daemon(task, "mine-c"));
    try {
      LivePlatform platform = started(new LivePlatform(requests, callbacks, Platforms.THREADS));
      Own own = new Own(platform);
      assertThat(own.request.getName()).isEqualTo("mine-r");
      assertThat(own.callback.getName()).isEqualTo("mine-c");

      platform.shutdown(true);

      assertThat(requests.isShutdown()).isFalse();
      assertThat(callbacks.isShutdown()).isFalse();
      assertThat(CompletableFuture.runAsync(() -> {}, requests))
          .succeedsWithin(30, TimeUnit.SECONDS);
    } finally {
      requests.shutdown();
      callbacks.shutdown();
    }
  }

  @Test
  void clocks_areTheMachines() {
    Clock clock = platform().loop();
    long nanosBefore = System.nanoTime();
    long millisBefore = System.currentTimeMillis();

    assertThat(clock.nanoTime() - nanosBefore).isBetween(0L, TimeUnit.SECONDS.toNanos(30));
    assertThat(clock.epochMillis() - millisBefore).isBetween(-30_000L, 30_000L);
  }

  /** One thread of each kind. */
  private static final class Own {
    final Thread loop;
    final Thread request;
    final Thread callback;

    Own(LivePlatform platform) {
      loop = threadOf(task -> platform.loop().schedule(1, task));
      request = threadOf(platform.requests());
      callback = threadOf(platform.callbacks());
    }

    List<Thread> threads() {
      return List.of(loop, request, callback);
    }

    private static Thread threadOf(Executor executor) {
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      executor.execute(() -> thread.complete(Thread.currentThread()));
      return thread.join();
    }
  }

  private LivePlatform platform() {
    return started(new LivePlatform(null, null, Platforms.THREADS));
  }

  private LivePlatform started(LivePlatform platform) {
    started.add(platform);
    return platform;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** A thread that waits for its next task waits with a time limit. */
  private static void awaitIdle(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
