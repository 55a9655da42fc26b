package io.github.batonlock.samples.benchmark.dynamo;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * A client of a {@link SlowStub} that keeps the table in its memory: each call goes over HTTP to
 * the stub, which takes its time, and is answered from memory.
 *
 * <p>On request, the acquisition of a new lock does not go over HTTP: so many locks are held soon,
 * and are renewed the real way.
 */
public final class DistantTable implements DynamoDbClient {
  private final StubTable memory = new StubTable();
  private final DynamoDbClient http;
  private final boolean acquiresAtOnce;
  private volatile boolean onlyMemory;

  private DistantTable(DynamoDbClient http, boolean acquiresAtOnce) {
    this.http = http;
    this.acquiresAtOnce = acquiresAtOnce;
  }

  /** A table whose every call goes over HTTP; closes the client of the stub with itself. */
  public static DistantTable over(DynamoDbClient http) {
    return new DistantTable(http, false);
  }

  /** A table whose locks are acquired at once; closes the client of the stub with itself. */
  public static DistantTable acquiringAtOnce(DynamoDbClient http) {
    return new DistantTable(http, true);
  }

  /** From now on nothing is sent over HTTP. */
  public void answerAllFromMemory() {
    onlyMemory = true;
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    if (travels(request.key())) {
      http.updateItem(request);
    }
    return memory.updateItem(request);
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    if (travels(request.item())) {
      http.putItem(request);
    }
    return memory.putItem(request);
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    if (travels(request.key())) {
      http.getItem(request);
    }
    return memory.getItem(request);
  }

  @Override
  public DeleteItemResponse deleteItem(DeleteItemRequest request) {
    if (travels(request.key())) {
      http.deleteItem(request);
    }
    return memory.deleteItem(request);
  }

  private boolean travels(Map<String, AttributeValue> keyOrItem) {
    return !onlyMemory && !(acquiresAtOnce && !memory.contains(keyOrItem));
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
