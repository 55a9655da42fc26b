package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.LockWrite.Grant;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.support.Platforms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Every operation of the store as the request that the SDK gets, whole (protocol section 3). */
class RequestsAsSentTest {
  private static final String GROWING =
      "(attribute_not_exists(fencingToken) OR (fencingToken >= :zero AND fencingToken < :limit))"
          + " AND (attribute_not_exists(data) OR attribute_type(data, :binary))";
  private static final String RELEASED_LOCK =
      "isReleased = :released AND attribute_type(recordVersionNumber, :string) AND " + GROWING;
  private static final String HELD_BY_SOMEBODY =
      "attribute_not_exists(isReleased) AND attribute_type(ownerName, :string)"
          + " AND attribute_type(leaseDuration, :string)";
  private static final String TOKEN_GROWS =
      "fencingToken = if_not_exists(fencingToken, :seed) + :one";
  private static final Pattern PLACEHOLDER = Pattern.compile(":\\w+");

  private static final LockKey KEY = LockKey.of("k");
  private static final LockKey SESSION = LockKey.of("baton.session/s");
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofMillis(700), Duration.ofMillis(2_500));
  private static final Instant EXPIRY = Instant.ofEpochSecond(1_800_000_000L);
  private static final UpdateItemResponse UPDATED = UpdateItemResponse.builder().build();

  private final SentRequests sent =
      new SentRequests()
          .answering("updateItem", UPDATED)
          .answering("deleteItem", DeleteItemResponse.builder().build())
          .answering("getItem", GetItemResponse.builder().build())
          .answering("transactWriteItems", TransactWriteItemsResponse.builder().build())
          .answering("transactGetItems", TransactGetItemsResponse.builder().build())
          .answering("scan", ScanResponse.builder().build());
  private final DynamoLockStore store =
      new DynamoLockStore(sent.calls(), "locks", "key", null, Platforms.KEPT);

  // What all have in common

  private static AttributeValue s(String text) {
    return AttributeValue.fromS(text);
  }

  private static AttributeValue n(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  private static AttributeValue b(String text) {
    return AttributeValue.fromB(SdkBytes.fromUtf8String(text));
  }

  private static final AttributeValue NOTHING = AttributeValue.fromNul(true);

  /** Of a client that does not know the table's clock. */
  private static final AttributeValue STAMP = s("v2 9999999999999");

  private static Grant grant(LockKey session, String... attribute) {
    Map<String, AttributeValue> attributes =
        attribute.length == 0 ? Map.of() : Map.of(attribute[0], s(attribute[1]));
    return new Grant(
        "me",
        Duration.ofSeconds(20),
        "v2",
        7_000,
        attribute.length == 0 ? null : SdkBytes.fromUtf8String("d"),
        new UserAttributes(attributes),
        session);
  }

  private static Map<String, AttributeValue> grantValues() {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":version", s("v2"));
    values.put(":owner", s("me"));
    values.put(":lease", s("20000"));
    values.put(":seed", n(7_000));
    values.put(":one", n(1));
    return values;
  }

  /** What a condition asks of any item that a grant may overwrite. */
  private static Map<String, AttributeValue> growing(Map<String, AttributeValue> values) {
    values.put(":zero", n(0));
    values.put(":limit", n(Long.MAX_VALUE - 2));
    values.put(":binary", s("B"));
    return values;
  }

  private static Map<String, AttributeValue> released(Map<String, AttributeValue> values) {
    values.put(":released", s("1"));
    values.put(":string", s("S"));
    return values;
  }

  /** The first of two calls within the time. */
  private static void takesThatLong(DynamoDbRequest request) {
    var override = request.overrideConfiguration().orElseThrow();
    assertThat(override.apiCallAttemptTimeout()).contains(TIMEOUTS.attempt());
    assertThat(override.apiCallTimeout()).contains(TIMEOUTS.total().dividedBy(2));
  }

  /** DynamoDB refuses values and names that no expression uses, and those that are not there. */
  private static void usesAll(
      String expressions, Map<String, String> names, Map<String, AttributeValue> values) {
    Set<String> used = new TreeSet<>();
    Matcher each = PLACEHOLDER.matcher(expressions);
    while (each.find()) {
      used.add(each.group());
    }
    assertThat(values.keySet()).containsExactlyInAnyOrderElementsOf(used);
    assertThat(names.keySet()).allSatisfy(name -> assertThat(expressions).contains(name));
  }

  private void update(
      LockWrite write,
      String condition,
      String update,
      Map<String, AttributeValue> values,
      ReturnValue returned) {
    assertThat(store.write(write, TIMEOUTS)).isCompleted();
    UpdateItemRequest request = sent.only(UpdateItemRequest.class);
    Map<String, String> names = request.expressionAttributeNames();
    assertThat(request.tableName()).isEqualTo("locks");
    assertThat(request.key()).isEqualTo(Map.of("key", s(write.key().partitionKey())));
    assertThat(SentRequests.spelled(request.conditionExpression(), names)).isEqualTo(condition);
    assertThat(SentRequests.spelled(request.updateExpression(), names)).isEqualTo(update);
    assertThat(request.expressionAttributeValues()).isEqualTo(values);
    assertThat(request.returnValues()).isEqualTo(returned);
    assertThat(request.returnValuesOnConditionCheckFailure())
        .isEqualTo(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    usesAll(request.conditionExpression() + " " + request.updateExpression(), names, values);
    takesThatLong(request);
  }

  // Grants

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void acquire_asSent_takesWhatIsAbsentOrReleased(boolean onlyIfExists) {
    Map<String, AttributeValue> values = released(growing(grantValues()));
    values.put(":nobody", NOTHING);
    values.put(":sentBefore", STAMP);
    update(
        new LockWrite.Acquire(KEY, grant(null), onlyIfExists),
        onlyIfExists ? RELEASED_LOCK : "attribute_not_exists(key) OR (" + RELEASED_LOCK + ")",
        "SET recordVersionNumber = :version, ownerName = :owner, leaseDuration = :lease, "
            + TOKEN_GROWS
            + ", sentBefore = :sentBefore, releaseRequest = :nobody"
            + " REMOVE isReleased, ttl, keptClosed, session",
        values,
        ReturnValue.ALL_NEW);
  }

  @Test
  void acquire_withDataAndAttributes_setsThem() {
    Map<String, AttributeValue> values = released(growing(grantValues()));
    values.put(":nobody", NOTHING);
    values.put(":sentBefore", STAMP);
    values.put(":data", b("d"));
    values.put(":a0", s("blue"));
    update(
        new LockWrite.Acquire(KEY, grant(null, "colour", "blue"), true),
        RELEASED_LOCK,
        "SET recordVersionNumber = :version, data = :data, ownerName = :owner,"
            + " leaseDuration = :lease, "
            + TOKEN_GROWS
            + ", colour = :a0, sentBefore = :sentBefore, releaseRequest = :nobody"
            + " REMOVE isReleased, ttl, keptClosed, session",
        values,
        ReturnValue.ALL_NEW);
  }

  @Test
  void acquire_withASharedLease_namesItsSessionWithItsVersion() {
    Map<String, AttributeValue> values = released(growing(grantValues()));
    values.put(":session", s("v2 baton.session/s"));
    update(
        new LockWrite.Acquire(KEY, grant(SESSION), true),
        RELEASED_LOCK,
        "SET recordVersionNumber = :version, session = :session, ownerName = :owner,"
            + " leaseDuration = :lease, "
            + TOKEN_GROWS
            + " REMOVE isReleased, ttl, keptClosed, releaseRequest, sentBefore",
        values,
        ReturnValue.ALL_NEW);
  }

  @Test
  void takeover_asSent_isOfTheObservedVersion() {
    Map<String, AttributeValue> values = released(growing(grantValues()));
    values.put(":nobody", NOTHING);
    values.put(":sentBefore", STAMP);
    values.put(":observed", s("v1"));
    update(
        new LockWrite.Takeover(KEY, grant(null), "v1"),
        "recordVersionNumber = :observed AND ((isReleased = :released) OR ("
            + HELD_BY_SOMEBODY
            + ")) AND "
            + GROWING,
        "SET recordVersionNumber = :version, ownerName = :owner, leaseDuration = :lease, "
            + TOKEN_GROWS
            + ", sentBefore = :sentBefore, releaseRequest = :nobody"
            + " REMOVE isReleased, ttl, keptClosed, session",
        values,
        ReturnValue.ALL_NEW);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handoff_asSent_isOfOneHold(boolean reserved) {
    Map<String, AttributeValue> values = growing(grantValues());
    values.put(":nobody", NOTHING);
    values.put(":sentBefore", STAMP);
    values.put(":holder", s("before"));
    values.put(":c0", s("v0"));
    values.put(":c1", s("v1"));
    String condition =
        "recordVersionNumber IN (:c0, :c1) AND ownerName = :holder"
            + " AND attribute_not_exists(isReleased) AND "
            + GROWING;
    if (reserved) {
      values.put(":request", s("r"));
      condition += " AND releaseRequest.id = :request";
    }
    update(
        new LockWrite.Handoff(
            KEY, "before", List.of("v0", "v1"), grant(null), reserved ? "r" : null),
        condition,
        "SET recordVersionNumber = :version, ownerName = :owner, leaseDuration = :lease, "
            + TOKEN_GROWS
            + ", sentBefore = :sentBefore, releaseRequest = :nobody"
            + " REMOVE isReleased, ttl, keptClosed, session",
        values,
        ReturnValue.ALL_NEW);
  }

  @Test
  void open_asSent_isOfASessionThatNeverWas() {
    Map<String, AttributeValue> values = grantValues();
    values.put(":nobody", AttributeValue.fromL(List.of()));
    values.put(":sentBefore", STAMP);
    update(
        new LockWrite.Open(SESSION, grant(null)),
        "attribute_not_exists(key)",
        "SET recordVersionNumber = :version, ownerName = :owner, leaseDuration = :lease, "
            + TOKEN_GROWS
            + ", sentBefore = :sentBefore, releaseRequest = :nobody"
            + " REMOVE isReleased, ttl, keptClosed, session",
        values,
        ReturnValue.ALL_NEW);
  }

  // Renewals

  private static Map<String, AttributeValue> heldValues() {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":holder", s("me"));
    values.put(":c0", s("v0"));
    values.put(":c1", s("v1"));
    return values;
  }

  private static final String HELD =
      "recordVersionNumber IN (:c0, :c1) AND ownerName = :holder"
          + " AND attribute_not_exists(isReleased)";

  @Test
  void heartbeat_ofALockWithItsOwnLease_bringsBackWhatIsAskedAndNotTheItem() {
    Map<String, AttributeValue> values = heldValues();
    values.put(":version", s("v2"));
    values.put(":nobody", NOTHING);
    values.put(":sentBefore", STAMP);
    update(
        new LockWrite.Heartbeat(KEY, "me", List.of("v0", "v1"), "v2", null),
        HELD,
        "SET recordVersionNumber = :version, sentBefore = :sentBefore,"
            + " releaseRequest = if_not_exists(releaseRequest, :nobody)",
        values,
        ReturnValue.UPDATED_NEW);
  }

  @Test
  void heartbeat_withData_isOfOneTokenOnly() {
    Map<String, AttributeValue> values = heldValues();
    values.put(":version", s("v2"));
    values.put(":nobody", NOTHING);
    values.put(":sentBefore", STAMP);
    values.put(":data", b("new"));
    values.put(":token", n(42));
    update(
        new LockWrite.Heartbeat(
            KEY,
            "me",
            List.of("v0", "v1"),
            "v2",
            new LockWrite.Update(SdkBytes.fromUtf8String("new"), 42)),
        HELD + " AND fencingToken = :token",
        "SET recordVersionNumber = :version, data = :data, sentBefore = :sentBefore,"
            + " releaseRequest = if_not_exists(releaseRequest, :nobody)",
        values,
        ReturnValue.UPDATED_NEW);
  }

  @Test
  void heartbeat_ofALockWithASharedLease_namesTheSessionAnew() {
    Map<String, AttributeValue> values = heldValues();
    values.put(":version", s("v2"));
    values.put(":session", s("v2 baton.session/s"));
    update(
        new LockWrite.Heartbeat(KEY, "me", List.of("v0", "v1"), "v2", null, SESSION),
        HELD,
        "SET recordVersionNumber = :version, session = :session",
        values,
        null);
  }

  @Test
  void heartbeat_ofASession_takesOutWhatWasHeardAndBringsTheRest() {
    Map<String, AttributeValue> values = heldValues();
    values.put(":version", s("v2"));
    values.put(":sentBefore", STAMP);
    update(
        new LockWrite.Heartbeat(
            SESSION,
            "me",
            List.of("v0", "v1"),
            "v2",
            null,
            null,
            2,
            SentBefore.stamp("v2", OptionalLong.empty())),
        HELD,
        "SET recordVersionNumber = :version, sentBefore = :sentBefore"
            + " REMOVE releaseRequest[0], releaseRequest[1]",
        values,
        ReturnValue.ALL_NEW);
  }

  // Ends

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void release_asSent_leavesAReleasedItemOfANewVersion(boolean expires) {
    Map<String, AttributeValue> values = heldValues();
    values.put(":version", s("v2"));
    values.put(":released", s("1"));
    if (expires) {
      values.put(":ttl", n(1_800_000_000L));
    }
    update(
        new LockWrite.Release(KEY, "me", List.of("v0", "v1"), "v2", expires ? EXPIRY : null),
        HELD,
        expires
            ? "SET recordVersionNumber = :version, isReleased = :released, ttl = :ttl"
                + " REMOVE sentBefore, releaseRequest, session"
            : "SET recordVersionNumber = :version, isReleased = :released"
                + " REMOVE sentBefore, releaseRequest, session, ttl",
        values,
        null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void keepClosed_asSent_leavesAHoldWithTheRestAsItsLease(boolean isMarked) {
    Map<String, AttributeValue> values = heldValues();
    values.put(":version", s("v2"));
    values.put(":lease", s("59700"));
    if (isMarked) {
      values.put(":keptClosed", s("1"));
      values.put(":sentBefore", STAMP);
    }
    update(
        new LockWrite.KeepClosed(
            KEY,
            "me",
            List.of("v0", "v1"),
            "v2",
            Duration.ofMillis(59_700),
            isMarked,
            SentBefore.stamp("v2", OptionalLong.empty())),
        HELD,
        "SET recordVersionNumber = :version, leaseDuration = :lease"
            + (isMarked
                ? ", keptClosed = :keptClosed, sentBefore = :sentBefore REMOVE "
                : " REMOVE sentBefore, ")
            + "releaseRequest, session",
        values,
        null);
  }

  @Test
  void end_ofASilentSession_isOfItsObservedVersion() {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":observed", s("v1"));
    values.put(":string", s("S"));
    values.put(":version", s("v2"));
    values.put(":released", s("1"));
    values.put(":ttl", n(1_800_000_000L));
    update(
        new LockWrite.End(SESSION, "v1", "me", Duration.ofSeconds(20), "v2", EXPIRY),
        "recordVersionNumber = :observed AND " + HELD_BY_SOMEBODY,
        "SET recordVersionNumber = :version, isReleased = :released, ttl = :ttl REMOVE sentBefore",
        values,
        null);
  }

  @Test
  void end_ofAMissingSession_putsAnEndedOne() {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":version", s("v2"));
    values.put(":released", s("1"));
    values.put(":ttl", n(1_800_000_000L));
    values.put(":owner", s("me"));
    values.put(":lease", s("20000"));
    update(
        new LockWrite.End(SESSION, null, "me", Duration.ofSeconds(20), "v2", EXPIRY),
        "attribute_not_exists(key)",
        "SET recordVersionNumber = :version, isReleased = :released, ttl = :ttl,"
            + " ownerName = :owner, leaseDuration = :lease REMOVE sentBefore",
        values,
        null);
  }

  @Test
  void delete_asSent_isOfOneHold() {
    assertThat(store.write(new LockWrite.Delete(KEY, "me", List.of("v0", "v1")), TIMEOUTS))
        .isCompleted();
    DeleteItemRequest request = sent.only(DeleteItemRequest.class);
    Map<String, String> names = request.expressionAttributeNames();
    assertThat(request.tableName()).isEqualTo("locks");
    assertThat(request.key()).isEqualTo(Map.of("key", s("k")));
    assertThat(SentRequests.spelled(request.conditionExpression(), names)).isEqualTo(HELD);
    assertThat(request.expressionAttributeValues()).isEqualTo(heldValues());
    assertThat(request.returnValues()).isNull();
    assertThat(request.returnValuesOnConditionCheckFailure())
        .isEqualTo(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    usesAll(request.conditionExpression(), names, heldValues());
    takesThatLong(request);
  }

  // Requests to release

  private static AttributeValue asked(boolean inSession) {
    Map<String, AttributeValue> parts = new HashMap<>();
    parts.put("id", s("r"));
    parts.put("askedBy", s("other"));
    parts.put("reason", s("why"));
    parts.put("deadline", n(3_000));
    parts.put("token", n(42));
    if (inSession) {
      parts.put("lock", s("k"));
    } else {
      parts.put("reserve", AttributeValue.fromBool(true));
    }
    return AttributeValue.fromM(parts);
  }

  private static final AskedRelease ASKED =
      new AskedRelease("r", "other", "why", Duration.ofSeconds(3), 42, true, null);

  @Test
  void ask_ofALock_isOfOneHold() {
    update(
        new LockWrite.Ask(KEY, "me", ASKED),
        "fencingToken = :token AND ownerName = :holder AND attribute_not_exists(isReleased)",
        "SET releaseRequest = :asked",
        Map.of(":token", n(42), ":holder", s("me"), ":asked", asked(false)),
        null);
  }

  @Test
  void ask_ofASession_appendsToAListThatIsNotTooLong() {
    update(
        new LockWrite.Ask(SESSION, "me", ASKED.inSession(KEY), 20),
        "ownerName = :holder AND attribute_not_exists(isReleased)"
            + " AND attribute_type(releaseRequest, :list) AND size(releaseRequest) < :most",
        "SET releaseRequest = list_append(releaseRequest, :asked)",
        Map.of(
            ":holder",
            s("me"),
            ":asked",
            AttributeValue.fromL(List.of(asked(true))),
            ":list",
            s("L"),
            ":most",
            n(20)),
        null);
  }

  @Test
  void withdraw_asSent_isOfOneRequest() {
    update(
        new LockWrite.Withdraw(KEY, "r"),
        "releaseRequest.id = :request",
        "SET releaseRequest = :nobody",
        Map.of(":request", s("r"), ":nobody", NOTHING),
        null);
  }

  @Test
  void mark_asSent_isOfOneVersion_andOnlyOnce() {
    SentBefore mark = new SentBefore("v1", 1_767_225_600_000L);
    String condition =
        "recordVersionNumber = :observed AND attribute_not_exists(isReleased)"
            + " AND attribute_type(ownerName, :string) AND attribute_type(leaseDuration, :string)";
    update(
        new LockWrite.Mark(KEY, mark, null),
        condition + " AND attribute_not_exists(sentBefore)",
        "SET sentBefore = :sentBefore",
        Map.of(":observed", s("v1"), ":string", s("S"), ":sentBefore", s("v1 1767225600000")),
        null);
    update(
        new LockWrite.Mark(KEY, mark, new SentBefore("v0", 5)),
        condition + " AND sentBefore = :known",
        "SET sentBefore = :sentBefore",
        Map.of(
            ":observed", s("v1"),
            ":string", s("S"),
            ":known", s("v0 0000000000005"),
            ":sentBefore", s("v1 1767225600000")),
        null);
  }

  // Reads

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_asSent_isAsConsistentAsAskedFor(boolean consistent) {
    assertThat(store.read(KEY, consistent, TIMEOUTS)).isCompleted();
    GetItemRequest request = sent.only(GetItemRequest.class);
    takesThatLong(request);
    assertThat(request)
        .isEqualTo(
            GetItemRequest.builder()
                .tableName("locks")
                .key(Map.of("key", s("k")))
                .consistentRead(consistent)
                .overrideConfiguration(request.overrideConfiguration().orElseThrow())
                .build());
  }

  @Test
  void read_inATableWithASortKey_namesBoth() {
    DynamoLockStore sorted =
        new DynamoLockStore(sent.calls(), "locks", "id", "part", Platforms.KEPT);
    assertThat(sorted.read(LockKey.of("a", "b"), true, TIMEOUTS)).isCompleted();
    assertThat(sent.only(GetItemRequest.class).key())
        .isEqualTo(Map.of("id", s("a"), "part", s("b")));
  }

  @Test
  void list_pageAfterPage_goesOnWhereTheLastOneEnded() throws Exception {
    Map<String, AttributeValue> last = Map.of("key", s("k9"));
    sent.answering(
        "scan",
        ScanResponse.builder()
            .items(List.of(Map.of("key", s("k9"))))
            .lastEvaluatedKey(last)
            .build());
    ItemPage first = store.list(null, TIMEOUTS).get();
    ScanRequest request = sent.only(ScanRequest.class);
    assertThat(request.tableName()).isEqualTo("locks");
    assertThat(request.hasExclusiveStartKey()).isFalse();
    assertThat(request.consistentRead()).isNull();
    assertThat(request.filterExpression()).isNull();
    assertThat(request.projectionExpression()).isNull();
    assertThat(request.limit()).isNull();
    takesThatLong(request);

    sent.answering("scan", ScanResponse.builder().build());
    ItemPage second = store.list(first.next(), TIMEOUTS).get();
    assertThat(sent.only(ScanRequest.class).exclusiveStartKey()).isEqualTo(last);
    assertThat(first.rows()).extracting(row -> row.key().partitionKey()).containsExactly("k9");
    assertThat(second.next()).isNull();
  }

  // Transactions

  private static LockWrite.Acquire acquire(String key, String version) {
    Grant grant =
        new Grant("me", Duration.ofSeconds(20), version, 7_000, null, UserAttributes.NONE);
    return new LockWrite.Acquire(LockKey.of(key), grant, false);
  }

  @Test
  void grantAll_asSent_hasTheRequestOfEachLock() {
    List<LockWrite> grants = List.of(acquire("a", "v1"), acquire("b", "v2"));
    assertThat(store.grantAll(grants, TIMEOUTS)).isCompleted();
    TransactWriteItemsRequest request = sent.only(TransactWriteItemsRequest.class);
    takesThatLong(request);
    assertThat(request.transactItems()).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(store.write(grants.get(i), TIMEOUTS)).isCompleted();
      UpdateItemRequest alone = sent.only(UpdateItemRequest.class);
      var update = request.transactItems().get(i).update();
      assertThat(update.tableName()).isEqualTo("locks");
      assertThat(update.key()).isEqualTo(alone.key());
      assertThat(update.updateExpression()).isEqualTo(alone.updateExpression());
      assertThat(update.conditionExpression()).isEqualTo(alone.conditionExpression());
      assertThat(update.expressionAttributeNames()).isEqualTo(alone.expressionAttributeNames());
      assertThat(update.expressionAttributeValues()).isEqualTo(alone.expressionAttributeValues());
      assertThat(update.returnValuesOnConditionCheckFailure())
          .isEqualTo(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    }
  }

  /** The SDK's own retry is to be answered as its first attempt was, and no other send. */
  @Test
  void grantAll_sentTwice_hasATokenOfItsOwnEachTime() {
    List<String> tokens = new ArrayList<>();
    for (String version : List.of("v1", "v3")) {
      assertThat(store.grantAll(List.of(acquire("a", version), acquire("b", "v2")), TIMEOUTS))
          .isCompleted();
      tokens.add(sent.only(TransactWriteItemsRequest.class).clientRequestToken());
    }
    assertThat(tokens).doesNotContainNull().doesNotHaveDuplicates();
  }

  @Test
  void readAll_asSent_isOneTransactionInTheOrderOfTheKeys() {
    assertThat(store.readAll(List.of(LockKey.of("b"), LockKey.of("a")), TIMEOUTS)).isCompleted();
    TransactGetItemsRequest request = sent.only(TransactGetItemsRequest.class);
    takesThatLong(request);
    assertThat(request.transactItems())
        .extracting(item -> item.get().tableName() + " " + item.get().key().get("key").s())
        .containsExactly("locks b", "locks a");
    assertThat(request.transactItems()).allMatch(item -> item.get().projectionExpression() == null);
  }
}
