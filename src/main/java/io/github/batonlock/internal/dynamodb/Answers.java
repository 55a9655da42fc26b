package io.github.batonlock.internal.dynamodb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of the SDK's futures to those of the store port: answers, or bare {@code
 * LockStoreException}s.
 */
final class Answers {
  private Answers() {}

  /**
   * The answer to a call; never throws.
   *
   * @param context what the request is about
   * @param made the call; cancelled when the answer is no longer wanted
   * @param onResponse the answer for a response
   * @param onFailure the answer for a failure that counts as an answer; null if it does not
   */
  static <R, A> CompletableFuture<A> of(
      CallContext context,
      CompletableFuture<R> made,
      Function<R, A> onResponse,
      Function<Throwable, @Nullable A> onFailure) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    CompletableFuture<R> unused =
        made.whenComplete(
            (response, failure) -> {
              try {
                A value =
                    failure == null
                        ? onResponse.apply(response)
                        : onFailure.apply(unwrapped(failure));
                if (value != null) {
                  answer.complete(value);
                } else {
                  answer.completeExceptionally(ExceptionTranslator.of(context, unwrapped(failure)));
                }
              } catch (Throwable e) {
                answer.completeExceptionally(ExceptionTranslator.of(context, e));
              }
            });
    CompletableFuture<A> unusedToo =
        answer.whenComplete(
            (value, failure) -> {
              // Does nothing if the call has ended first.
              boolean unusedResult = made.cancel(false);
            });
    return answer;
  }

  /** The failure itself, without the wrapping of futures. */
  static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
