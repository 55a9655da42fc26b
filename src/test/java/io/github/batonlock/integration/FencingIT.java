package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Fencing;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Stamped writes as DynamoDB takes them. */
class FencingIT extends TableFixture {
  private String item = newKey();

  @BeforeEach
  void chooseAnItem() {
    item = newKey();
  }

  /** A kind of write, with or without a condition of the user's. */
  enum Write {
    PUT(true) {
      @Override
      void send(DynamoDbClient to, String table, String item, Fencing by, @Nullable String only) {
        to.putItem(
            by.stamp(
                PutItemRequest.builder()
                    .tableName(table)
                    .item(Map.of("key", s(item), "state", s("written")))
                    .conditionExpression(only)
                    .expressionAttributeNames(only == null ? null : Map.of("#s", "state"))
                    .expressionAttributeValues(only == null ? null : Map.of(":s", s("before")))
                    .build()));
      }
    },
    UPDATE(true) {
      @Override
      void send(DynamoDbClient to, String table, String item, Fencing by, @Nullable String only) {
        to.updateItem(
            by.stamp(
                UpdateItemRequest.builder()
                    .tableName(table)
                    .key(Map.of("key", s(item)))
                    .updateExpression("REMOVE note SET #s = :new")
                    .conditionExpression(only)
                    .expressionAttributeNames(Map.of("#s", "state"))
                    .expressionAttributeValues(valuesOf(only))
                    .build()));
      }
    },
    DELETE(false) {
      @Override
      void send(DynamoDbClient to, String table, String item, Fencing by, @Nullable String only) {
        to.deleteItem(
            by.stamp(
                DeleteItemRequest.builder()
                    .tableName(table)
                    .key(Map.of("key", s(item)))
                    .conditionExpression(only)
                    .expressionAttributeNames(only == null ? null : Map.of("#s", "state"))
                    .expressionAttributeValues(only == null ? null : Map.of(":s", s("before")))
                    .build()));
      }
    },
    PUT_IN_TRANSACTION(true) {
      @Override
      void send(DynamoDbClient to, String table, String item, Fencing by, @Nullable String only) {
        Put put =
            Put.builder()
                .tableName(table)
                .item(Map.of("key", s(item), "state", s("written")))
                .conditionExpression(only)
                .expressionAttributeNames(only == null ? null : Map.of("#s", "state"))
                .expressionAttributeValues(only == null ? null : Map.of(":s", s("before")))
                .build();
        transact(to, TransactWriteItem.builder().put(by.stamp(put)).build());
      }
    },
    UPDATE_IN_TRANSACTION(true) {
      @Override
      void send(DynamoDbClient to, String table, String item, Fencing by, @Nullable String only) {
        Update update =
            Update.builder()
                .tableName(table)
                .key(Map.of("key", s(item)))
                .updateExpression("SET #s = :new")
                .conditionExpression(only)
                .expressionAttributeNames(Map.of("#s", "state"))
                .expressionAttributeValues(valuesOf(only))
                .build();
        transact(to, TransactWriteItem.builder().update(by.stamp(update)).build());
      }
    },
    DELETE_IN_TRANSACTION(false) {
      @Override
      void send(DynamoDbClient to, String table, String item, Fencing by, @Nullable String only) {
        Delete delete =
            Delete.builder()
                .tableName(table)
                .key(Map.of("key", s(item)))
                .conditionExpression(only)
                .expressionAttributeNames(only == null ? null : Map.of("#s", "state"))
                .expressionAttributeValues(only == null ? null : Map.of(":s", s("before")))
                .build();
        transact(to, TransactWriteItem.builder().delete(by.stamp(delete)).build());
      }
    };

    final boolean leavesAnItem;

    Write(boolean leavesAnItem) {
      this.leavesAnItem = leavesAnItem;
    }

    abstract void send(
        DynamoDbClient to, String table, String item, Fencing by, @Nullable String only);

    private static void transact(DynamoDbClient to, TransactWriteItem write) {
      to.transactWriteItems(request -> request.transactItems(write));
    }

    private static Map<String, AttributeValue> valuesOf(@Nullable String only) {
      Map<String, AttributeValue> values = new HashMap<>(Map.of(":new", s("written")));
      if (only != null) {
        values.put(":s", s("before"));
      }
      return values;
    }
  }

