package io.github.batonlock.internal.store;

import java.util.concurrent.Executor;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The calls of DynamoDB that Baton uses, made by a synchronous or an asynchronous SDK client. */
@SuppressWarnings("DoNotCallSuggester")
public interface DynamoCalls {

  /** Binds an SDK client to the executor its calls are made from. */
  @FunctionalInterface
  interface Factory {
    /**
     * Binds.
     *
     * @param executor where calls are made
     * @return the calls
     */
    DynamoCalls on(Executor executor);
  }

  /**
   * Calls by a synchronous client, each blocking a thread of the executor.
   *
   * @param client the SDK client
   * @param executor where calls are made
   * @return the calls
   */
  static DynamoCalls of(DynamoDbClient client, Executor executor) {
    throw new UnsupportedOperationException();
  }

  /**
   * Calls by an asynchronous client; also these are made from the executor, since the SDK may load
   * credentials on the calling thread.
   *
   * @param client the SDK client
   * @param executor where calls are made
   * @return the calls
   */
  static DynamoCalls of(DynamoDbAsyncClient client, Executor executor) {
    throw new UnsupportedOperationException();
  }
}
