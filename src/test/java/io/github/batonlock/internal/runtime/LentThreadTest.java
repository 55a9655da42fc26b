package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of the user's threads, which send their own requests. */
@Timeout(60)
class LentThreadTest {
  private final LivePlatform platform = new LivePlatform(null, null, Platforms.THREADS);
  private final EventLoop loop = platform.loop();
  private volatile Thread mine;
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    platform.shutdown(true);
  }

  /** A request that does this, and then brings its answer. */
  private Request request(Runnable what, Runnable answer) {
    return new Request(what, answer);
  }

  private final class Request implements BlockingRequest {
    private final Runnable what;
    private final Runnable answer;
    private volatile InterruptOnce running;
    private volatile boolean returns = true;

    Request(Runnable what, Runnable answer) {
      this.what = what;
      this.answer = answer;
    }

    @Override
    public boolean returnsInTime() {
      return returns;
    }

    @Override
    public void run() {
      InterruptOnce once = new InterruptOnce();
      running = once;
      try {
        what.run();
      } finally {
        once.ended();
      }
      boolean unused = loop.executeLast(answer);
    }

    @Override
    public void interrupt() {
      running.interrupt();
    }
  }

  private void note(String what) {
    done.add(what + (isMine() ? " here" : " elsewhere"));
  }

  private <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> call) {
    mine = Thread.currentThread();
    return platform.begin(call);
  }

  private boolean isMine() {
    return Thread.currentThread() == mine;
  }

  /** A call of one task, one request, and the task for its answer. */
  private Supplier<CompletableFuture<String>> call(Runnable whileSending) {
    CompletableFuture<String> result = new CompletableFuture<>();
    return () -> {
      loop.execute(
          () -> {
            note("task");
            platform
                .requests()
                .execute(
                    request(
                        () -> {
                          note("request");
                          whileSending.run();
                        },
                        () -> {
                          note("answer");
                          result.complete("done");
                        }));
          });
      return result;
    };
  }

  private String made(Supplier<CompletableFuture<String>> call) {
    return platform.awaitUninterruptibly(begin(call));
  }

  @Test
  void call_runsItsTasksAndSendsItsRequestOnTheCallersThread() {
    assertThat(made(call(() -> {}))).isEqualTo("done");

    assertThat(done).containsExactly("task here", "request here", "answer here");
  }

  @Test
  void call_ofSeveralRequests_sendsAll() {
    CompletableFuture<String> result = new CompletableFuture<>();
    Request second = request(() -> note("second"), () -> result.complete("done"));
    Request first = request(() -> note("first"), () -> platform.requests().execute(second));
    made(
        () -> {
          loop.execute(() -> platform.requests().execute(first));
          return result;
        });

    assertThat(done).containsExactly("first here", "second here");
  }

  @Test
  void request_thatMayNotReturnInTime_isSentByTheClient() {
    CompletableFuture<String> result = new CompletableFuture<>();
    Request stubborn = request(() -> note("request"), () -> result.complete("done"));
    stubborn.returns = false;
    made(
        () -> {
          loop.execute(() -> platform.requests().execute(stubborn));
          return result;
        });

    assertThat(done).containsExactly("request elsewhere");
  }

  @Test
  void request_thatDoesNotBlock_isSentByTheClient() {
    CompletableFuture<String> result = new CompletableFuture<>();
    made(
        () -> {
          loop.execute(
              () ->
                  platform
                      .requests()
                      .execute(
                          () -> {
                            note("request");
                            result.complete("done");
                          }));
          return result;
        });

    assertThat(done).containsExactly("request elsewhere");
  }

  /** The caller waits for its own call only. */
  @Test
  void tasks_thatComeMeanwhile_runElsewhereAfterTheCallersOwn() {
    CompletableFuture<String> result = new CompletableFuture<>();
    CountDownLatch other = new CountDownLatch(1);
    made(
        () -> {
          loop.execute(
              () -> {
                note("task");
                // Behind the task that runs now, and not of this call.
                loop.execute(
                    () -> {
                      note("other task");
                      platform
                          .requests()
                          .execute(request(() -> note("other request"), () -> other.countDown()));
                    });
                result.complete("done");
              });
          return result;
        });
    Eventually.until("the other request", () -> other.getCount() == 0);

    assertThat(done)
        .containsExactly("task here", "other task elsewhere", "other request elsewhere");
  }

  @Test
  void loop_thatRunsElsewhere_isNotWaitedFor() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    loop.execute(
        () -> {
          running.countDown();
          awaitUninterruptibly(go);
        });
    running.await();
    CompletableFuture<String> begun = begin(call(() -> {}));
    assertThat(begun).isNotDone();
    go.countDown();

    assertThat(platform.await(begun)).isEqualTo("done");
    assertThat(done).containsExactly("task elsewhere", "request elsewhere", "answer elsewhere");
  }

  @Test
  void callerThatIsInterruptedAlready_isNotLent() {
    Thread.currentThread().interrupt();
    CompletableFuture<String> begun = begin(call(() -> {}));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(platform.awaitUninterruptibly(begun)).isEqualTo("done");
    assertThat(done).containsExactly("task elsewhere", "request elsewhere", "answer elsewhere");
  }

  @Test
  void interruptOfTheCaller_isKeptFromTheLoop_andLeftForTheCaller() {
    CompletableFuture<String> result = new CompletableFuture<>();
    AtomicReference<Boolean> seen = new AtomicReference<>();
    Request second = request(() -> note("second"), () -> result.complete("done"));
    Request first =
        request(
            () -> Thread.currentThread().interrupt(),
            () -> {
              seen.set(Thread.currentThread().isInterrupted());
              platform.requests().execute(second);
            });
    CompletableFuture<String> begun =
        begin(
            () -> {
              loop.execute(() -> platform.requests().execute(first));
              return result;
            });

    assertThat(seen.get()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(platform.awaitUninterruptibly(begun)).isEqualTo("done");
    assertThat(done).containsExactly("second elsewhere");
  }

  /** An interceptor of the SDK may use a lock itself. */
  @Test
  void callWithinARequest_isMadeByTheClient() {
    List<CompletableFuture<String>> inner = new ArrayList<>();
    made(call(() -> inner.add(begin(call(() -> {})))));
    Eventually.until("the inner call", () -> inner.get(0).isDone());

    assertThat(done.subList(0, 2)).containsExactly("task here", "request here");
    assertThat(done).contains("task elsewhere", "request elsewhere", "answer elsewhere");
  }

  @Test
  void requestUnderWayAtAShutdown_isInterrupted_andTheCallerIsNot() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    AtomicReference<Boolean> left = new AtomicReference<>();
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              CompletableFuture<String> unused =
                  platform.begin(
                      () -> {
                        loop.execute(
                            () ->
                                platform
                                    .requests()
                                    .execute(
                                        request(
                                            () -> {
                                              sending.countDown();
                                              interrupted.set(isInterruptedSoon());
                                            },
                                            () -> {})));
                        return result;
                      });
              left.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    sending.await();
    platform.shutdown(false);
    caller.join();

    assertThat(interrupted.get()).isTrue();
    assertThat(left.get()).isFalse();
  }

  private static boolean isInterruptedSoon() {
    try {
      boolean unused = new CountDownLatch(1).await(30, TimeUnit.SECONDS);
      return false;
    } catch (InterruptedException e) {
      // As the SDK leaves it.
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Near the end of its stack a thread is not lent, and the call is made all the same. */
  @ParameterizedTest
  @ValueSource(ints = {256, 512})
  void callerNearTheEndOfItsStack_isNotLent(int kilobytes) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Boolean> lent = Collections.synchronizedList(new ArrayList<>());
    // Links all code before there is too little room for that.
    assertThat(isLent()).isTrue();
    Thread deep = new Thread(null, () -> descend(lent), "deep", kilobytes * 1024L);
    deep.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    deep.start();
    deep.join();

    assertThat(failure.get()).as(() -> String.valueOf(failure.get())).isNull();
    assertThat(lent).startsWith(false).endsWith(true);
  }

  /** Makes a call at each depth on the way back from where the stack overflows. */
  @SuppressWarnings("InfiniteRecursion") // Until the stack overflows, which is the point.
  private void descend(List<Boolean> lent) {
    try {
      descend(lent);
    } catch (VirtualMachineError e) {
      return;
    }
    if (lent.size() < 2_000) {
      try {
        lent.add(isLent());
      } catch (VirtualMachineError e) {
        // In this test's own code, or before the call has begun.
      }
    }
  }

  private boolean isLent() {
    CompletableFuture<String> result = new CompletableFuture<>();
    AtomicReference<Thread> sender = new AtomicReference<>();
    Request request =
        request(() -> sender.set(Thread.currentThread()), () -> result.complete("done"));
    platform.awaitUninterruptibly(
        platform.begin(
            () -> {
              loop.execute(() -> platform.requests().execute(request));
              return result;
            }));
    return sender.get() == Thread.currentThread();
  }

  @Test
  void virtualThread_isNotLent() throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() >= 21, "needs virtual threads");
    var executor =
        (java.util.concurrent.ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    try {
      assertThat(executor.submit(this::isLent).get()).isFalse();
    } finally {
      executor.shutdown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    Awaits.throughInterrupts(
        () -> {
          latch.await();
          return true;
        });
  }
}
