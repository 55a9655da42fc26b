package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.LockTable;
import io.github.batonlock.support.LocalDynamo;
import io.github.batonlock.support.RequestCounter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

class LockTableIT {
  private static LocalDynamo dynamo;

  /** Which of the SDK's clients. */
  enum Client {
    SYNC {
      @Override
      void create(String table, String partitionKey, @Nullable String sortKey) {
        LockTable.createIfMissing(dynamo.sync(), table, partitionKey, sortKey);
      }

      @Override
      void verify(String table, String partitionKey, @Nullable String sortKey) {
        LockTable.verify(dynamo.sync(), table, partitionKey, sortKey);
      }
    },
    ASYNC {
      @Override
      void create(String table, String partitionKey, @Nullable String sortKey) {
        LockTable.createIfMissing(dynamo.async(), table, partitionKey, sortKey);
      }

      @Override
      void verify(String table, String partitionKey, @Nullable String sortKey) {
        LockTable.verify(dynamo.async(), table, partitionKey, sortKey);
      }
    };

    abstract void create(String table, String partitionKey, @Nullable String sortKey);

    abstract void verify(String table, String partitionKey, @Nullable String sortKey);
  }

  @BeforeAll
  static void setUp() {
    dynamo = LocalDynamo.shared();
  }

  @ParameterizedTest
  @EnumSource
  void createIfMissing_noTable_makesOneOnDemand(Client client) {
    String table = dynamo.newTableName();
    client.create(table, "key", null);
    TableDescription made = dynamo.sync().describeTable(r -> r.tableName(table)).table();
    assertThat(made.billingModeSummary().billingMode()).isEqualTo(BillingMode.PAY_PER_REQUEST);
    assertThat(made.keySchema())
        .singleElement()
        .satisfies(
            key -> {
              assertThat(key.attributeName()).isEqualTo("key");
              assertThat(key.keyType()).isEqualTo(KeyType.HASH);
            });
    client.verify(table, "key", null);
  }

  @ParameterizedTest
  @EnumSource
  void createIfMissing_withSortKey_makesBothKeys(Client client) {
    String table = dynamo.newTableName();
    client.create(table, "name", "range");
    client.verify(table, "name", "range");
    assertThat(failure(() -> client.verify(table, "key", null)))
        .hasMessageContaining("its partition key is 'name' (S), but 'key' (S) is expected")
        .hasMessageContaining("it has the sort key 'range' (S), but none is expected");
  }

  @Test
  void shortForms_defaultKey_doTheSame() {
    String table = dynamo.newTableName();
    LockTable.createIfMissing(dynamo.sync(), table);
    LockTable.createIfMissing(dynamo.async(), table);
    LockTable.verify(dynamo.sync(), table);
    LockTable.verify(dynamo.async(), table);
    assertThat(dynamo.sync().describeTable(r -> r.tableName(table)).table().tableName())
        .isEqualTo(table);
  }

  @Test
  void createIfMissing_existingTable_asksOnceAndCreatesNothing() {
    String table = dynamo.newTable();
    RequestCounter counter = new RequestCounter();
    try (DynamoDbClient counted =
        dynamo
            .syncBuilder()
            .overrideConfiguration(o -> o.addExecutionInterceptor(counter))
            .build()) {
      LockTable.createIfMissing(counted, table);
    }
    assertThat(counter.counts()).containsOnlyKeys("DescribeTable");
    assertThat(counter.total()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void createIfMissing_existingTableWithOtherKeys_failsAndLeavesIt(Client client) {
    String table = dynamo.newForeignTable("id", "N", null);
    LockStoreException failure = failure(() -> client.create(table, "key", "range"));
    assertThat(failure.kind()).isEqualTo(Kind.WRONG_SCHEMA);
    assertThat(failure)
        .hasMessageContaining("'" + table + "'")
        .hasMessageContaining("its partition key is 'id' (N), but 'key' (S) is expected")
        .hasMessageContaining("it has no sort key, but 'range' (S) is expected");
  }

  @Test
  void createIfMissing_manyAtOnce_allSucceed() {
    String table = dynamo.newTableName();
    ExecutorService executor = Executors.newFixedThreadPool(8);
    try {
      List<CompletableFuture<Void>> all =
          Stream.of(Client.SYNC, Client.ASYNC, Client.SYNC, Client.ASYNC, Client.SYNC, Client.ASYNC)
              .map(c -> CompletableFuture.runAsync(() -> c.create(table, "key", null), executor))
              .toList();
      assertThat(all).allSatisfy(done -> assertThatCode(done::join).doesNotThrowAnyException());
    } finally {
      executor.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void verify_noTable_failsAsNoTable(Client client) {
    LockStoreException failure = failure(() -> client.verify("no-such-table", "key", null));
    assertThat(failure.kind()).isEqualTo(Kind.NO_TABLE);
    assertThat(failure.mayHaveBeenApplied()).isFalse();
    assertThat(failure).hasMessageContaining("LockTable.createIfMissing");
  }

  private static LockStoreException failure(Runnable call) {
    return catchThrowableOfType(LockStoreException.class, call::run);
  }
}
