package io.github.batonlock.internal.dynamodb;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
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
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbAsyncWaiter;

/**
 * Calls of an asynchronous client, started on a thread of the executor, since the SDK may load
 * credentials on the calling thread.
 *
 * @param client the SDK client
 * @param executor where calls are started
 */
record AsyncCalls(DynamoDbAsyncClient client, Executor executor) implements DynamoCalls {

  @Override
  public List<MetricPublisher> metricPublishers() {
    return DynamoCalls.publishersOf(client::serviceClientConfiguration);
  }

  @Override
  public CompletableFuture<UpdateItemResponse> updateItem(UpdateItemRequest request) {
    return call(() -> client.updateItem(request));
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

  private CompletableFuture<DescribeTableResponse> await(
      DescribeTableRequest request, WaiterOverrideConfiguration waiting) {
    DynamoDbAsyncWaiter waiter = client.waiter();
    return waiter
        .waitUntilTableExists(request, waiting)
        .thenApply(answer -> answer.matched().response().orElseThrow())
        .whenComplete((response, failure) -> waiter.close());
  }

  private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> request) {
    return new CallStart<T>() {
      @Override
      void call() {
        start(request, this);
      }
    }.on(executor);
  }

  private static <T> void start(
      Supplier<CompletableFuture<T>> request, CompletableFuture<T> answer) {
    try {
      CompletableFuture<T> unused =
          request
              .get()
              .whenComplete(
                  (response, failure) -> {
                    if (failure == null) {
                      answer.complete(response);
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  });
    } catch (Throwable e) {
      answer.completeExceptionally(e);
    }
  }
}
