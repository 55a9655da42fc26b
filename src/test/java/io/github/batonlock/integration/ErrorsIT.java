package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import io.github.batonlock.support.LossyHttpClient.Fault;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Tables, rows and requests that are not as they should be, and what users store besides. */
class ErrorsIT extends TableFixture {

  private LockClient on(Sdk sdk, String tableName) {
    return closing(
        (sdk == Sdk.SYNC
                ? LockClient.builder(dynamo.sync(), tableName)
                : LockClient.builder(dynamo.async(), tableName))
            .build());
  }

  private static void assertStoreFails(ThrowingCallable call, Kind kind, String... messageParts) {
    LockStoreException thrown = catchThrowableOfType(LockStoreException.class, call);
    for (int again = 0; again < 4 && wasLate(thrown); again++) {
      thrown = catchThrowableOfType(LockStoreException.class, call);
    }
    assertThat(thrown.kind()).isEqualTo(kind);
    assertThat(thrown.mayHaveBeenApplied()).isFalse();
    assertThat(thrown.getMessage()).contains(messageParts);
  }

  /** Whether an attempt was not answered in time, so that it may have been applied or not. */
  private static boolean wasLate(LockStoreException thrown) {
    return thrown.kind() == Kind.TIMED_OUT
        || (thrown.getCause() instanceof SdkException cause
            && cause.numAttempts() != null
            && cause.numAttempts() > 1);
  }

  /** Each call that can be the first one. */
  private static List<ThrowingCallable> firstCalls(LockClient client) {
    return List.of(
        () -> client.acquire("k"),
        () -> client.tryAcquire("k"),
        () -> Eventually.get(client.acquireAsync(LockRequest.of("k"))),
        () -> client.inspect(LockKey.of("k")));
  }

  @ParameterizedTest
  @EnumSource
  void firstCall_tableMissing_namesTableAndRemedy(Sdk sdk) {
    String missing = dynamo.newTableName();
    LockClient client = on(sdk, missing);
    for (ThrowingCallable call : firstCalls(client)) {
      assertStoreFails(call, Kind.NO_TABLE, missing, "LockTable.createIfMissing");
    }
    assertStoreFails(() -> client.listLocks().toList(), Kind.NO_TABLE, missing);
  }

  @ParameterizedTest
  @EnumSource
  void firstCall_otherPartitionKey_saysWrongSchema(Sdk sdk) {
    String other = dynamo.newTable("id", null);
    for (ThrowingCallable call : firstCalls(on(sdk, other))) {
      assertStoreFails(call, Kind.WRONG_SCHEMA, other);
    }
  }

  @ParameterizedTest
  @EnumSource
  void firstCall_tableHasSortKey_saysWrongSchema(Sdk sdk) {
    String other = dynamo.newTable("key", "range");
    for (ThrowingCallable call : firstCalls(on(sdk, other))) {
      assertStoreFails(call, Kind.WRONG_SCHEMA, other);
    }
  }

  @Test
  void firstCall_tableLacksSortKey_saysWrongSchema() {
    LockClient client = client(b -> b.sortKeyName("range"));
    assertStoreFails(
        () -> client.acquire(LockRequest.builder(LockKey.of("k", "s")).build()),
        Kind.WRONG_SCHEMA,
        table);
    assertStoreFails(() -> client.inspect(LockKey.of("k", "s")), Kind.WRONG_SCHEMA, table);
  }

