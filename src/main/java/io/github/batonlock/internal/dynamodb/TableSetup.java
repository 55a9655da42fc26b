package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.dynamodb.CallContext.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** The creation and the check of the lock table; blocks its caller. */
public final class TableSetup {
  private static final Logger log = LoggerFactory.getLogger(TableSetup.class);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(10);

  private final DynamoCalls calls;
  private final String tableName;
  private final String partitionKeyName;
  private final @Nullable String sortKeyName;

  /**
   * Creates the set-up of one table.
   *
   * @param calls how to reach DynamoDB
   * @param tableName the table
   * @param partitionKeyName its partition key attribute
   * @param sortKeyName its sort key attribute; null for none
   */
  public TableSetup(
      DynamoCalls calls, String tableName, String partitionKeyName, @Nullable String sortKeyName) {
    this.calls = calls;
    this.tableName = tableName;
    this.partitionKeyName = partitionKeyName;
    this.sortKeyName = sortKeyName;
  }

  /** See {@link io.github.batonlock.LockTable#createIfMissing}. */
  public void createIfMissing() {
    TableDescription table = describeOrCreate();
    check(table != null && isUsable(table) ? table : awaitActive());
  }

  /** See {@link io.github.batonlock.LockTable#verify}. */
  public void verify() {
    try {
      check(result(calls.describeTable(description())).table());
    } catch (RuntimeException e) {
      throw ExceptionTranslator.of(new CallContext(Call.DESCRIBE_TABLE, tableName, null), e);
    }
  }

  /**
   * The table as it is; null if it did not exist, and this process or another has begun to create
   * it.
   */
  private @Nullable TableDescription describeOrCreate() {
    try {
      return result(calls.describeTable(description())).table();
    } catch (ResourceNotFoundException e) {
      create();
      return null;
    } catch (RuntimeException e) {
      throw ExceptionTranslator.of(new CallContext(Call.DESCRIBE_TABLE, tableName, null), e);
    }
  }

  private void create() {
    try {
      var unused = result(calls.createTable(creation()));
    } catch (ResourceInUseException e) {
      // Another process is creating the table. It is awaited and checked as if this process had
      // created it.
    } catch (RuntimeException e) {
      throw ExceptionTranslator.of(new CallContext(Call.CREATE_TABLE, tableName, null), e);
    }
  }

  private TableDescription awaitActive() {
    WaiterOverrideConfiguration waiting =
        WaiterOverrideConfiguration.builder()
            .waitTimeout(MAX_WAIT)
            .maxAttempts((int) MAX_WAIT.dividedBy(POLL_INTERVAL))
            .backoffStrategyV2(BackoffStrategy.fixedDelayWithoutJitter(POLL_INTERVAL))
            .build();
    try {
      return result(calls.awaitTable(description(), waiting)).table();
    } catch (RuntimeException e) {
      throw notActive(e);
    }
  }

  private LockStoreException notActive(RuntimeException failure) {
    if (failure.getCause() instanceof SdkException refused) {
      return ExceptionTranslator.of(new CallContext(Call.DESCRIBE_TABLE, tableName, null), refused);
    }
    return new LockStoreException(
        Kind.TIMED_OUT,
        true,
        "Table '%s' did not become active within %d minutes: %s. Look at its status, then try again"
            .formatted(tableName, MAX_WAIT.toMinutes(), failure.getMessage()),
        failure);
  }

  private void check(TableDescription table) {
    List<String> mismatches = new ArrayList<>();
    if (!isUsable(table)) {
      mismatches.add("its status is " + table.tableStatusAsString() + " rather than ACTIVE");
    }
    checkKey(table, KeyType.HASH, "partition key", partitionKeyName, mismatches);
    checkKey(table, KeyType.RANGE, "sort key", sortKeyName, mismatches);
    if (isEventuallyConsistent(table)) {
      mismatches.add(
          "it is replicated between Regions with eventual consistency (MREC), which lets two"
              + " Regions grant one lock; use a table of one Region, or multi-Region strong"
              + " consistency (MRSC)");
    }
    if (!mismatches.isEmpty()) {
      throw new LockStoreException(
          Kind.WRONG_SCHEMA,
          false,
          "Table '" + tableName + "' cannot hold the locks: " + String.join("; ", mismatches),
          null);
    }
    warnOfMissingTtl(table);
  }

