package io.github.batonlock.internal.client;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.store.DynamoCalls;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

@SuppressWarnings("DoNotCallSuggester")
public final class DefaultLockClient {
  private DefaultLockClient() {}

  public static LockClient start(
      ClientConfig config,
      DynamoCalls.Factory dynamoDb,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      LockListener listener) {
    throw new UnsupportedOperationException();
  }
}
