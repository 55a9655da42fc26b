package io.github.batonlock.samples.benchmark.contender;

import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The floor: what any lock on DynamoDB needs, one conditional write to take it and one to give it
 * back, and nothing else. It neither waits nor renews.
 */
public record RawWrites() implements Contender {

  @Override
  public String name() {
    return "two raw writes";
  }

  @Override
  public Locker open(DynamoDbClient dynamoDb, String table, Timing timing) {
    return new Writer(dynamoDb, table, Long.toString(timing.lease().toMillis()));
  }

  private record Writer(DynamoDbClient dynamoDb, String table, String lease) implements Locker {
    @Override
    public Held acquire(String key) {
      String version = UUID.randomUUID().toString();
      dynamoDb.updateItem(
          write(key)
              .updateExpression(
                  "SET #owner = :owner, #lease = :lease, #version = :version REMOVE #free")
              .conditionExpression("attribute_not_exists(#key) OR #free = :one")
              .expressionAttributeNames(
                  Map.of(
                      "#key", "key",
                      "#owner", "ownerName",
                      "#lease", "leaseDuration",
                      "#version", "recordVersionNumber",
                      "#free", "isReleased"))
              .expressionAttributeValues(
                  Map.of(
                      ":owner", AttributeValue.fromS("raw"),
                      ":lease", AttributeValue.fromS(lease),
                      ":version", AttributeValue.fromS(version),
                      ":one", AttributeValue.fromS("1")))
              .build());
      return new Row(this, key, version);
    }

    void release(String key, String version) {
      dynamoDb.updateItem(
          write(key)
              .updateExpression("SET #free = :one, #version = :new")
              .conditionExpression("#version = :version")
              .expressionAttributeNames(
                  Map.of("#version", "recordVersionNumber", "#free", "isReleased"))
              .expressionAttributeValues(
                  Map.of(
                      ":version", AttributeValue.fromS(version),
                      ":new", AttributeValue.fromS(UUID.randomUUID().toString()),
                      ":one", AttributeValue.fromS("1")))
              .build());
    }

    private UpdateItemRequest.Builder write(String key) {
      return UpdateItemRequest.builder()
          .tableName(table)
          .key(Map.of("key", AttributeValue.fromS(key)));
    }

    @Override
    public void close() {}
  }

  private record Row(Writer writer, String key, String version) implements Held {
    @Override
    public boolean isHeld() {
      return true;
    }

    @Override
    public void release() {
      writer.release(key, version);
    }
  }
}
