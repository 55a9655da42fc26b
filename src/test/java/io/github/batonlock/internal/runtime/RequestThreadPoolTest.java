package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop and the requests on the same threads. */
@Timeout(60)
class RequestThreadPoolTest {
  private static final int THREADS = 4;

  private final RequestThreadPool threads = new RequestThreadPool(THREADS, "request");
  private final EventLoop loop = new ThreadEventLoop(new DaemonThreadFactory("timers"), threads);
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void stop() {
    end.countDown();
    loop.shutdown();
    threads.shutdown();
  }

  @Test
  void thread_thatBringsAnAnswer_runsTheLoopAndSendsTheNextRequest() {
    CompletableFuture<Thread> request = new CompletableFuture<>();
    CompletableFuture<Thread> answer = new CompletableFuture<>();
    CompletableFuture<Thread> nextRequest = new CompletableFuture<>();
    threads.execute(
        () -> {
          request.complete(Thread.currentThread());
          loop.executeLast(
              () -> {
                answer.complete(Thread.currentThread());
                threads.execute(() -> nextRequest.complete(Thread.currentThread()));
              });
        });

    assertThat(answer.join()).isSameAs(request.join());
    assertThat(nextRequest.join()).isSameAs(request.join());
  }

  @Test
  void task_ofAThreadOfTheUsers_runsOnOneOfTheseAndSendsItsRequestThere() {
    CompletableFuture<Thread> task = new CompletableFuture<>();
    CompletableFuture<Thread> request = new CompletableFuture<>();
    loop.execute(
        () -> {
          task.complete(Thread.currentThread());
          threads.execute(() -> request.complete(Thread.currentThread()));
        });

    assertThat(task.join().getName()).startsWith("request-");
    assertThat(request.join()).isSameAs(task.join());
  }

  @Test
  void request_askedForWhileTasksWait_doesNotWaitForThem() throws Exception {
    CountDownLatch queued = new CountDownLatch(1);
    CountDownLatch requested = new CountDownLatch(1);
    CompletableFuture<Boolean> second = new CompletableFuture<>();
    loop.execute(
        () -> {
          awaitUninterruptibly(queued);
          threads.execute(requested::countDown);
        });
    loop.execute(
        () -> {
          awaitUninterruptibly(requested);
          second.complete(true);
        });
    queued.countDown();

    assertThat(second.get()).isTrue();
  }

  @Test
  void requests_severalOfOneTask_runAtTheSameTime() throws Exception {
    CountDownLatch together = new CountDownLatch(3);
    CompletableFuture<Void> all = new CompletableFuture<>();
    loop.execute(
        () -> {
          for (int i = 0; i < 3; i++) {
            threads.execute(
                () -> {
                  together.countDown();
                  awaitUninterruptibly(together);
                  all.complete(null);
                });
          }
        });

    assertThat(all).succeedsWithin(30, TimeUnit.SECONDS);
  }

  /** As a credentials provider would, which uses a lock. */
  @Test
  void request_thatItselfWaitsForTheLoop_isAnswered() throws Exception {
    CompletableFuture<String> inner = new CompletableFuture<>();
    CompletableFuture<String> outer = new CompletableFuture<>();
    loop.execute(
        () ->
            threads.execute(
                () -> {
                  loop.execute(() -> threads.execute(() -> inner.complete("answer")));
                  outer.complete(inner.join());
                }));

    assertThat(outer.get()).isEqualTo("answer");
  }

  @Test
  void loop_whileRequestsHaveAllThreads_runsOnTheTimersThread() throws Exception {
    CountDownLatch running = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      threads.execute(
          () -> {
            running.countDown();
            awaitUninterruptibly(end);
          });
    }
    running.await();
    CompletableFuture<Thread> task = new CompletableFuture<>();
    loop.execute(() -> task.complete(Thread.currentThread()));

