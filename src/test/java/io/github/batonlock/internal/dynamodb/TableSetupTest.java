package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.support.Logged;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.waiters.WaiterOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.MultiRegionConsistency;
import software.amazon.awssdk.services.dynamodb.model.ReplicaDescription;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** The cases that DynamoDB Local cannot show. */
class TableSetupTest {
  @RegisterExtension final Logged logged = new Logged(TableSetup.class);

  @ParameterizedTest
  @NullSource
  @EnumSource(names = "EVENTUAL")
  void verify_replicatedWithEventualConsistency_isRefused(
      @Nullable MultiRegionConsistency consistency) {
    LockStoreException failure = failure(replicated(consistency));
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_SCHEMA);
    assertThat(failure).hasMessageContaining("MREC").hasMessageContaining("MRSC");
  }

  @Test
  void verify_replicatedWithStrongConsistency_passes() {
    assertThatCode(() -> setup(replicated(MultiRegionConsistency.STRONG)).verify())
        .doesNotThrowAnyException();
  }

  /** Released items would stay, and no other sign would say so. */
  @Test
  void verify_replicatedWithStrongConsistency_warnsThatTtlDeletesNothing() {
    setup(replicated(MultiRegionConsistency.STRONG)).verify();

    assertThat(logged.lines())
        .singleElement()
        .asString()
        .contains("'locks'", "MRSC", "releasedItemRetention", "docs/regions.md");
  }

  @Test
  void verify_tableOfOneRegion_warnsOfNothing() {
    setup(lockTable()).verify();

    assertThat(logged.lines()).isEmpty();
  }

  @Test
  void verify_everythingWrong_namesAllOfIt() {
    TableDescription.Builder table =
        replicated(null)
            .tableStatus(TableStatus.DELETING)
            .keySchema(key("id", KeyType.HASH), key("sort", KeyType.RANGE));
    assertThat(failure(table))
        .hasMessageStartingWith("Table 'locks' cannot hold the locks: ")
        .hasMessageContaining("DELETING")
        .hasMessageContaining("'id' (?)")
        .hasMessageContaining("'sort'")
        .hasMessageContaining("MREC");
  }

  @Test
  void verify_tableWhoseSettingsAreBeingUpdated_passes() {
    assertThatCode(() -> setup(lockTable().tableStatus(TableStatus.UPDATING)).verify())
        .doesNotThrowAnyException();
  }

  @Test
  void createIfMissing_neverActive_saysSo() {
    DynamoCalls calls =
        calls(
            lockTable().tableStatus(TableStatus.CREATING),
            CompletableFuture.failedFuture(
                SdkClientException.create("The waiter has exceeded max retry attempts: 240")));
    LockStoreException failure =
        catchThrowableOfType(
            LockStoreException.class,
            () -> new TableSetup(calls, "locks", "key", null).createIfMissing());
    assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
    assertThat(failure).hasMessageContaining("'locks' did not become active within 2 minutes");
  }

  @Test
  void createIfMissing_stillBeingCreated_isAwaited() {
    DynamoCalls calls =
        calls(
            lockTable().tableStatus(TableStatus.CREATING),
            CompletableFuture.completedFuture(response(lockTable())));
    assertThatCode(() -> new TableSetup(calls, "locks", "key", null).createIfMissing())
        .doesNotThrowAnyException();
  }

  /** Each request whole, and how the table is awaited. */
  @Test
  void createIfMissing_ofAMissingTable_asSent() {
    List<Object> sent = new ArrayList<>();
    CompletableFuture<?> missing =
        CompletableFuture.failedFuture(ResourceNotFoundException.builder().build());
    DynamoCalls calls =
        (DynamoCalls)
            Proxy.newProxyInstance(
                DynamoCalls.class.getClassLoader(),
                new Class<?>[] {DynamoCalls.class},
                (proxy, method, arguments) -> {
                  sent.addAll(List.of(arguments));
                  return switch (method.getName()) {
                    case "describeTable" -> missing;
                    case "createTable" -> CompletableFuture.completedFuture(null);
                    default -> CompletableFuture.completedFuture(response(withSortKey()));
                  };
                });

    new TableSetup(calls, "locks", "key", "part").createIfMissing();

    AwsRequestOverrideConfiguration times =
        AwsRequestOverrideConfiguration.builder()
            .apiCallTimeout(Duration.ofSeconds(30))
            .apiCallAttemptTimeout(Duration.ofSeconds(10))
            .build();
    DescribeTableRequest described =
        DescribeTableRequest.builder().tableName("locks").overrideConfiguration(times).build();
    assertThat(sent)
        .startsWith(
            described,
            CreateTableRequest.builder()
                .tableName("locks")
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(key("key", KeyType.HASH), key("part", KeyType.RANGE))
                .attributeDefinitions(text("key"), text("part"))
                .overrideConfiguration(times)
                .build(),
            described)
        .hasSize(4);
    WaiterOverrideConfiguration waiting = (WaiterOverrideConfiguration) sent.get(3);
    assertThat(waiting.waitTimeout()).contains(Duration.ofMinutes(2));
    assertThat(waiting.maxAttempts()).hasValue(240);
    assertThat(waiting.backoffStrategyV2().orElseThrow().computeDelay(7))
        .isEqualTo(Duration.ofMillis(500));
  }

  private static TableDescription.Builder withSortKey() {
    return lockTable()
        .keySchema(key("key", KeyType.HASH), key("part", KeyType.RANGE))
        .attributeDefinitions(text("key"), text("part"));
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder().attributeName(name).attributeType("S").build();
  }

  private static TableDescription.Builder replicated(@Nullable MultiRegionConsistency consistency) {
    return lockTable()
        .replicas(ReplicaDescription.builder().regionName("eu-west-1").build())
        .multiRegionConsistency(consistency);
  }

  private static TableDescription.Builder lockTable() {
    return TableDescription.builder()
        .tableStatus(TableStatus.ACTIVE)
        .keySchema(key("key", KeyType.HASH))
        .attributeDefinitions(text("key"));
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private static LockStoreException failure(TableDescription.Builder table) {
    return catchThrowableOfType(LockStoreException.class, () -> setup(table).verify());
  }

  private static TableSetup setup(TableDescription.Builder table) {
    CompletableFuture<DescribeTableResponse> never = new CompletableFuture<>();
    return new TableSetup(calls(table, never), "locks", "key", null);
  }

  private static DynamoCalls calls(
      TableDescription.Builder table, CompletableFuture<DescribeTableResponse> awaited) {
    CompletableFuture<DescribeTableResponse> described =
        CompletableFuture.completedFuture(response(table));
    return (DynamoCalls)
        Proxy.newProxyInstance(
            DynamoCalls.class.getClassLoader(),
            new Class<?>[] {DynamoCalls.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "describeTable" -> described;
                  case "awaitTable" -> awaited;
                  default -> throw new AssertionError(method);
                });
  }

  private static DescribeTableResponse response(TableDescription.Builder table) {
    return DescribeTableResponse.builder().table(table.build()).build();
  }
}
