package io.github.batonlock;

import io.github.batonlock.internal.store.DynamoCalls;
import io.github.batonlock.internal.store.TableSetup;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The table that holds the locks: made for first steps and tests, checked anywhere.
 *
 * <p>Production tables are better made by the tool that makes the rest of the infrastructure; a
 * lock table needs a string partition key named {@code key} (or as given to {@link
 * LockClient.Builder#partitionKeyName}), an optional string sort key, and nothing else.
 */
public final class LockTable {
  /** The partition key attribute unless another is given. */
  private static final String DEFAULT_PARTITION_KEY = "key";

  private LockTable() {}

  /**
   * Makes the table, with the partition key {@code key} and on-demand billing, unless it exists;
   * waits until it is active, then checks it as {@link #verify} does.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @throws LockStoreException if it could not be made, is not active within two minutes, or is not
   *     a lock table
   */
  public static void createIfMissing(DynamoDbClient dynamoDb, String tableName) {
    setup(dynamoDb, tableName).createIfMissing();
  }

  /**
   * Like {@link #createIfMissing(DynamoDbClient, String)}, by an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @throws LockStoreException if it could not be made, is not active within two minutes, or is not
   *     a lock table
   */
  public static void createIfMissing(DynamoDbAsyncClient dynamoDb, String tableName) {
    setup(dynamoDb, tableName).createIfMissing();
  }

  /**
   * Checks that the table exists, is active, and has exactly the partition key {@code key}.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(DynamoDbClient dynamoDb, String tableName) {
    setup(dynamoDb, tableName).verify();
  }

  /**
   * Like {@link #verify(DynamoDbClient, String)}, by an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(DynamoDbAsyncClient dynamoDb, String tableName) {
    setup(dynamoDb, tableName).verify();
  }

  /**
   * Checks that the table exists, is active, and has exactly the given keys.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @param partitionKeyName the attribute that should be its partition key, a string
   * @param sortKeyName the attribute that should be its sort key, a string
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(
      DynamoDbClient dynamoDb, String tableName, String partitionKeyName, String sortKeyName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    new TableSetup(
            DynamoCalls.of(dynamoDb, Runnable::run),
            Objects.requireNonNull(tableName, "tableName"),
            Objects.requireNonNull(partitionKeyName, "partitionKeyName"),
            Objects.requireNonNull(sortKeyName, "sortKeyName"))
        .verify();
  }

  private static TableSetup setup(DynamoDbClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return setup(DynamoCalls.of(dynamoDb, Runnable::run), tableName);
  }

  private static TableSetup setup(DynamoDbAsyncClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return setup(DynamoCalls.of(dynamoDb, Runnable::run), tableName);
  }

  private static TableSetup setup(DynamoCalls calls, String tableName) {
    return new TableSetup(
        calls, Objects.requireNonNull(tableName, "tableName"), DEFAULT_PARTITION_KEY, null);
  }
}
