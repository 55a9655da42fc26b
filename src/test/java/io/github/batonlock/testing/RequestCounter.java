package io.github.batonlock.testing;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Counts the requests an SDK client sends, the SDK's own retries included.
 *
 * <pre>{@code
 * RequestCounter counter = new RequestCounter();
 * DynamoDbClient client =
 *     LocalDynamo.shared()
 *         .syncBuilder()
 *         .overrideConfiguration(o -> o.addExecutionInterceptor(counter))
 *         .build();
 * }</pre>
 */
public final class RequestCounter implements ExecutionInterceptor {
  private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    counts.merge(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), 1, Integer::sum);
  }

  /** How many of one operation, such as {@code UpdateItem}, were sent. */
  public int of(String operation) {
    return counts.getOrDefault(operation, 0);
  }

  /** How many were sent in all. */
  public int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many were sent, by operation. */
  public Map<String, Integer> counts() {
    return new TreeMap<>(counts);
  }

  /** Starts again from zero. */
  public void reset() {
    counts.clear();
  }
}
