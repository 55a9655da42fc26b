package io.github.batonlock.samples.fencing;

import io.github.batonlock.Fencing;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The data that the lock is for: three documents, each written in another way. What refuses a late
 * write here is DynamoDB, with nothing of the sample's own in between.
 */
final class Documents {
  static final String TABLE = "documents";
  static final String LOCKS = "locks";

  /** How a document is written. */
  enum Way {
    /** As if the lock could not be lost. */
    PLAIN,
    /** With the fencing token: the document refuses lower ones. */
    STAMPED,
    /** In one transaction with a check of the lock item. */
    GUARDED
  }

  private final DynamoDbClient dynamoDb;

  Documents(DynamoDbClient dynamoDb) {
    this.dynamoDb = dynamoDb;
  }

  void createTable() {
    dynamoDb.createTable(
        table ->
            table
                .tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(
                    KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build())
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("id")
                        .attributeType(ScalarAttributeType.S)
                        .build()));
    dynamoDb.waiter().waitUntilTableExists(table -> table.tableName(TABLE));
  }

  /**
   * Writes a document.
   *
   * @param way which document, and how
   * @param author who writes
   * @param token the fencing token of the author's lock
   * @param guard made by the author's lock, perhaps long ago
   * @return whether DynamoDB took the write
   */
  boolean write(Way way, String author, long token, TransactWriteItem guard) {
    Map<String, AttributeValue> document =
        Map.of("id", AttributeValue.fromS(way.name()), "author", AttributeValue.fromS(author));
    PutItemRequest put = PutItemRequest.builder().tableName(TABLE).item(document).build();
    try {
      switch (way) {
        case PLAIN -> dynamoDb.putItem(put);
        case STAMPED -> dynamoDb.putItem(Fencing.by(token, Fencing.DEFAULT_ATTRIBUTE).stamp(put));
        case GUARDED -> {
          Put guarded = Put.builder().tableName(TABLE).item(document).build();
          TransactWriteItem write = TransactWriteItem.builder().put(guarded).build();
          dynamoDb.transactWriteItems(transaction -> transaction.transactItems(guard, write));
        }
      }
      return true;
    } catch (ConditionalCheckFailedException | TransactionCanceledException refused) {
      return false;
    }
  }

  String author(Way way) {
    Map<String, AttributeValue> key = Map.of("id", AttributeValue.fromS(way.name()));
    return dynamoDb
        .getItem(get -> get.tableName(TABLE).key(key).consistentRead(true))
        .item()
        .get("author")
        .s();
  }
}
