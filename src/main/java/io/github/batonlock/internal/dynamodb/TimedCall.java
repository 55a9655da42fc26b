package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.store.Timeouts;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * One call of DynamoDB within its time limits. If the time is up, it knows how the SDK's attempts
 * ended.
 *
 * <pre>
 *   half of the time --answered, failed--> done
 *     '--the SDK ran out of time--> the rest of the time, with the SDK's metrics --> done
 * </pre>
 *
 * <p>The SDK tries again by itself, and its exception for a call without time does not say what the
 * attempts met: throttling looks like a broken network. Only metrics tell, and they cost a tenth of
 * a call. So a call is made without metrics first. The second call counts as one more attempt of
 * the SDK. A call with time for one attempt only has metrics at once.
 *
 * @param <R> the SDK's answer
 */
final class TimedCall<R> {
  private final Function<AwsRequestOverrideConfiguration, CompletableFuture<R>> call;
  private final Overrides overrides;
  private final CompletableFuture<R> result = new CompletableFuture<>();

  private TimedCall(
      Function<AwsRequestOverrideConfiguration, CompletableFuture<R>> call, Overrides overrides) {
    this.call = call;
    this.overrides = overrides;
  }

  /**
   * Makes the call; never throws.
   *
   * @param call makes the call with these settings
   * @param timeouts of the whole
   * @param overrides makes the settings
   * @return the answer; cancelling it cancels the call
   */
  static <R> CompletableFuture<R> of(
      Function<AwsRequestOverrideConfiguration, CompletableFuture<R>> call,
      Timeouts timeouts,
      Overrides overrides) {
    TimedCall<R> timed = new TimedCall<>(call, overrides);
    Timeouts half = timeouts.firstHalf();
    if (half == null) {
      timed.watched(timeouts, null);
    } else {
      timed.plain(half, timeouts.after(half.total()));
    }
    return timed.result;
  }

  private void plain(Timeouts first, Timeouts rest) {
    made(
        overrides.of(first),
        failure -> {
          if (isOutOfTime(failure) && !result.isDone()) {
            watched(rest, failure);
          } else {
            result.completeExceptionally(failure);
          }
        });
  }

  private void watched(Timeouts timeouts, @Nullable Throwable before) {
    CallAttempts attempts = new CallAttempts();
    made(
        overrides.of(timeouts, attempts),
        failure -> {
          Throwable whole = before == null ? failure : after(before, failure);
          result.completeExceptionally(
              isOutOfTime(whole) ? new OutOfTimeException(whole, attempts) : whole);
        });
  }

  private void made(AwsRequestOverrideConfiguration settings, Consumer<Throwable> failed) {
    CompletableFuture<R> answer = start(settings);
    CompletableFuture<R> unused =
        answer.whenComplete(
            (response, failure) -> {
              if (failure == null) {
                result.complete(response);
              } else {
                failed.accept(Answers.unwrapped(failure));
              }
            });
    CompletableFuture<R> unusedToo =
        result.whenComplete(
            (response, failure) -> {
              // Does nothing if the call has ended first.
              boolean unusedResult = answer.cancel(false);
            });
  }

  private CompletableFuture<R> start(AwsRequestOverrideConfiguration settings) {
    try {
      return call.apply(settings);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(new NotSentException(e));
    }
  }

  /** The SDK ends a call by an interrupt, and does not always recognize its own. */
  private static boolean isOutOfTime(Throwable failure) {
    return failure instanceof ApiCallTimeoutException || failure instanceof AbortedException;
  }

  /** The failure of a second call: the attempts before it may have been applied. */
  private static Throwable after(Throwable before, Throwable failure) {
    if (failure instanceof NotSentException) {
      return before;
    }
    if (failure instanceof SdkException sdk) {
      Integer attempts = sdk.numAttempts();
      return sdk.toBuilder().numAttempts((attempts == null ? 1 : attempts) + 1).build();
    }
    return failure;
  }
}
