package io.github.batonlock.support;

import io.github.batonlock.LockStoreException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
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
  private static final ExecutionAttribute<Boolean> SENT =
      new ExecutionAttribute<>("baton.test.sent");

  private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();
  private final AtomicInteger sentAgain = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    counts.merge(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), 1, Integer::sum);
    if (attributes.getAttribute(SENT) != null) {
      sentAgain.incrementAndGet();
    }
    unanswered.incrementAndGet();
    attributes.putAttribute(SENT, true);
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    unanswered.decrementAndGet();
  }

  /**
   * Measures what operations cost, or do, where each request is answered in time. On a machine that
   * is busy, some are not, and the SDK or the lock client sends them again: what fails then is
   * measured again.
   */
  public void measure(Measurement measurement) throws Exception {
    Stalls.repeat(
        () -> {
          reset();
          sentAgain.set(0);
          unanswered.set(0);
          measurement.run();
        },
        failure ->
            (failure instanceof AssertionError || failure instanceof LockStoreException)
                && (sentAgain.get() > 0 || unanswered.get() > 0));
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
