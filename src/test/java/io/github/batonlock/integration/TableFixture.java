package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.support.LocalDynamo;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A table of the test class's own, real clients of it, and a way behind their back.
 *
 * <p>Tests of one class run side by side: each has an instance of its own, and keys of its own.
 */
@Timeout(300)
public abstract class TableFixture {
  private static final Map<Class<?>, String> TABLES = new ConcurrentHashMap<>();

  protected final LocalDynamo dynamo = LocalDynamo.shared();
  protected final String table = TABLES.computeIfAbsent(getClass(), test -> dynamo.newTable());
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** Which of the SDK's clients. */
  public enum Sdk {
    SYNC,
    ASYNC
  }

  @AfterEach
  protected void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  /** Closes this after the test, before what was opened earlier. */
  protected synchronized <C extends AutoCloseable> C closing(C resource) {
    open.push(resource);
    return resource;
  }

  /** A client by the shared SDK clients. */
  protected LockClient client(Sdk sdk, Consumer<LockClient.Builder> options) {
    return built(
        sdk == Sdk.SYNC
            ? LockClient.builder(dynamo.sync(), table)
            : LockClient.builder(dynamo.async(), table),
        options);
  }

  protected LockClient client(Consumer<LockClient.Builder> options) {
    return client(Sdk.SYNC, options);
  }

  /** A client whose lease is longer than any test: what gets free, was freed. */
  protected LockClient client() {
    return client(builder -> builder.leaseDuration(Duration.ofMinutes(10)));
  }

  /** A client by a given SDK client. */
  protected LockClient client(DynamoDbClient sdk, Consumer<LockClient.Builder> options) {
    return built(LockClient.builder(sdk, table), options);
  }

  /** A client that is counted, and whose leases are not renewed while a test runs. */
  protected LockClient counted(Sdk sdk, RequestCounter counter) {
    return client(
        sdk,
        counter,
        builder ->
            builder.leaseDuration(Duration.ofMinutes(10)).heartbeatInterval(Duration.ofMinutes(2)));
  }

  /** A client by an SDK client of its own, watched by an interceptor. */
  protected LockClient client(
      Sdk sdk, ExecutionInterceptor interceptor, Consumer<LockClient.Builder> options) {
    if (sdk == Sdk.SYNC) {
      return built(
          LockClient.builder(
              closing(
                  dynamo
                      .syncBuilder()
                      .overrideConfiguration(o -> o.addExecutionInterceptor(interceptor))
                      .build()),
              table),
          options);
    }
    return built(
        LockClient.builder(
            closing(
                dynamo
                    .asyncBuilder()
                    .overrideConfiguration(o -> o.addExecutionInterceptor(interceptor))
                    .build()),
            table),
        options);
  }

  private LockClient built(LockClient.Builder builder, Consumer<LockClient.Builder> options) {
    options.accept(builder);
    return closing(builder.build());
  }

  /** An SDK client over a network of the test's own. */
  protected DynamoDbClient sdkOver(SdkHttpClient network, boolean retries) {
    return closing(
        dynamo
            .syncBuilder()
            .httpClient(network)
            .overrideConfiguration(
                o -> {
                  if (!retries) {
                    o.retryStrategy(AwsRetryStrategy.doNotRetry());
                  }
                })
            .build());
  }

  protected static String newKey() {
    return "k-" + UUID.randomUUID();
  }

  /** The row as it is; empty if there is none. */
  protected Map<String, AttributeValue> row(String key) {
    return dynamo
        .sync()
        .getItem(r -> r.tableName(table).consistentRead(true).key(Map.of("key", s(key))))
        .item();
  }

  protected void putRow(Map<String, AttributeValue> row) {
    dynamo.sync().putItem(r -> r.tableName(table).item(row));
  }

  protected void deleteRow(String key) {
    dynamo.sync().deleteItem(r -> r.tableName(table).key(Map.of("key", s(key))));
  }

  protected boolean isReleased(String key) {
    return row(key).containsKey("isReleased");
  }

  protected String version(String key) {
    return row(key).get("recordVersionNumber").s();
  }

  protected static AttributeValue s(String value) {
    return AttributeValue.fromS(value);
  }

  protected static AttributeValue n(String value) {
    return AttributeValue.fromN(value);
  }

  protected static AttributeValue b(String value) {
    return AttributeValue.fromB(SdkBytes.fromUtf8String(value));
  }

  /** In a callback: how the names of all threads of its client begin. */
  protected static String threadsOfThisClient() {
    String name = Thread.currentThread().getName();
    assertThat(name).matches("baton-\\d+-.*");
    return name.substring(0, name.indexOf('-', "baton-".length()) + 1);
  }

  /** The threads that are alive and whose names begin like this. */
  protected static Set<Thread> threadsNamed(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .collect(Collectors.toSet());
  }

  /** Runs something on a thread of its own. */
  protected static <T> CompletableFuture<T> inBackground(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    startThread(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable t) {
            result.completeExceptionally(t);
          }
        });
    return result;
  }

  protected static Thread startThread(Runnable task) {
    Thread thread = new Thread(task, "test-worker");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
