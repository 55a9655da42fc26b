package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InterruptOnceTest {

  @AfterEach
  void clear() {
    boolean unused = Thread.interrupted();
  }

  @Test
  void interrupt_whileWorking_arrivesInTheWork() throws Exception {
    CompletableFuture<InterruptOnce> working = new CompletableFuture<>();
    CompletableFuture<String> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              working.complete(new InterruptOnce());
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                outcome.complete("interrupted");
              }
            });
    thread.start();

    working.join().interrupt();

    assertThat(outcome.join()).isEqualTo("interrupted");
    thread.join();
  }

  @Test
  void interrupt_isGivenOnce() {
    InterruptOnce work = new InterruptOnce();
    work.interrupt();
    assertThat(Thread.interrupted()).isTrue();

    work.interrupt();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interrupt_afterTheWorkHasEnded_neverArrives() {
    InterruptOnce work = new InterruptOnce();
    work.ended();

    work.interrupt();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interrupt_thatTheWorkDidNotConsume_isTakenBack() {
    InterruptOnce work = new InterruptOnce();
    work.interrupt();

    work.ended();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  /** A lock may be unlocked on another thread than the one that locked. */
  @Test
  void endOfTheWork_onAnotherThread_clearsNoInterruptOfThatThread() {
    InterruptOnce work =
        CompletableFuture.supplyAsync(InterruptOnce::new, task -> new Thread(task).start()).join();
    work.interrupt();
    Thread.currentThread().interrupt();

    work.ended();

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void interruptBySomebodyElse_withoutOurs_isKept() {
    InterruptOnce work = new InterruptOnce();
    Thread.currentThread().interrupt();

    work.ended();

    assertThat(Thread.interrupted()).isTrue();
  }

  /** Regression: taking ours back swallowed the other one. */
  @Test
  void interruptBySomebodyElse_beforeOurs_isKept() {
    InterruptOnce work = new InterruptOnce();
    Thread.currentThread().interrupt();
    work.interrupt();

    work.ended();

    assertThat(Thread.interrupted()).isTrue();
  }
}
