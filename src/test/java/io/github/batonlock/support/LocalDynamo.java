package io.github.batonlock.support;

import io.github.batonlock.LockTable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbBaseClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/**
 * The DynamoDB that tests run against: started at first use, once per JVM, shared by all tests.
 *
 * <p>By default DynamoDB Local inside this JVM. System properties choose another one:
 *
 * <ul>
 *   <li>{@code baton.engine=testcontainers}: DynamoDB Local in a container
 *   <li>{@code baton.endpoint=http://...}: one that runs already; {@code baton.endpoint=aws}: AWS.
 *       With {@code baton.region} (default {@code us-east-1}), and {@code
 *       baton.credentials=default} to sign with the SDK's default credentials rather than dummies.
 *       Tables made by {@link #newTable} are deleted at the end.
 * </ul>
 */
public final class LocalDynamo {
  private final Engine engine;
  private final DynamoDbClient sync;
  private final DynamoDbAsyncClient async;
  private final List<String> tables = new CopyOnWriteArrayList<>();

  private LocalDynamo(Engine engine) {
    this.engine = engine;
    this.sync = syncBuilder().build();
    this.async = asyncBuilder().build();
    if (engine.outlivesTests()) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::deleteTables));
    }
  }

  /** The one of this JVM. */
  public static LocalDynamo shared() {
    return Shared.INSTANCE;
  }

  /** A shared synchronous client; never close it. */
  public DynamoDbClient sync() {
    return sync;
  }

  /** A shared asynchronous client; never close it. */
  public DynamoDbAsyncClient async() {
    return async;
  }

  /** Starts a synchronous client of the test's own: endpoint, Region and credentials are set. */
  public DynamoDbClientBuilder syncBuilder() {
    return configured(DynamoDbClient.builder());
  }

  /** Starts an asynchronous client of the test's own. */
  public DynamoDbAsyncClientBuilder asyncBuilder() {
    return configured(DynamoDbAsyncClient.builder());
  }

  private <B extends DynamoDbBaseClientBuilder<B, ?>> B configured(B builder) {
    builder.region(engine.region()).credentialsProvider(engine.credentials());
    return engine.endpoint() == null ? builder : builder.endpointOverride(engine.endpoint());
  }

  /** Where the engine listens; not for AWS itself. */
  public URI endpoint() {
    return Objects.requireNonNull(engine.endpoint(), "baton.endpoint=aws has no address");
  }

  /** Makes a lock table with partition key {@code key}. */
  public String newTable() {
    return newTable("key", null);
  }

  /** Makes a lock table. */
  public String newTable(String partitionKeyName, @Nullable String sortKeyName) {
    String name = newTableName();
    LockTable.createIfMissing(sync, name, partitionKeyName, sortKeyName);
    return name;
  }

  /** Makes a table whose partition key may have another type, and may be no lock table. */
  public String newForeignTable(String partitionKey, String type, @Nullable String sortKey) {
    String name = newTableName();
    List<KeySchemaElement> keys = new ArrayList<>();
    List<AttributeDefinition> attributes = new ArrayList<>();
    keys.add(key(partitionKey, KeyType.HASH));
    attributes.add(attribute(partitionKey, type));
    if (sortKey != null) {
      keys.add(key(sortKey, KeyType.RANGE));
      attributes.add(attribute(sortKey, "S"));
    }
    sync.createTable(
        request ->
            request
                .tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(keys)
                .attributeDefinitions(attributes));
    try (DynamoDbWaiter waiter = sync.waiter()) {
      waiter.waitUntilTableExists(request -> request.tableName(name));
    }
    return name;
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private static AttributeDefinition attribute(String name, String type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  /** A name of no table yet; one made under it is deleted like those of {@link #newTable}. */
  public String newTableName() {
    String name = "baton-test-" + UUID.randomUUID();
    tables.add(name);
    return name;
  }

  private void deleteTables() {
    for (String table : tables) {
      try {
        sync.deleteTable(request -> request.tableName(table));
      } catch (RuntimeException e) {
        System.err.println("Table " + table + " was not deleted: " + e.getMessage());
      }
    }
  }

  /** Starts the engine when it is first asked for. */
  private static final class Shared {
    static final LocalDynamo INSTANCE = new LocalDynamo(Engine.start());
  }
}
