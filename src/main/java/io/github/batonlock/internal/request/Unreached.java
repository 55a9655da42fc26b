package io.github.batonlock.internal.request;

import io.github.batonlock.LockStoreException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Failures of requests that did not reach DynamoDB: the connection was refused, or the SDK client
 * or an executor is closed. An SDK client that is closed throws {@code IllegalStateException}.
 */
public final class Unreached {

  private Unreached() {}

  /** Whether this failure shows that the request, or its last attempt, did not reach DynamoDB. */
  public static boolean isShownBy(LockStoreException failure) {
    Throwable cause = failure.getCause();
    for (int depth = 0; cause != null && depth < 16; depth++, cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof NoRouteToHostException
          || cause instanceof RejectedExecutionException
          || cause instanceof IllegalStateException) {
        return true;
      }
    }
    return false;
  }
}
