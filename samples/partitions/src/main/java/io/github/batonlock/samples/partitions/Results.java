package io.github.batonlock.samples.partitions;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * What the workers have done: an item for each partition, with the highest fencing token it has
 * seen and all entries, in the order in which the table took them. Writes with a lower token are
 * refused by the table itself.
 */
final class Results {
  private static final String TABLE = "results";

  private final DynamoDbClient dynamoDb;

  Results(DynamoDbClient dynamoDb) {
    this.dynamoDb = dynamoDb;
  }

  /**
   * A unit of work, or the claim that comes before the first one.
   *
   * @param token the fencing token of the partition's lock
   * @param worker who worked
   * @param from when it began, in milliseconds since 1970
   * @param to when it was done; the same as {@code from} in a claim
   */
  record Entry(long token, String worker, long from, long to) {
    String toText() {
      return token + " " + worker + " " + from + " " + to;
    }

    static Entry fromText(String text) {
      String[] parts = text.split(" ");
      return new Entry(
          Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]), Long.parseLong(parts[3]));
    }

    boolean isWork() {
      return to > from;
    }
  }

  void createTable() {
    dynamoDb.createTable(
        table ->
            table
                .tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(
                    KeySchemaElement.builder()
                        .attributeName("partition")
                        .keyType(KeyType.HASH)
                        .build())
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("partition")
                        .attributeType(ScalarAttributeType.N)
                        .build()));
    dynamoDb.waiter().waitUntilTableExists(table -> table.tableName(TABLE));
  }

  /** Adds an entry; returns false if the table has seen a higher token. */
  boolean add(int partition, Entry entry) {
    Map<String, AttributeValue> values =
        Map.of(
            ":token", number(entry.token()),
            ":none", AttributeValue.fromL(List.of()),
            ":entry", AttributeValue.fromL(List.of(AttributeValue.fromS(entry.toText()))));
    try {
      dynamoDb.updateItem(
          update ->
              update
                  .tableName(TABLE)
                  .key(Map.of("partition", number(partition)))
                  .conditionExpression(
                      "attribute_not_exists(fencingToken) OR fencingToken <= :token")
                  .updateExpression(
                      "SET fencingToken = :token,"
                          + " entries = list_append(if_not_exists(entries, :none), :entry)")
                  .expressionAttributeValues(values));
      return true;
    } catch (ConditionalCheckFailedException refused) {
      return false;
    }
  }

  /** All entries, by partition. */
  Map<Integer, List<Entry>> read() {
    Map<Integer, List<Entry>> entries = new TreeMap<>();
    for (Map<String, AttributeValue> item :
        dynamoDb.scanPaginator(scan -> scan.tableName(TABLE).consistentRead(true)).items()) {
      entries.put(
          Integer.valueOf(item.get("partition").n()),
          item.get("entries").l().stream().map(text -> Entry.fromText(text.s())).toList());
    }
    return entries;
  }

  private static AttributeValue number(long value) {
    return AttributeValue.fromN(Long.toString(value));
  }
}
