package io.github.batonlock.samples.migration;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * What the lock guards: a number that is read, and written later. Two hosts at a time lose an
 * update. A write with a fencing token is refused after one with a higher token.
 */
final class Counter {
  private static final String TABLE = "migration-counter";
  private static final Map<String, AttributeValue> KEY =
      Map.of("name", AttributeValue.fromS("turns"));

  private final DynamoDbClient dynamoDb;

  Counter(DynamoDbClient dynamoDb) {
    this.dynamoDb = dynamoDb;
  }

  void createTable() {
    dynamoDb.createTable(
        r ->
            r.tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(
                    KeySchemaElement.builder().attributeName("name").keyType(KeyType.HASH).build())
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("name")
                        .attributeType(ScalarAttributeType.S)
                        .build()));
  }

  long read() {
    AttributeValue count =
        dynamoDb.getItem(r -> r.tableName(TABLE).key(KEY).consistentRead(true)).item().get("count");
    return count == null ? 0 : Long.parseLong(count.n());
  }

  /** Writes the number; false if a higher token has written before. */
  boolean write(long count, OptionalLong token) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":count", AttributeValue.fromN(Long.toString(count)));
    token.ifPresent(t -> values.put(":token", AttributeValue.fromN(Long.toString(t))));
    Map<String, String> names = new HashMap<>(Map.of("#count", "count"));
    if (token.isPresent()) {
      names.put("#token", "token");
    }
    try {
      dynamoDb.updateItem(
          r ->
              r.tableName(TABLE)
                  .key(KEY)
                  .updateExpression(
                      token.isPresent()
                          ? "SET #count = :count, #token = :token"
                          : "SET #count = :count")
                  .conditionExpression(
                      token.isPresent() ? "attribute_not_exists(#token) OR #token <= :token" : null)
                  .expressionAttributeNames(names)
                  .expressionAttributeValues(values));
      return true;
    } catch (ConditionalCheckFailedException e) {
      return false;
    }
  }
}
