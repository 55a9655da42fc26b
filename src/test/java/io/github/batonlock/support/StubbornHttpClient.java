package io.github.batonlock.support;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/**
 * An HTTP client as bad as they come: once told to hang, a request returns to its thread neither by
 * abort nor by interrupt, only when the test lets it go.
 */
public final class StubbornHttpClient implements SdkHttpClient {
  private final SdkHttpClient real = Apache5HttpClient.create();
  private final CountDownLatch letGo = new CountDownLatch(1);
  private volatile boolean hanging;

  /** Requests hang from now on; nothing of them is sent. */
  public void hang() {
    hanging = true;
  }

  /** All that hang fail, and nothing hangs any more. */
  public void letGo() {
    hanging = false;
    letGo.countDown();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    // Without metrics, which would say that this is a client that can be aborted.
    ExecutableHttpRequest harmless =
        real.prepareRequest(
            HttpExecuteRequest.builder()
                .request(request.httpRequest())
                .contentStreamProvider(request.contentStreamProvider().orElse(null))
                .build());
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        if (hanging) {
          awaitWhateverComes();
          throw new IOException("the connection broke (by StubbornHttpClient)");
        }
        return harmless.call();
      }

      @Override
      public void abort() {
        harmless.abort();
      }
    };
  }

  private void awaitWhateverComes() {
    boolean interrupted = false;
    while (true) {
      try {
        letGo.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    letGo();
    real.close();
  }
}
