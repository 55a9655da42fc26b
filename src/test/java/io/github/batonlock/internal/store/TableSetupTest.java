package io.github.batonlock.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.MultiRegionConsistency;
import software.amazon.awssdk.services.dynamodb.model.ReplicaDescription;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** The cases that DynamoDB Local cannot show. */
class TableSetupTest {

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

  private static TableDescription.Builder replicated(@Nullable MultiRegionConsistency consistency) {
    return lockTable()
        .replicas(ReplicaDescription.builder().regionName("eu-west-1").build())
        .multiRegionConsistency(consistency);
  }

  private static TableDescription.Builder lockTable() {
    return TableDescription.builder()
        .tableStatus(TableStatus.ACTIVE)
        .keySchema(key("key", KeyType.HASH))
        .attributeDefinitions(
            AttributeDefinition.builder().attributeName("key").attributeType("S").build());
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
