package io.github.batonlock;

import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.TableSetup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The table that holds the locks: made for first steps and tests, checked anywhere.
 *
 * <p>Production tables are better made by the tool that makes the rest of the infrastructure; a
 * lock table needs a string partition key named {@code key} (or as given to {@link
 * LockClient.Builder#partitionKeyName}), an optional string sort key, and nothing else.
 *
 * <p>All methods block, for two minutes at most where a table has to become active.
 */
public final class LockTable {
  /** The partition key attribute unless another is given. */
  private static final String DEFAULT_PARTITION_KEY = "key";

  private LockTable() {}

  /**
   * Makes the table, with the partition key {@code key} and on-demand billing, unless it exists;
   * waits until it is active, then checks it as {@link #verify(DynamoDbClient, String)} does.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @throws LockStoreException if it could not be made, is not active within two minutes, or is not
   *     such a table
   */
  public static void createIfMissing(DynamoDbClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).createIfMissing();
  }

  /**
   * Like {@link #createIfMissing(DynamoDbClient, String)}, by an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @throws LockStoreException if it could not be made, is not active within two minutes, or is not
   *     such a table
   */
  public static void createIfMissing(DynamoDbAsyncClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).createIfMissing();
  }

  /**
   * Like {@link #createIfMissing(DynamoDbClient, String)}, with the given keys.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @param partitionKeyName its partition key attribute, a string
   * @param sortKeyName its sort key attribute, a string; null for none
   * @throws LockStoreException if it could not be made, is not active within two minutes, or is not
   *     such a table
   */
  public static void createIfMissing(
      DynamoDbClient dynamoDb,
      String tableName,
      String partitionKeyName,
      @Nullable String sortKeyName) {
    setup(calls(dynamoDb), tableName, partitionKeyName, sortKeyName).createIfMissing();
  }

  /**
   * Like {@link #createIfMissing(DynamoDbClient, String, String, String)}, by an asynchronous SDK
   * client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @param partitionKeyName its partition key attribute, a string
   * @param sortKeyName its sort key attribute, a string; null for none
   * @throws LockStoreException if it could not be made, is not active within two minutes, or is not
   *     such a table
   */
  public static void createIfMissing(
      DynamoDbAsyncClient dynamoDb,
      String tableName,
      String partitionKeyName,
      @Nullable String sortKeyName) {
    setup(calls(dynamoDb), tableName, partitionKeyName, sortKeyName).createIfMissing();
  }

  /**
   * Checks that the table exists, is active, has exactly the partition key {@code key}, and is not
   * replicated between Regions with eventual consistency, where locks do not hold.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(DynamoDbClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).verify();
  }

  /**
   * Like {@link #verify(DynamoDbClient, String)}, by an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(DynamoDbAsyncClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).verify();
  }

  /**
   * Like {@link #verify(DynamoDbClient, String)}, with the given keys.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @param partitionKeyName its partition key attribute, a string
   * @param sortKeyName its sort key attribute, a string; null for none
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(
      DynamoDbClient dynamoDb,
      String tableName,
      String partitionKeyName,
      @Nullable String sortKeyName) {
    setup(calls(dynamoDb), tableName, partitionKeyName, sortKeyName).verify();
  }

  /**
   * Like {@link #verify(DynamoDbClient, String, String, String)}, by an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @param partitionKeyName its partition key attribute, a string
   * @param sortKeyName its sort key attribute, a string; null for none
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(
      DynamoDbAsyncClient dynamoDb,
      String tableName,
      String partitionKeyName,
      @Nullable String sortKeyName) {
    setup(calls(dynamoDb), tableName, partitionKeyName, sortKeyName).verify();
  }

  private static DynamoCalls calls(DynamoDbClient dynamoDb) {
    return DynamoCalls.of(Objects.requireNonNull(dynamoDb, "dynamoDb"), Runnable::run);
  }

  private static DynamoCalls calls(DynamoDbAsyncClient dynamoDb) {
    return DynamoCalls.of(Objects.requireNonNull(dynamoDb, "dynamoDb"), Runnable::run);
  }

  private static TableSetup setup(
      DynamoCalls calls, String tableName, String partitionKeyName, @Nullable String sortKeyName) {
    return new TableSetup(
        calls,
        Objects.requireNonNull(tableName, "tableName"),
        Objects.requireNonNull(partitionKeyName, "partitionKeyName"),
        sortKeyName);
  }
}