  /** No lock is in danger, so this is no mismatch; and no exception or callback tells of it. */
  private void warnOfMissingTtl(TableDescription table) {
    if (isReplicated(table)) {
      log.warn(
          "Table '{}' is replicated with multi-Region strong consistency (MRSC), and DynamoDB has no"
              + " TTL there: releasedItemRetention deletes nothing, and the items of ended sessions"
              + " stay. Delete released items yourself (docs/regions.md)",
          tableName);
    }
  }

  private static void checkKey(
      TableDescription table,
      KeyType type,
      String part,
      @Nullable String expected,
      List<String> mismatches) {
    String actual =
        table.keySchema().stream()
            .filter(element -> element.keyType() == type)
            .map(element -> typed(table, element.attributeName()))
            .findFirst()
            .orElse(null);
    String wanted = expected == null ? null : "'" + expected + "' (S)";
    if (actual == null && wanted != null) {
      mismatches.add("it has no " + part + ", but " + wanted + " is expected");
    } else if (actual != null && wanted == null) {
      mismatches.add("it has the " + part + " " + actual + ", but none is expected");
    } else if (actual != null && !actual.equals(wanted)) {
      mismatches.add("its " + part + " is " + actual + ", but " + wanted + " is expected");
    }
  }

  private static String typed(TableDescription table, String attribute) {
    String type =
        table.attributeDefinitions().stream()
            .filter(definition -> definition.attributeName().equals(attribute))
            .map(AttributeDefinition::attributeTypeAsString)
            .findFirst()
            .orElse("?");
    return "'" + attribute + "' (" + type + ")";
  }

  /**
   * Whether the table can be used. It is read and written as usual while its settings are being
   * updated.
   */
  private static boolean isUsable(TableDescription table) {
    return table.tableStatus() == TableStatus.ACTIVE || table.tableStatus() == TableStatus.UPDATING;
  }

  private static boolean isEventuallyConsistent(TableDescription table) {
    // Tables from the time before MRSC have replicas, but no value for consistency.
    return isReplicated(table) && !"STRONG".equals(table.multiRegionConsistencyAsString());
  }

  private static boolean isReplicated(TableDescription table) {
    return !table.replicas().isEmpty();
  }

  private DescribeTableRequest description() {
    return DescribeTableRequest.builder()
        .tableName(tableName)
        .overrideConfiguration(timeouts())
        .build();
  }

  private CreateTableRequest creation() {
    List<KeySchemaElement> keys = new ArrayList<>();
    List<AttributeDefinition> attributes = new ArrayList<>();
    addKey(partitionKeyName, KeyType.HASH, keys, attributes);
    if (sortKeyName != null) {
      addKey(sortKeyName, KeyType.RANGE, keys, attributes);
    }
    return CreateTableRequest.builder()
        .tableName(tableName)
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .keySchema(keys)
        .attributeDefinitions(attributes)
        .overrideConfiguration(timeouts())
        .build();
  }

  private static void addKey(
      String name, KeyType type, List<KeySchemaElement> keys, List<AttributeDefinition> all) {
    keys.add(KeySchemaElement.builder().attributeName(name).keyType(type).build());
    all.add(
        AttributeDefinition.builder()
            .attributeName(name)
            .attributeType(ScalarAttributeType.S)
            .build());
  }

  private static AwsRequestOverrideConfiguration timeouts() {
    return AwsRequestOverrideConfiguration.builder()
        .apiCallTimeout(CALL_TIMEOUT)
        .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
        .build();
  }

  private static <T> T result(CompletableFuture<T> call) {
    try {
      return call.join();
    } catch (CompletionException e) {
      if (Answers.unwrapped(e) instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
