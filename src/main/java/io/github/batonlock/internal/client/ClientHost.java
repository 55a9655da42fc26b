package io.github.batonlock.internal.client;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A machine and a table that stand in for the real ones where a client is built. The test kit has
 * one for each host, so that its clients are built as those of programs are.
 */
public interface ClientHost extends DynamoCalls.Factory {
  /**
   * Starts a client on this host.
   *
   * @param config the checked configuration
   * @param requestExecutor the user's executor for requests, or null
   * @param callbackExecutor the user's executor for callbacks, or null
   * @param listener the user's listener, or null
   * @return the client
   */
  LockClient start(
      ClientConfig config,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      @Nullable LockListener listener);

  @Override
  default DynamoCalls on(Executor executor) {
    throw new UnsupportedOperationException("This stands in for an SDK client, and is none");
  }
}
