package io.github.batonlock.support;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/** Counts the UpdateItem requests that DynamoDB answered with success, whoever gets to know. */
public final class AnswerRecorder implements SdkHttpClient {
  private final SdkHttpClient real = Apache5HttpClient.create();
  private final AtomicInteger applied = new AtomicInteger();

  /** How many updates DynamoDB has applied. */
  public int appliedUpdates() {
    return applied.get();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest harmless = real.prepareRequest(request);
    boolean isUpdate =
        request
            .httpRequest()
            .firstMatchingHeader("X-Amz-Target")
            .filter(target -> target.endsWith(".UpdateItem"))
            .isPresent();
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        HttpExecuteResponse response = harmless.call();
        if (isUpdate && response.httpResponse().isSuccessful()) {
          applied.incrementAndGet();
        }
        return response;
      }

      @Override
      public void abort() {
        harmless.abort();
      }
    };
  }

  @Override
  public void close() {
    real.close();
  }
}