  @Test
  void firstCall_partitionKeyIsNumber_saysWrongSchema() {
    String numbers = dynamo.newTableName();
    dynamo
        .sync()
        .createTable(
            CreateTableRequest.builder()
                .tableName(numbers)
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("key")
                        .attributeType(ScalarAttributeType.N)
                        .build())
                .keySchema(
                    KeySchemaElement.builder().attributeName("key").keyType(KeyType.HASH).build())
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .build());
    dynamo.sync().waiter().waitUntilTableExists(r -> r.tableName(numbers));
    for (ThrowingCallable call : firstCalls(on(Sdk.SYNC, numbers))) {
      assertStoreFails(call, Kind.WRONG_SCHEMA, numbers);
    }
  }

  @Test
  void calls_accessDenied_nameTheAction() throws Exception {
    LossyHttpClient network = LossyHttpClient.create();
    LockClient client =
        client(
            sdkOver(network, true),
            b -> b.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(Duration.ofMillis(200)));
    String key = newKey();
    HeldLock held = client.acquire(key);
    String version = version(key);
    for (String action : List.of("UpdateItem", "GetItem", "Scan")) {
      network.always(
          action,
          Fault.answer(
              400,
              "AccessDeniedException",
              "User: arn:aws:iam::1:user/u is not authorized to perform: dynamodb:" + action));
    }

    assertStoreFails(
        () -> client.acquire("denied"), Kind.ACCESS_DENIED, "dynamodb:UpdateItem", table);
    assertStoreFails(() -> client.tryAcquire("denied"), Kind.ACCESS_DENIED, "dynamodb:UpdateItem");
    assertStoreFails(
        () -> client.inspect(LockKey.of("denied")), Kind.ACCESS_DENIED, "dynamodb:GetItem");
    assertStoreFails(() -> client.listLocks().toList(), Kind.ACCESS_DENIED, "dynamodb:Scan");
    held.ensureHeld();
    network.heal();
    Eventually.until("renewed again", () -> !version(key).equals(version));
    held.ensureHeld();
  }

  // Data

  @Test
  void updateData_itemGrowsTooLarge_failsAndTheLockStaysHeldAndRenewed() throws Exception {
    // An update has an interval to be answered.
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(Duration.ofSeconds(5)));
    String key = newKey();
    SdkBytes small = SdkBytes.fromUtf8String("small");
    HeldLock lock =
        client.acquire(
            LockRequest.builder(key)
                .attribute("mine", AttributeValue.fromB(bytes(200_000)))
                .data(small)
                .build());

    assertStoreFails(() -> lock.updateData(bytes(300_000)), Kind.INVALID_REQUEST, key);

    lock.ensureHeld();
    String version = version(key);
    Eventually.until("renewed", () -> !version(key).equals(version));
    assertThat(lock.data()).contains(small);
    assertThat(row(key).get("data").b()).isEqualTo(small);
    SdkBytes fits = bytes(100_000);
    lock.updateData(fits);
    assertThat(lock.data().equals(Optional.of(fits))).as("data() is what was stored").isTrue();
    assertThat(row(key).get("data").b().equals(fits)).isTrue();
    lock.ensureHeld();
  }

  @Test
  void updateData_confirmed_isWhatDataSaysFromThenOn() throws Exception {
    HeldLock lock = client().acquire(newKey());
    for (int i = 0; i < 200; i++) {
      SdkBytes data = SdkBytes.fromUtf8String("data " + i);
      lock.updateData(data);
      assertThat(lock.data()).contains(data);
    }
  }

  @Test
  void acquire_itemWouldBeTooLarge_failsAndTheLockStaysFree() throws Exception {
    String key = newKey();
    LockRequest tooLarge =
        LockRequest.builder()
            .key(key)
            .attribute("mine", AttributeValue.fromB(bytes(200_000)))
            .data(bytes(300_000))
            .build();
    LockClient client = client();

    assertThatThrownBy(() -> client.acquire(tooLarge))
        .isInstanceOfAny(LockStoreException.class, IllegalArgumentException.class)
        .hasMessageContaining(key);

    assertThat(row(key)).isEmpty();
    assertThat(client.tryAcquire(key)).isPresent();
  }

  private static SdkBytes bytes(int size) {
    return SdkBytes.fromByteArray(new byte[size]);
  }

  @Test
  void attributesAndData_ofEarlierHolders_arePreserved() throws Exception {
    String key = newKey();
    LockClient client = client();
    SdkBytes data = SdkBytes.fromUtf8String("data");
    AttributeValue nested =
        AttributeValue.fromM(Map.of("list", AttributeValue.fromL(List.of(n("1"), s("x")))));
    client.acquire(LockRequest.builder(key).data(data).attribute("mine", nested).build()).close();

    HeldLock second =
        client().acquire(LockRequest.builder(key).attribute("more", s("second")).build());

    assertThat(second.data()).contains(data);
    second.close();
    HeldLock third = client.acquire(key);
    assertThat(third.data()).contains(data);
    assertThat(row(key)).containsEntry("mine", nested).containsEntry("more", s("second"));
    LockInfo info = client.inspect(LockKey.of(key)).orElseThrow();
    assertThat(info.attributes()).isEqualTo(Map.of("mine", nested, "more", s("second")));
    assertThat(info.data()).contains(data);
    third.updateData(SdkBytes.fromUtf8String("new"));
    assertThat(row(key)).containsEntry("mine", nested).containsEntry("data", b("new"));
  }

  @Test
  void acquire_afterDeleteOnRelease_hasHigherToken() throws Exception {
    String key = newKey();
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try (HeldLock lock =
          client().acquire(LockRequest.builder(key).deleteOnRelease(true).build())) {
        tokens.add(lock.fencingToken());
      }
      assertThat(row(key)).isEmpty();
    }
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
  }

  // Rows that are no locks

  private static Map<String, AttributeValue> heldRow(String key) {
    return new HashMap<>(
        Map.of(
            "key", s(key),
            "ownerName", s("somebody"),
            "leaseDuration", s("20000"),
            "recordVersionNumber", s("v1"),
            "fencingToken", n("7"),
            "user's", AttributeValue.fromSs(List.of("a", "b"))));
  }

  /** Attribute at fault, to values; null for absent. */
  private static Map<String, List<AttributeValue>> faults() {
    AttributeValue none = AttributeValue.builder().build();
    return Map.of(
        "ownerName", List.of(none, n("1"), s(""), AttributeValue.fromNul(true)),
        "leaseDuration", List.of(none, n("20000"), s(""), s("0"), s("-1"), s("soon"), s("9e99")),
        "recordVersionNumber", List.of(none, n("1"), b("v1"), s("")),
        "isReleased", List.of(s("0"), s("true"), n("1"), AttributeValue.fromBool(true)),
        "fencingToken",
            List.of(s("7"), n("-1"), n("1E40"), n("1.5E30"), AttributeValue.fromNul(true)),
        "data", List.of(s("text"), n("1"), AttributeValue.fromL(List.of())));
  }

  private record Malformed(Map<String, AttributeValue> row, String attribute) {
    String key() {
      return row.get("key").s();
    }
  }

  private static List<Malformed> malformedRows() {
    List<Malformed> rows = new ArrayList<>();
    faults()
        .forEach(
            (attribute, values) -> {
              for (AttributeValue value : values) {
                for (boolean released : new boolean[] {false, true}) {
                  boolean mattersWhenFree =
                      !Set.of("ownerName", "leaseDuration").contains(attribute)
                          && !(attribute.equals("recordVersionNumber") && s("").equals(value));
                  if (released && !mattersWhenFree) {
                    continue;
                  }
                  Map<String, AttributeValue> row = heldRow(newKey());
                  if (released) {
                    row.put("isReleased", s("1"));
                  }
                  row.remove(attribute);
                  if (value.type() != AttributeValue.Type.UNKNOWN_TO_SDK_VERSION) {
                    row.put(attribute, value);
                  }
                  rows.add(new Malformed(row, attribute));
                }
              }
            });
    rows.add(new Malformed(new HashMap<>(Map.of("key", s(newKey()))), ""));
    rows.add(
        new Malformed(
            new HashMap<>(Map.of("key", s(newKey()), "isReleased", s("1"), "price", n("3"))), ""));
    return rows;
  }

  @Test
  void calls_onRowsThatAreNoLocks_nameTheFaultAndLeaveThemAsTheyAre() throws Exception {
    List<MalformedLockItemException> reported = Collections.synchronizedList(new ArrayList<>());
    LockClient client =
        client(
            b ->
                // A call that is one try has an interval to be answered.
                b.leaseDuration(Duration.ofMinutes(1))
                    .heartbeatInterval(Duration.ofSeconds(8))
                    .listener(
                        new LockListener() {
                          @Override
                          public void malformedItem(MalformedLockItemException problem) {
                            reported.add(problem);
                          }
                        }));
    String good = newKey();
    HeldLock held = client.acquire(good);
    String before = version(good);
    List<Malformed> rows = malformedRows();
    Map<String, Map<String, AttributeValue>> stored = new HashMap<>();
    for (Malformed bad : rows) {
      putRow(bad.row());
      String key = bad.key();
      stored.put(key, row(key));
      for (ThrowingCallable call :
          List.<ThrowingCallable>of(
              () -> client.acquire(key),
              () -> client.tryAcquire(key),
              () -> Eventually.get(client.acquireAsync(LockRequest.of(key))),
              () -> client.inspect(LockKey.of(key)))) {
        assertThatThrownBy(call)
            .as("row " + bad.row())
            .isInstanceOfSatisfying(
                MalformedLockItemException.class,
                e -> {
                  assertThat(e.key()).isEqualTo(LockKey.of(key));
                  assertThat(e.attribute()).contains(bad.attribute());
                  assertThat(e.getMessage()).contains(key, bad.attribute());
                });
      }
      assertThat(row(key)).isEqualTo(stored.get(key));
    }

    List<String> listed = client.listLocks().map(lock -> lock.key().partitionKey()).toList();

    assertThat(listed).contains(good).doesNotContainAnyElementsOf(keysOf(rows));
    Eventually.until("all were reported", () -> reported.size() >= rows.size());
    assertThat(reported.stream().map(e -> e.key().partitionKey()).toList())
        .containsExactlyInAnyOrderElementsOf(keysOf(rows));
    held.ensureHeld();
    Eventually.until("others' heartbeats went on", () -> !version(good).equals(before));
    for (Malformed bad : rows) {
      assertThat(row(bad.key())).isEqualTo(stored.get(bad.key()));
      deleteRow(bad.key());
    }
  }

  private static List<String> keysOf(List<Malformed> rows) {
    return rows.stream().map(Malformed::key).toList();
  }

  @Test
  void heldLock_rowOverwrittenByNoLock_isRevokedAndTheRowLeftAsItIs() throws Exception {
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(Duration.ofMillis(200)));
    String key = newKey();
    HeldLock lock = client.acquire(key);
    HeldLock other = client.acquire(newKey());
    Map<String, AttributeValue> noLock = Map.of("key", s(key), "price", n("3"));
    putRow(noLock);

    Eventually.until("revoked", () -> !lock.isHeld());

    assertThat(lock.revocation())
        .hasValueSatisfying(r -> assertThat(r.reason()).isEqualTo(Revocation.Reason.ITEM_DELETED));
    lock.close();
    client.close();
    assertThat(row(key)).isEqualTo(noLock);
    assertThat(other.revocation())
        .hasValueSatisfying(r -> assertThat(r.reason()).isEqualTo(Revocation.Reason.CLIENT_CLOSED));
    deleteRow(key);
  }

  @Test
  void heldLock_changedBehindItsBack_isRevokedWithTheReason() throws Exception {
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(Duration.ofMillis(200)));
    String deleted = newKey();
    String released = newKey();
    String taken = newKey();
    Map<String, Revocation> told = Collections.synchronizedMap(new HashMap<>());
    for (String key : List.of(deleted, released, taken)) {
      client.acquire(key).onRevoked(revocation -> told.put(key, revocation));
    }

    deleteRow(deleted);
    markReleased(released);
    putRow(heldRow(taken));

    Eventually.until("all were told", () -> told.size() == 3);
    assertThat(told.get(deleted).reason()).isEqualTo(Revocation.Reason.ITEM_DELETED);
    assertThat(told.get(released).reason()).isEqualTo(Revocation.Reason.RELEASED_EXTERNALLY);
    // Its token is lower than that of the hold: an operator wrote it, no later holder.
    assertThat(told.get(taken).reason()).isEqualTo(Revocation.Reason.ITEM_CHANGED);
    client.close();
    assertThat(row(taken)).isEqualTo(heldRow(taken));
  }

  private void markReleased(String key) {
    dynamo
        .sync()
        .updateItem(
            r ->
                r.tableName(table)
                    .key(Map.of("key", s(key)))
                    .updateExpression("SET isReleased = :one")
                    .expressionAttributeValues(Map.of(":one", s("1"))));
  }

  // Keys and listings

  @Test
  void sortKeys_ofOnePartition_areDifferentLocks() throws Exception {
    String sorted = dynamo.newTable("name", "range");
    LockClient client =
        closing(
            LockClient.builder(dynamo.sync(), sorted)
                .partitionKeyName("name")
                .sortKeyName("range")
                .build());
    LockKey one = LockKey.of("p", "1");
    LockKey two = LockKey.of("p", "2");

    HeldLock first = client.acquire(LockRequest.builder(one).build());
    HeldLock second = client.acquire(LockRequest.builder(two).build());

    first.close();
    second.ensureHeld();
    assertThat(client.inspect(one)).hasValueSatisfying(i -> assertThat(i.key()).isEqualTo(one));
    assertThat(client.listLocks().map(LockInfo::key)).containsExactlyInAnyOrder(one, two);
    assertThat(client.listLocks().filter(i -> i.liveness() == Liveness.ALIVE))
        .extracting(LockInfo::key)
        .containsExactly(two);
    assertThatThrownBy(() -> client.acquire("p"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("range");
    assertThatThrownBy(() -> client().acquire(LockRequest.builder(one).build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listLocks_ofSeveralPages_readsThemAsTheyAreConsumed() throws Exception {
    String large = dynamo.newTable();
    int rows = 40;
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < rows; i++) {
      Map<String, AttributeValue> row = heldRow("k" + i);
      row.put("filling", AttributeValue.fromB(bytes(100_000)));
      if (i % 10 == 0) {
        row.remove("ownerName");
      } else {
        keys.add("k" + i);
      }
      dynamo.sync().putItem(r -> r.tableName(large).item(row));
    }
    RequestCounter counter = new RequestCounter();
    LockClient client =
        closing(
            LockClient.builder(
                    closing(
                        dynamo
                            .syncBuilder()
                            .overrideConfiguration(o -> o.addExecutionInterceptor(counter))
                            .build()),
                    large)
                .build());

    try (Stream<LockInfo> locks = client.listLocks()) {
      assertThat(counter.total()).isZero();
      Iterator<LockInfo> one = locks.iterator();
      Set<String> listed = new HashSet<>();
      listed.add(one.next().key().partitionKey());
      assertThat(counter.counts()).isEqualTo(Map.of("Scan", 1));
      one.forEachRemaining(lock -> listed.add(lock.key().partitionKey()));
      assertThat(listed).isEqualTo(keys);
      assertThat(counter.of("Scan")).isGreaterThanOrEqualTo(4);
    }
  }
}
