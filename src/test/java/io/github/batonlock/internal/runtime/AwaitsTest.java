package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AwaitsTest {

  @AfterEach
  void clear() {
    boolean unused = Thread.interrupted();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void result_isReturned(boolean uninterruptibly) throws Exception {
    assertThat(await(CompletableFuture.completedFuture("done"), uninterruptibly)).isEqualTo("done");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void uncheckedFailure_keepsItsTypeAndTellsWhoWaited(boolean uninterruptibly) {
    IllegalStateException failure = new IllegalStateException("no");

    assertThatThrownBy(() -> await(CompletableFuture.failedFuture(failure), uninterruptibly))
        .isSameAs(failure)
        .satisfies(
            thrown ->
                assertThat(thrown.getSuppressed())
                    .singleElement()
                    .satisfies(
                        waited -> {
                          assertThat(waited).hasMessage("the caller waited here");
                          assertThat(waited.getStackTrace())
                              .anyMatch(
                                  frame -> frame.getClassName().equals(AwaitsTest.class.getName()));
                        }));
  }

  @Test
  void failureOfAnEarlierStage_isUnwrapped() {
    IllegalArgumentException failure = new IllegalArgumentException("no");
    CompletableFuture<Object> dependent =
        CompletableFuture.failedFuture(failure).thenApply(result -> result);

    assertThatThrownBy(() -> Awaits.await(dependent)).isSameAs(failure);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void error_staysAnError(boolean uninterruptibly) {
    AssertionError failure = new AssertionError("bad");

    assertThatThrownBy(() -> await(CompletableFuture.failedFuture(failure), uninterruptibly))
        .isSameAs(failure);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void checkedFailure_isWrapped(boolean uninterruptibly) {
    IOException failure = new IOException("no");

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> await(CompletableFuture.failedFuture(failure), uninterruptibly))
        .withCause(failure);
  }

  /** Otherwise a wait through interrupts would go on for ever. */
  @Test
  void interruptOfAnotherThread_asTheFailure_isNoInterruptOfThisOne() {
    CompletableFuture<Object> failed = CompletableFuture.failedFuture(new InterruptedException());

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> Awaits.throughInterrupts(() -> Awaits.await(failed)));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void cancelledFuture_throwsCancellation() {
    CompletableFuture<Object> cancelled = new CompletableFuture<>();
    cancelled.cancel(false);

    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> Awaits.await(cancelled));
  }

  /** Regression: an interrupt was overlooked when the answer had come before the wait. */
  @Test
  void interrupt_beforeTheWaitForWhatIsDone_endsItAllTheSame() {
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> Awaits.await(CompletableFuture.completedFuture("done")));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interrupt_endsAnInterruptibleWait() {
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> Awaits.await(new CompletableFuture<>()));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interrupt_duringAnUninterruptibleWait_isKeptForTheCaller() throws Exception {
    CompletableFuture<String> future = new CompletableFuture<>();
    CompletableFuture<Boolean> interruptedAfter = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              String result = Awaits.throughInterrupts(() -> Awaits.await(future));
              interruptedAfter.complete(
                  result.equals("done") && Thread.currentThread().isInterrupted());
            });
    waiter.start();
    awaitWaiting(waiter);
    waiter.interrupt();
    assertThat(interruptedAfter).isNotDone();

    future.complete("done");

    assertThat(interruptedAfter.join()).isTrue();
    waiter.join();
  }

  @Test
  void interrupt_duringAnUninterruptibleWaitThatFails_isKeptForTheCaller() {
    Thread.currentThread().interrupt();
    IllegalStateException failure = new IllegalStateException("no");

    assertThatThrownBy(
            () ->
                Awaits.throughInterrupts(
                    () -> Awaits.await(CompletableFuture.failedFuture(failure))))
        .isSameAs(failure);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static <T> T await(CompletableFuture<T> future, boolean uninterruptibly)
      throws InterruptedException {
    return uninterruptibly
        ? Awaits.throughInterrupts(() -> Awaits.await(future))
        : Awaits.await(future);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }
}
