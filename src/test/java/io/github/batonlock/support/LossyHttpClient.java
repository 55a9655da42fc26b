package io.github.batonlock.support;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/**
 * The network as it can be: an SDK HTTP client over the real one that harms requests of chosen
 * operations while it is told to.
 *
 * <pre>{@code
 * LossyHttpClient network = LossyHttpClient.create();
 * DynamoDbClient client = LocalDynamo.shared().syncBuilder().httpClient(network).build();
 * network.next(1, "UpdateItem", Fault.loseAnswer()); // the SDK tries again by itself
 * network.always("GetItem", Fault.blackHole());
 * network.heal();
 * }</pre>
 */
public final class LossyHttpClient implements SdkHttpClient {
  private static final int FOR_EVER = Integer.MAX_VALUE;

  private final SdkHttpClient real;
  private final Map<String, Plan> plans = new ConcurrentHashMap<>();

  private LossyHttpClient(SdkHttpClient real) {
    this.real = real;
  }

  /** Over the SDK's default HTTP client. */
  public static LossyHttpClient create() {
    return over(Apache5HttpClient.create());
  }

  /** Over another one, which is closed with this one. */
  public static LossyHttpClient over(SdkHttpClient real) {
    return new LossyHttpClient(real);
  }

  /** Harms all requests of an operation, such as {@code UpdateItem}, until {@link #heal}. */
  public void always(String operation, Fault fault) {
    next(FOR_EVER, operation, fault);
  }

  /** Harms the next requests of an operation, the SDK's own retries counted. */
  public void next(int count, String operation, Fault fault) {
    plans.put(operation, new Plan(fault, new AtomicInteger(count)));
  }

  /** Lets everything pass from now on. What hangs goes on hanging. */
  public void heal() {
    plans.clear();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    Fault fault = faultFor(request.httpRequest());
    ExecutableHttpRequest harmless = real.prepareRequest(request);
    return fault == null ? harmless : new Harmed(harmless, fault);
  }

  private @Nullable Fault faultFor(SdkHttpRequest request) {
    String target = request.firstMatchingHeader("X-Amz-Target").orElse("");
    Plan plan = plans.get(target.substring(target.indexOf('.') + 1));
    return plan != null && plan.take() ? plan.fault : null;
  }

  @Override
  public void close() {
    real.close();
  }

  /**
   * What happens to a request.
   *
   * @param sent whether DynamoDB gets it
   * @param hangs whether nothing comes back until it is aborted; otherwise its connection breaks,
   *     or the canned answer comes
   * @param answer what comes back; null for nothing
   */
  public record Fault(boolean sent, boolean hangs, @Nullable Answer answer) {

    /** DynamoDB does it, then the connection breaks. */
    public static Fault loseAnswer() {
      return new Fault(true, false, null);
    }

    /** DynamoDB does it, and the answer never comes. */
    public static Fault hangAfterDoing() {
      return new Fault(true, true, null);
    }

    /** Nothing is sent, and nothing comes back. */
    public static Fault blackHole() {
      return new Fault(false, true, null);
    }

    /** Nothing is sent, and the connection breaks. */
    public static Fault breakConnection() {
      return new Fault(false, false, null);
    }

    /** DynamoDB does not get it, and seems to answer with an error: {@code ThrottlingException}. */
    public static Fault answer(int status, String code, String message) {
      return new Fault(false, false, new Answer(status, code, message));
    }

    /** DynamoDB does it, and seems to answer with an error all the same. */
    public static Fault answerAfterDoing(int status, String code, String message) {
      return new Fault(true, false, new Answer(status, code, message));
    }
  }

  /**
   * An error as DynamoDB words it.
   *
   * @param status the HTTP status
   * @param code the exception's name
   * @param message its message
   */
  public record Answer(int status, String code, String message) {
    HttpExecuteResponse toResponse() {
      String body =
          "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"%s\"}"
              .formatted(code, message);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      return HttpExecuteResponse.builder()
          .response(
              SdkHttpFullResponse.builder()
                  .statusCode(status)
                  .putHeader("Content-Type", "application/x-amz-json-1.0")
                  .putHeader("Content-Length", Integer.toString(bytes.length))
                  .putHeader("x-amzn-RequestId", "canned")
                  .build())
          .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
          .build();
    }
  }

  /** A fault for so many requests. */
  private record Plan(Fault fault, AtomicInteger left) {
    boolean take() {
      return left.getAndUpdate(n -> n == FOR_EVER || n == 0 ? n : n - 1) > 0;
    }
  }

  /** One request that comes to harm. */
  private static final class Harmed implements ExecutableHttpRequest {
    private final ExecutableHttpRequest request;
    private final Fault fault;
    private final CountDownLatch aborted = new CountDownLatch(1);

    Harmed(ExecutableHttpRequest request, Fault fault) {
      this.request = request;
      this.fault = fault;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      if (fault.sent()) {
        request.call().responseBody().ifPresent(AbortableInputStream::abort);
      }
      if (fault.hangs()) {
        awaitAbort();
      }
      if (fault.answer() != null) {
        return fault.answer().toResponse();
      }
      throw new IOException("the connection broke (by LossyHttpClient)");
    }

    private void awaitAbort() throws IOException {
      try {
        aborted.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted (in LossyHttpClient)");
      }
    }

    @Override
    public void abort() {
      aborted.countDown();
      request.abort();
    }
  }
}
