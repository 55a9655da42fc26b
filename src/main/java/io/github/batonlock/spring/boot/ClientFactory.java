package io.github.batonlock.spring.boot;

import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.spring.boot.BatonProperties.LeaseKind;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The table's check and the client's builder, as the properties say. One thread. */
final class ClientFactory {
  private static final String DEFAULT_PARTITION_KEY = "key";

  private final BatonProperties properties;
  private final @Nullable DynamoDbClient dynamoDb;
  private final @Nullable DynamoDbAsyncClient asyncDynamoDb;

  /**
   * Takes the clients that the program has.
   *
   * @throws IllegalStateException if it has none
   */
  ClientFactory(
      BatonProperties properties,
      @Nullable DynamoDbClient dynamoDb,
      @Nullable DynamoDbAsyncClient asyncDynamoDb) {
    if (dynamoDb == null && asyncDynamoDb == null) {
      throw new IllegalStateException(
          "baton.table-name is set ('"
              + properties.tableName()
              + "'), but there is no bean of type DynamoDbClient or DynamoDbAsyncClient. Define one,"
              + " or remove the property");
    }
    this.properties = properties;
    this.dynamoDb = dynamoDb;
    this.asyncDynamoDb = asyncDynamoDb;
  }

  void checkTable() {
    switch (properties.tableCheck()) {
      case VERIFY -> verify();
      case CREATE -> create();
      case NONE -> {}
    }
  }

  private void verify() {
    if (dynamoDb != null) {
      LockTable.verify(dynamoDb, table(), partitionKey(), properties.sortKeyName());
    } else {
      LockTable.verify(async(), table(), partitionKey(), properties.sortKeyName());
    }
  }

  private void create() {
    if (dynamoDb != null) {
      LockTable.createIfMissing(dynamoDb, table(), partitionKey(), properties.sortKeyName());
    } else {
      LockTable.createIfMissing(async(), table(), partitionKey(), properties.sortKeyName());
    }
  }

  private String table() {
    return properties.tableName();
  }

  private String partitionKey() {
    return Objects.requireNonNullElse(properties.partitionKeyName(), DEFAULT_PARTITION_KEY);
  }

  private DynamoDbAsyncClient async() {
    return Objects.requireNonNull(asyncDynamoDb);
  }

  LockClient.Builder builder() {
    LockClient.Builder builder =
        dynamoDb != null
            ? LockClient.builder(dynamoDb, table())
            : LockClient.builder(async(), table());
    if (properties.leases() == LeaseKind.SHARED) {
      builder.leases(Leases.shared());
    }
    Optional.ofNullable(properties.partitionKeyName()).ifPresent(builder::partitionKeyName);
    Optional.ofNullable(properties.sortKeyName()).ifPresent(builder::sortKeyName);
    Optional.ofNullable(properties.ownerName()).ifPresent(builder::ownerName);
    Optional.ofNullable(properties.leaseDuration()).ifPresent(builder::leaseDuration);
    Optional.ofNullable(properties.heartbeatInterval()).ifPresent(builder::heartbeatInterval);
    Optional.ofNullable(properties.closeTimeout()).ifPresent(builder::closeTimeout);
    return builder;
  }
}
