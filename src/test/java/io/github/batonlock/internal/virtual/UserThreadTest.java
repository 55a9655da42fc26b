package io.github.batonlock.internal.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class UserThreadTest {
  @Test
  void code_thatWaitsForWhatIsNotOfTheWorld_isGivenUpWithItsTrace() {
    CountDownLatch never = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    UserThread thread = new UserThread(told -> {}, Duration.ofMillis(100));

    assertThatThrownBy(
            () ->
                thread.start(
                    () -> {
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        interrupted.complete(true);
                      }
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("TestHost.sleep")
        .satisfies(
            error ->
                assertThat(error.getStackTrace())
                    .anyMatch(
                        frame -> frame.getClassName().equals(CountDownLatch.class.getName())));
    assertThat(interrupted.join()).isTrue();
    assertThat(thread.isEnded()).isTrue();
  }

  @Test
  void code_thatIsInterruptedWhileItWaitsForTheWorld_isWokenByTheWorld() {
    boolean[] told = new boolean[1];
    boolean[] saw = new boolean[1];
    UserThread thread = new UserThread(each -> told[0] = true, Duration.ofSeconds(10));
    Thread[] real = new Thread[1];
    thread.start(
        () -> {
          real[0] = Thread.currentThread();
          thread.park("a reason");
          saw[0] = Thread.interrupted();
        });

    thread.wakeInterrupted();
    assertThat(thread.isEnded()).isFalse();
    real[0].interrupt();
    assertThat(told[0]).isTrue();
    thread.wakeInterrupted();

    assertThat(thread.isEnded()).isTrue();
    assertThat(saw[0]).isTrue();
  }
}
