package io.github.batonlock.internal.dynamodb;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;
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

/**
 * The calls of DynamoDB that Baton uses, made by a synchronous or an asynchronous SDK client.
 *
 * <p>Methods never throw: any failure fails the future, with a {@link NotSentException} if the
 * executor refused the call.
 */
public interface DynamoCalls {

  /** A factory that binds an SDK client to the executor for its calls. */
  @FunctionalInterface
  interface Factory {
    /**
     * Binds the client to an executor.
     *
     * @param executor where calls are made
     * @return the calls
     */
    DynamoCalls on(Executor executor);

    /**
     * A factory of calls of an asynchronous client.
     *
     * @param client the SDK client, or one that is a factory itself
     * @return the factory
     */
    static Factory of(DynamoDbAsyncClient client) {
      return client instanceof Factory own ? own : executor -> DynamoCalls.of(client, executor);
    }
  }

  /**
   * Calls of a synchronous client, each blocking a thread of the executor.
   *
   * @param client the SDK client
   * @param executor where calls are made
   * @return the calls
   */
  static DynamoCalls of(DynamoDbClient client, Executor executor) {
    return new SyncCalls(client, executor);
  }

  /**
   * Calls of an asynchronous client. They are also made from the executor, since the SDK may load
   * credentials on the calling thread.
   *
   * @param client the SDK client
   * @param executor where calls are made
   * @return the calls
   */
  static DynamoCalls of(DynamoDbAsyncClient client, Executor executor) {
    return new AsyncCalls(client, executor);
  }

  /**
   * The SDK client's own receivers of metrics.
   *
   * @return none if the client does not tell
   */
  List<MetricPublisher> metricPublishers();

  /**
   * The receivers in the settings of an SDK client.
   *
   * @param settings the client's
   * @return none if the client does not tell
   */
  static List<MetricPublisher> publishersOf(Supplier<DynamoDbServiceClientConfiguration> settings) {
    try {
      return settings.get().overrideConfiguration().metricPublishers();
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  /**
   * Calls UpdateItem.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<UpdateItemResponse> updateItem(UpdateItemRequest request);

  /**
   * Calls DeleteItem.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<DeleteItemResponse> deleteItem(DeleteItemRequest request);

  /**
   * Calls GetItem.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<GetItemResponse> getItem(GetItemRequest request);

  /**
   * Calls TransactWriteItems.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<TransactWriteItemsResponse> transactWriteItems(
      TransactWriteItemsRequest request);

  /**
   * Calls TransactGetItems.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<TransactGetItemsResponse> transactGetItems(TransactGetItemsRequest request);

  /**
   * Calls Scan.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<ScanResponse> scan(ScanRequest request);

  /**
   * Calls DescribeTable.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<DescribeTableResponse> describeTable(DescribeTableRequest request);

  /**
   * Calls CreateTable.
   *
   * @param request as the SDK takes it
   * @return the SDK's answer
   */
  CompletableFuture<CreateTableResponse> createTable(CreateTableRequest request);

  /**
   * Calls DescribeTable, by the SDK's waiter, until the table exists and is active.
   *
   * @param request as the SDK takes it
   * @param waiting how often and how long
   * @return the last answer; the waiter's own {@code SdkClientException} when it gave up
   */
  CompletableFuture<DescribeTableResponse> awaitTable(
      DescribeTableRequest request, WaiterOverrideConfiguration waiting);
}