  private static final String IF_BEFORE = "#s = :s OR attribute_not_exists(#s)";

  private void send(Write write, long token, @Nullable String only) {
    write.send(dynamo.sync(), table, item, Fencing.by(token, "fence"), only);
  }

  private void putItem(String state, @Nullable AttributeValue fence) {
    Map<String, AttributeValue> row = new HashMap<>(Map.of("key", s(item), "state", s(state)));
    if (fence != null) {
      row.put("fence", fence);
    }
    putRow(row);
  }

  private void assertWritten(Write write, long token) {
    if (write.leavesAnItem) {
      assertThat(row(item))
          .containsEntry("state", s("written"))
          .containsEntry("fence", n(Long.toString(token)));
    } else {
      assertThat(row(item)).isEmpty();
    }
  }

  private void assertRefused(Write write, long token, @Nullable String only) {
    Map<String, AttributeValue> before = row(item);
    assertThatThrownBy(() -> send(write, token, only))
        .isInstanceOfAny(ConditionalCheckFailedException.class, TransactionCanceledException.class)
        .hasMessageContaining("onditional");
    assertThat(row(item)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void write_toAnItemWithoutFenceOrNone_passes(Write write) {
    send(write, 7, null);
    putItem("before", null);
    send(write, 7, null);
    assertWritten(write, 7);
  }

  @ParameterizedTest
  @EnumSource
  void write_withTheSameTokenOrAHigherOne_passes(Write write) {
    for (long token : new long[] {7, 8, Long.MAX_VALUE - 3}) {
      putItem("before", n("7"));
      send(write, token, null);
      assertWritten(write, token);
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_withALowerToken_isRefused(Write write) {
    putItem("before", n("8"));
    assertRefused(write, 7, null);
    // As one condition: none of its parts lets the write through alone.
    assertRefused(write, 7, IF_BEFORE);
  }

  @ParameterizedTest
  @EnumSource
  void write_withItsOwnCondition_needsBothToHold(Write write) {
    putItem("before", n("7"));
    send(write, 7, IF_BEFORE);
    assertWritten(write, 7);

    putItem("otherwise", n("7"));
    assertRefused(write, 7, IF_BEFORE);
    assertRefused(write, 9, IF_BEFORE);
    putItem("otherwise", null);
    assertRefused(write, 9, IF_BEFORE);
  }

  @ParameterizedTest
  @EnumSource
  void write_toAnItemWhoseFenceIsNoNumber_isRefused(Write write) {
    putItem("before", s("8"));
    assertRefused(write, 9, null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET a = :a",
        "set a = :a remove b",
        "REMOVE b SET a = :a",
        "ADD n :a",
        "ADD n :a SET c = :a REMOVE b",
        "SET a = if_not_exists(a, :a) + :a, c = :a",
      })
  void update_ofAnyClauses_isTakenByDynamoDb(String expression) {
    UpdateItemRequest update =
        UpdateItemRequest.builder()
            .tableName(table)
            .key(Map.of("key", s(item)))
            .updateExpression(expression)
            .expressionAttributeValues(Map.of(":a", n("1")))
            .build();

    dynamo.sync().updateItem(Fencing.by(5, "fence").stamp(update));

    assertThat(row(item)).containsEntry("fence", n("5"));
    assertThat(row(item)).hasSizeGreaterThan(2);
  }

  @Test
  void write_ofAFormerHolder_isRefusedOnceTheNextOneHasWritten() throws Exception {
    LockClient client = client();
    String key = newKey();
    HeldLock former = client.acquire(key);
    Write.PUT.send(dynamo.sync(), table, item, Fencing.by(former), null);
    former.close();
    HeldLock next = client.acquire(key);
    Write.UPDATE.send(dynamo.sync(), table, item, Fencing.by(next), null);

    assertThat(Arrays.asList(Write.values()))
        .allSatisfy(
            write ->
                assertThatThrownBy(
                        () -> write.send(dynamo.sync(), table, item, Fencing.by(former), null))
                    .hasMessageContaining("onditional"));
    assertThat(row(item)).containsEntry("fence", n(Long.toString(next.fencingToken())));
  }
}
