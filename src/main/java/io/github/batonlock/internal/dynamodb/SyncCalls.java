package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.runtime.BlockingRequest;
import io.github.batonlock.internal.runtime.InterruptOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.CreateTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** Calls of a synchronous client, each blocking a thread of the executor. */
final class SyncCalls implements DynamoCalls {
  private final DynamoDbClient client;
  private final Executor executor;
  private final HttpClient http = new HttpClient();

  /**
   * Calls of one client.
   *
   * @param client the SDK client
   * @param executor where calls are made
   */
  SyncCalls(DynamoDbClient client, Executor executor) {
    this.client = client;
    this.executor = executor;
  }

  @Override
  public List<MetricPublisher> metricPublishers() {
    return DynamoCalls.publishersOf(client::serviceClientConfiguration);
  }

  @Override
  public CompletableFuture<UpdateItemResponse> updateItem(UpdateItemRequest request) {
    return call(() -> client.updateItem(http.isKnown() ? request : http.shownBy(request)));
  }

  @Override
  public CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request) {
    return call(() -> client.deleteItem(request));
  }

  @Override
  public CompletableFuture<GetItemResponse> getItem(GetItemRequest request) {
    return call(() -> client.getItem(request));
  }

  @Override
  public CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
      TransactWriteItemsRequest request) {
    return call(() -> client.transactWriteItems(request));
  }

  @Override
  public CompletableFuture<TransactGetItemsResponse> transactGetItems(
      TransactGetItemsRequest request) {
    return call(() -> client.transactGetItems(request));
  }

  @Override
  public CompletableFuture<ScanResponse> scan(ScanRequest request) {
    return call(() -> client.scan(request));
  }

  @Override
  public CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request) {
    return call(() -> client.describeTable(request));
  }

  @Override
  public CompletableFuture<CreateTableResponse> createTable(CreateTableRequest request) {
    return call(() -> client.createTable(request));
  }

  @Override
  public CompletableFuture<DescribeTableResponse> awaitTable(
      DescribeTableRequest request, WaiterOverrideConfiguration waiting) {
    return call(() -> await(request, waiting));
  }

  private DescribeTableResponse await(
      DescribeTableRequest request, WaiterOverrideConfiguration waiting) {
    try (DynamoDbWaiter waiter = client.waiter()) {
      return waiter.waitUntilTableExists(request, waiting).matched().response().orElseThrow();
    }
  }

  private <T> CompletableFuture<T> call(Supplier<T> request) {
    return new BlockingCall<>(http.canBeAborted(), request).on(executor);
  }

  /**
   * A call that blocks its thread. Cancelling the answer interrupts the call: the SDK's timeouts do
   * not cover all of it, the loading of credentials for example.
   */
  private static final class BlockingCall<T> extends CallStart<T> implements BlockingRequest {
    private final boolean canBeAborted;
    private final Supplier<T> request;
    private volatile @Nullable InterruptOnce running;

    BlockingCall(boolean canBeAborted, Supplier<T> request) {
      this.canBeAborted = canBeAborted;
      this.request = request;
    }

    @Override
    public boolean returnsInTime() {
      return canBeAborted;
    }

    @Override
    void call() {
      InterruptOnce thread = new InterruptOnce();
      running = thread;
      try {
        made(thread);
      } finally {
        running = null;
      }
    }

    private void made(InterruptOnce thread) {
      T answer;
      try {
        if (isDone()) {
          return;
        }
        answer = request.get();
      } catch (Throwable e) {
        thread.ended();
        completeExceptionally(e);
        return;
      }
      thread.ended();
      complete(answer);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        interrupt();
      }
      return cancelled;
    }

    @Override
    public void interrupt() {
      InterruptOnce thread = running;
      if (thread != null) {
        thread.interrupt();
      }
    }
  }

  /**
   * The HTTP client below the SDK client. Which one it is only the metrics of a call show, so the
   * first calls are made with metrics.
   */
  private final class HttpClient implements MetricPublisher {
    /** Those whose requests return to their thread when the SDK aborts them. */
    private static final Set<String> ABORTABLE = Set.of("Apache", "Apache5", "AwsCommonRuntime");

    /** How many calls are made to learn which one it is. A wrapper may not say. */
    private static final int CALLS = 3;

    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean known;
    private volatile boolean abortable;

    boolean isKnown() {
      return known;
    }

    boolean canBeAborted() {
      return abortable;
    }

    UpdateItemRequest shownBy(UpdateItemRequest request) {
      if (calls.incrementAndGet() >= CALLS) {
        known = true;
      }
      AwsRequestOverrideConfiguration settings =
          request
              .overrideConfiguration()
              .map(AwsRequestOverrideConfiguration::toBuilder)
              .orElseGet(AwsRequestOverrideConfiguration::builder)
              .build();
      // A call's publishers replace the client's.
      List<MetricPublisher> publishers =
          new ArrayList<>(
              settings.metricPublishers().isEmpty()
                  ? metricPublishers()
                  : settings.metricPublishers());
      publishers.add(this);
      return request.toBuilder()
          .overrideConfiguration(settings.toBuilder().metricPublishers(publishers).build())
          .build();
    }

    @Override
    public void publish(MetricCollection metrics) {
      names(metrics)
          .findFirst()
          .ifPresent(
              name -> {
                abortable = ABORTABLE.contains(name);
                known = true;
              });
    }

    private static Stream<String> names(MetricCollection metrics) {
      return Stream.concat(
          metrics.metricValues(HttpMetric.HTTP_CLIENT_NAME).stream(),
          metrics.children().stream().flatMap(HttpClient::names));
    }

    @Override
    public void close() {}
  }
}
