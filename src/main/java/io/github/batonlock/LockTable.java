package io.github.batonlock;

import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.TableSetup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Static methods that create the lock table, for first steps and tests, and check a lock table of
 * any origin.
 *
 * <p>Create production tables with the tool that creates the rest of the infrastructure. A lock
 * table needs a string partition key named {@code key} (or as given to {@link
 * LockClient.Builder#partitionKeyName}), an optional string sort key, and nothing else.
 *
 * <p>All methods block, for at most two minutes while a table becomes active.
 */
public final class LockTable {
  /** The partition key attribute, unless the caller gives another. */
  private static final String DEFAULT_PARTITION_KEY = "key";

  private LockTable() {}

  /**
   * Creates the table, with the partition key {@code key} and on-demand billing, unless it exists.
   * Waits until the table is active, then checks it as {@link #verify(DynamoDbClient, String)}
   * does.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @throws LockStoreException if the table could not be created, is not active within two minutes,
   *     or does not pass the check
   */
  public static void createIfMissing(DynamoDbClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).createIfMissing();
  }

  /**
   * Creates and checks the table like {@link #createIfMissing(DynamoDbClient, String)}, with an
   * asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @throws LockStoreException if the table could not be created, is not active within two minutes,
   *     or does not pass the check
   */
  public static void createIfMissing(DynamoDbAsyncClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).createIfMissing();
  }

  /**
   * Creates and checks the table like {@link #createIfMissing(DynamoDbClient, String)}, with the
   * given keys.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @param partitionKeyName its partition key attribute, a string
   * @param sortKeyName its sort key attribute, a string; null for none
   * @throws LockStoreException if the table could not be created, is not active within two minutes,
   *     or does not pass the check
   */
  public static void createIfMissing(
      DynamoDbClient dynamoDb,
      String tableName,
      String partitionKeyName,
      @Nullable String sortKeyName) {
    setup(calls(dynamoDb), tableName, partitionKeyName, sortKeyName).createIfMissing();
  }

  /**
   * Creates and checks the table like {@link #createIfMissing(DynamoDbClient, String, String,
   * String)}, with an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}, and {@code dynamodb:CreateTable} if the
   *     table is missing
   * @param tableName the table
   * @param partitionKeyName its partition key attribute, a string
   * @param sortKeyName its sort key attribute, a string; null for none
   * @throws LockStoreException if the table could not be created, is not active within two minutes,
   *     or does not pass the check
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
   * replicated between Regions with eventual consistency, which locks do not support. Logs a
   * warning for a table with multi-Region strong consistency (MRSC): DynamoDB has no TTL there, so
   * released items stay.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(DynamoDbClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).verify();
  }

  /**
   * Checks the table like {@link #verify(DynamoDbClient, String)}, with an asynchronous SDK client.
   *
   * @param dynamoDb needs {@code dynamodb:DescribeTable}
   * @param tableName the table
   * @throws LockStoreException naming every mismatch
   */
  public static void verify(DynamoDbAsyncClient dynamoDb, String tableName) {
    setup(calls(dynamoDb), tableName, DEFAULT_PARTITION_KEY, null).verify();
  }

  /**
   * Checks the table like {@link #verify(DynamoDbClient, String)}, with the given keys.
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
   * Checks the table like {@link #verify(DynamoDbClient, String, String, String)}, with an
   * asynchronous SDK client.
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