    assertThat(task.get().getName()).isEqualTo("timers-1");
  }

  @Test
  void interrupt_leftByARequest_isNotSeenByTheNext() throws Exception {
    CompletableFuture<Thread> first = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    threads.execute(
        () -> {
          first.complete(Thread.currentThread());
          loop.executeLast(
              () ->
                  threads.execute(
                      () -> {
                        assertThat(Thread.currentThread()).isSameAs(first.join());
                        interrupted.complete(Thread.currentThread().isInterrupted());
                      }));
          Thread.currentThread().interrupt();
        });

    assertThat(interrupted.get()).isFalse();
  }

  @Test
  void request_thatThrows_takesNoOtherWithIt() throws Exception {
    CompletableFuture<Void> next = new CompletableFuture<>();
    threads.execute(
        () -> {
          Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
          loop.executeLast(() -> threads.execute(() -> next.complete(null)));
          throw new IllegalStateException("a request fails after its answer");
        });

    assertThat(next).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void tasks_ofManyThreads_runOneAtATimeAndEachSeesWhatTheOneBeforeDid() throws Exception {
    int givers = 4;
    int each = 20_000;
    AtomicInteger inside = new AtomicInteger();
    int[] plain = new int[1];
    List<CompletableFuture<Void>> given = new ArrayList<>();
    CountDownLatch left = new CountDownLatch(givers * each);
    ExecutorService users = Executors.newFixedThreadPool(givers);
    try {
      for (int giver = 0; giver < givers; giver++) {
        boolean last = giver % 2 == 0;
        given.add(
            CompletableFuture.runAsync(
                () ->
                    IntStream.range(0, each)
                        .forEach(i -> give(last, () -> count(inside, plain, left))),
                users));
      }
      for (CompletableFuture<Void> part : given) {
        part.get();
      }
      left.await();
    } finally {
      users.shutdown();
    }

    assertThat(plain[0]).isEqualTo(givers * each);
  }

  private void give(boolean fromARequest, Runnable task) {
    if (fromARequest) {
      threads.execute(() -> loop.executeLast(task));
    } else {
      loop.execute(task);
    }
  }

  private static void count(AtomicInteger inside, int[] plain, CountDownLatch left) {
    if (inside.getAndIncrement() == 0) {
      // Lost where two run at a time, or do not see each other.
      plain[0]++;
    }
    inside.decrementAndGet();
    left.countDown();
  }

  @Test
  void request_whenNoThreadCanBeMade_isRefused() {
    RequestThreadPool none = new RequestThreadPool(THREADS, "request", Scarce.threads(0));
    assertThatThrownBy(() -> none.execute(() -> {})).isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void requests_whenNoMoreThreadsCanBeMade_runOnThoseThatThereAre() throws Exception {
    RequestThreadPool few = new RequestThreadPool(THREADS, "request", Scarce.threads(1));
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Thread> first = new CompletableFuture<>();
    few.execute(
        () -> {
          first.complete(Thread.currentThread());
          awaitUninterruptibly(goOn);
        });
    first.get();
    CompletableFuture<Thread> second = new CompletableFuture<>();
    few.execute(() -> second.complete(Thread.currentThread()));
    goOn.countDown();

    assertThat(second.get()).isSameAs(first.get());
    few.shutdown();
  }

  /** Regression: the loop stood still when it could not pass on what it had asked for. */
  @Test
  void loop_whenNoMoreThreadsCanBeMade_runsOn_andItsRequestsAreSent() throws Exception {
    RequestThreadPool few = new RequestThreadPool(THREADS, "request", Scarce.threads(1));
    EventLoop scarceLoop = new ThreadEventLoop(new DaemonThreadFactory("timers"), few);
    CountDownLatch queued = new CountDownLatch(1);
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    CompletableFuture<Void> last = new CompletableFuture<>();
    scarceLoop.execute(() -> awaitUninterruptibly(queued));
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Void> request = new CompletableFuture<>();
      sent.add(request);
      scarceLoop.execute(() -> few.execute(() -> request.complete(null)));
    }
    scarceLoop.execute(() -> last.complete(null));
    queued.countDown();

    assertThat(last).succeedsWithin(30, TimeUnit.SECONDS);
    for (CompletableFuture<Void> request : sent) {
      assertThat(request).succeedsWithin(30, TimeUnit.SECONDS);
    }
    scarceLoop.shutdown();
    few.shutdown();
  }

  @Test
  void loop_whenNoThreadCanBeMade_runsOnTheTimersThread() throws Exception {
    RequestThreadPool none = new RequestThreadPool(THREADS, "request", Scarce.threads(0));
    EventLoop scarceLoop = new ThreadEventLoop(new DaemonThreadFactory("timers"), none);
    CompletableFuture<Thread> task = new CompletableFuture<>();
    scarceLoop.execute(() -> task.complete(Thread.currentThread()));

    assertThat(task.get().getName()).isEqualTo("timers-1");
    scarceLoop.shutdown();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // A shutdown interrupts what runs.
      }
    }
  }
}
