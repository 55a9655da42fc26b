package io.github.batonlock.support;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollector;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * SDK clients of a table that is faster than any engine of this machine: in memory, each answer
 * after the same time, no network. It may throttle what goes beyond a rate.
 *
 * <p>It takes the updates of lock items only, and of their conditions only what can fail here: a
 * held lock is not acquired, and a heartbeat or release names the item's version.
 */
public final class StubDynamo implements AutoCloseable {
  private static final Pattern SET =
      Pattern.compile("(#n\\d+) = (?:if_not_exists\\(#n\\d+, (:\\w+)\\) \\+ :\\w+|(:\\w+))");
  private static final Pattern NAMED_VERSIONS = Pattern.compile(" IN \\(([^)]*)\\)");
  private static final Pattern REMOVED = Pattern.compile(" REMOVE (.*)");
  private static final long THROTTLE_WINDOW = 100_000_000;

  /** What was asked for, throttled requests included. */
  public final LongAdder requests = new LongAdder();

  /** What was refused for the rate. */
  public final LongAdder throttled = new LongAdder();

  private final long latencyNanos;
  private final ScheduledThreadPoolExecutor answers =
      new ScheduledThreadPoolExecutor(
          2,
          task -> {
            Thread thread = new Thread(task, "stub-dynamo");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Map<String, AttributeValue>> rows = new ConcurrentHashMap<>();
  private volatile long perWindow = Long.MAX_VALUE;
  private long window;
  private long inWindow;

  /** A table that answers after this time. */
  public StubDynamo(Duration latency) {
    this.latencyNanos = latency.toNanos();
  }

  /** Throttles from now on what goes beyond this rate; a throttled request uses nothing up. */
  public void throttleAbove(int perSecond) {
    perWindow = perSecond * THROTTLE_WINDOW / TimeUnit.SECONDS.toNanos(1);
  }

  public DynamoDbClient sync() {
    return client(DynamoDbClient.class, true);
  }

  public DynamoDbAsyncClient async() {
    return client(DynamoDbAsyncClient.class, false);
  }

  private <C> C client(Class<C> type, boolean blocking) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().equals("updateItem")
                  && arguments[0] instanceof UpdateItemRequest update) {
                CompletableFuture<UpdateItemResponse> answer = answer(update);
                tellHttpClient(update);
                return blocking ? join(answer) : answer;
              }
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  /** Tells the call's metrics of an HTTP client that can be aborted, as the SDK's do. */
  private static void tellHttpClient(UpdateItemRequest update) {
    update
        .overrideConfiguration()
        .ifPresent(
            settings ->
                settings
                    .metricPublishers()
                    .forEach(
                        publisher -> {
                          MetricCollector call = MetricCollector.create("ApiCall");
                          call.reportMetric(HttpMetric.HTTP_CLIENT_NAME, "Apache5");
                          publisher.publish(call.collect());
                        }));
  }

  private static UpdateItemResponse join(CompletableFuture<UpdateItemResponse> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private CompletableFuture<UpdateItemResponse> answer(UpdateItemRequest update) {
    requests.increment();
    CompletableFuture<UpdateItemResponse> answer = new CompletableFuture<>();
    answers.schedule(
        () -> {
          try {
            answer.complete(apply(update));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        },
        latencyNanos,
        TimeUnit.NANOSECONDS);
    return answer;
  }

  private UpdateItemResponse apply(UpdateItemRequest update) {
    if (!mayPass()) {
      throttled.increment();
      throw ProvisionedThroughputExceededException.builder()
          .awsErrorDetails(
              AwsErrorDetails.builder()
                  .errorCode("ProvisionedThroughputExceededException")
                  .errorMessage("stub")
                  .build())
          .statusCode(400)
          .numAttempts(1)
          .build();
    }
    String key = update.key().values().iterator().next().s();
    Map<String, AttributeValue> row =
        rows.compute(
            key,
            (k, before) -> {
              if (!holds(update, before)) {
                throw ConditionalCheckFailedException.builder()
                    .item(before)
                    .statusCode(400)
                    .build();
              }
              return after(update, before);
            });
    return UpdateItemResponse.builder().attributes(row).build();
  }

  private synchronized boolean mayPass() {
    long now = System.nanoTime() / THROTTLE_WINDOW;
    if (now != window) {
      window = now;
      inWindow = 0;
    }
    return ++inWindow <= perWindow;
  }

  private static boolean holds(
      UpdateItemRequest update, @Nullable Map<String, AttributeValue> row) {
    Matcher named = NAMED_VERSIONS.matcher(update.conditionExpression());
    if (!named.find()) {
      return row == null || row.containsKey("isReleased");
    }
    List<String> versions =
        Arrays.stream(named.group(1).split(", "))
            .map(value -> update.expressionAttributeValues().get(value).s())
            .toList();
    return row != null
        && !row.containsKey("isReleased")
        && versions.contains(row.get("recordVersionNumber").s());
  }

  private static Map<String, AttributeValue> after(
      UpdateItemRequest update, @Nullable Map<String, AttributeValue> before) {
    Map<String, AttributeValue> row = new HashMap<>(before == null ? update.key() : before);
    Map<String, String> names = update.expressionAttributeNames();
    Map<String, AttributeValue> values = update.expressionAttributeValues();
    Matcher set = SET.matcher(update.updateExpression());
    while (set.find()) {
      String value = set.group(2) == null ? set.group(3) : set.group(2);
      row.put(names.get(set.group(1)), values.get(value));
    }
    Matcher removed = REMOVED.matcher(update.updateExpression());
    if (removed.find()) {
      Arrays.stream(removed.group(1).split(", ")).map(names::get).forEach(row::remove);
    }
    return row;
  }

  @Override
  public void close() {
    answers.shutdownNow();
  }
}
