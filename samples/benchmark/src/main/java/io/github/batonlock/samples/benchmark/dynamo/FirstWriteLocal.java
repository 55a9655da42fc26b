package io.github.batonlock.samples.benchmark.dynamo;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * A client of {@link SlowStub} that answers the acquisition of each lock from memory and sends
 * everything after that over HTTP: many locks are held soon, and are renewed the real way.
 */
public final class FirstWriteLocal implements DynamoDbClient {
  private final StubTable memory = new StubTable();
  private final DynamoDbClient http;
  private volatile boolean onlyMemory;

  /** Wraps a client of the stub, and closes it with itself. */
  public FirstWriteLocal(DynamoDbClient http) {
    this.http = http;
  }

  /** From now on nothing is sent over HTTP. */
  public void answerAllFromMemory() {
    onlyMemory = true;
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    if (!onlyMemory && memory.contains(request.key())) {
      http.updateItem(request);
    }
    return memory.updateItem(request);
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    if (!onlyMemory && memory.contains(request.item())) {
      http.putItem(request);
    }
    return memory.putItem(request);
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    if (!onlyMemory && memory.contains(request.key())) {
      http.getItem(request);
    }
    return memory.getItem(request);
  }

  @Override
  public DeleteItemResponse deleteItem(DeleteItemRequest request) {
    if (!onlyMemory) {
      http.deleteItem(request);
    }
    return memory.deleteItem(request);
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    memory.close();
    http.close();
  }
}
