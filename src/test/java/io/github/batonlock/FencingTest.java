package io.github.batonlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.AttributeValueUpdate;
import software.amazon.awssdk.services.dynamodb.model.ConditionalOperator;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ExpectedAttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

class FencingTest {
  private static final String FENCED =
      "attribute_not_exists(#batonFence) OR #batonFence <= :batonFence";
  private static final Map<String, AttributeValue> KEY = Map.of("id", AttributeValue.fromS("a"));
  private static final AttributeValue SEVEN = AttributeValue.fromN("7");

  private final Fencing fencing = Fencing.by(7, "fence");

  @Test
  void put_withoutCondition_getsTheFenceAndItsCondition() {
    PutItemRequest stamped = fencing.stamp(PutItemRequest.builder().item(KEY).build());

    assertThat(stamped.item()).isEqualTo(Map.of("id", AttributeValue.fromS("a"), "fence", SEVEN));
    assertThat(stamped.conditionExpression()).isEqualTo(FENCED);
    assertThat(stamped.expressionAttributeNames()).isEqualTo(Map.of("#batonFence", "fence"));
    assertThat(stamped.expressionAttributeValues()).isEqualTo(Map.of(":batonFence", SEVEN));
  }

  @Test
  void tokenAlone_isStampedIntoTheDefaultAttribute() {
    PutItemRequest stamped = Fencing.by(7).stamp(PutItemRequest.builder().item(KEY).build());

    assertThat(stamped.item()).containsEntry(Fencing.DEFAULT_ATTRIBUTE, SEVEN);
  }

  @Test
  void putOfTransaction_withCondition_keepsItInParentheses() {
    Put stamped = fencing.stamp(Put.builder().item(KEY).conditionExpression("a OR b").build());

    assertThat(stamped.item()).containsEntry("fence", SEVEN);
    assertThat(stamped.conditionExpression()).isEqualTo("(a OR b) AND (" + FENCED + ")");
  }

  @Test
  void put_ofAnItemReadBefore_replacesItsFence() {
    Map<String, AttributeValue> read = Map.of("fence", AttributeValue.fromN("3"));

    assertThat(fencing.stamp(PutItemRequest.builder().item(read).build()).item())
        .containsEntry("fence", SEVEN);
  }

  @Test
  void put_whoseFenceIsSomethingElse_isRefused() {
    Map<String, AttributeValue> item = Map.of("fence", AttributeValue.fromS("wooden"));

    assertThatThrownBy(() -> fencing.stamp(PutItemRequest.builder().item(item).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'fence'")
        .hasMessageContaining("another attribute");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SET a = :a            | SET #batonFence = :batonFence, a = :a",
        "set a = :a            | SET #batonFence = :batonFence, a = :a",
        "SET#a = :a            | SET #batonFence = :batonFence,#a = :a",
        "REMOVE a SET b = :b   | REMOVE a SET #batonFence = :batonFence, b = :b",
        "REMOVE a              | SET #batonFence = :batonFence REMOVE a",
        "ADD #set :set         | SET #batonFence = :batonFence ADD #set :set",
        "REMOVE m.set, sets    | SET #batonFence = :batonFence REMOVE m.set, sets",
        "REMOVE reset, set_a  | SET #batonFence = :batonFence REMOVE reset, set_a",
        "ADD x :y SET z = :set | ADD x :y SET #batonFence = :batonFence, z = :set",
      })
  void update_ofAnyClauses_setsTheFenceInTheSameSet(String before, String after) {
    UpdateItemRequest request = UpdateItemRequest.builder().updateExpression(before).build();
    Update update = Update.builder().updateExpression(before).build();

    assertThat(fencing.stamp(request).updateExpression()).isEqualTo(after);
    assertThat(fencing.stamp(update).updateExpression()).isEqualTo(after);
    assertThat(fencing.stamp(update).conditionExpression()).isEqualTo(FENCED);
  }

  @Test
  void update_withoutExpression_setsTheFenceOnly() {
    UpdateItemRequest stamped = fencing.stamp(UpdateItemRequest.builder().key(KEY).build());

    assertThat(stamped.updateExpression()).isEqualTo("SET #batonFence = :batonFence");
    assertThat(stamped.conditionExpression()).isEqualTo(FENCED);
  }

  @Test
  void delete_ofEitherKind_hasTheConditionOnly() {
    DeleteItemRequest request = DeleteItemRequest.builder().key(KEY).build();
    Delete delete = Delete.builder().key(KEY).conditionExpression("a").build();

    assertThat(fencing.stamp(request).conditionExpression()).isEqualTo(FENCED);
    assertThat(fencing.stamp(delete).conditionExpression()).isEqualTo("(a) AND (" + FENCED + ")");
    assertThat(fencing.stamp(delete).key()).isEqualTo(KEY);
  }

  @Test
  void placeholders_inUseAlready_areAvoided() {
    PutItemRequest request =
        PutItemRequest.builder()
            .item(KEY)
            .expressionAttributeNames(Map.of("#batonFence", "mine"))
            .expressionAttributeValues(Map.of(":batonFence2", SEVEN))
            .build();

    PutItemRequest stamped = fencing.stamp(request);

    assertThat(stamped.conditionExpression())
        .isEqualTo("attribute_not_exists(#batonFence3) OR #batonFence3 <= :batonFence3");
    assertThat(stamped.expressionAttributeNames())
        .isEqualTo(Map.of("#batonFence", "mine", "#batonFence3", "fence"));
    assertThat(stamped.expressionAttributeValues())
        .containsOnlyKeys(":batonFence2", ":batonFence3");
  }

  @Test
  void write_underTwoLocks_carriesBothFences() {
    UpdateItemRequest request =
        UpdateItemRequest.builder().key(KEY).updateExpression("SET a = :a").build();

    UpdateItemRequest stamped = Fencing.by(9, "other").stamp(fencing.stamp(request));

    assertThat(stamped.updateExpression())
        .isEqualTo("SET #batonFence2 = :batonFence2, #batonFence = :batonFence, a = :a");
    assertThat(stamped.expressionAttributeNames())
        .isEqualTo(Map.of("#batonFence", "fence", "#batonFence2", "other"));
  }

  @Test
  void request_asItWas_isNotChangedAndKeepsItsOptions() {
    UpdateItemRequest request =
        UpdateItemRequest.builder()
            .tableName("t")
            .key(KEY)
            .updateExpression("REMOVE a")
            .returnValues(ReturnValue.ALL_NEW)
            .build();

    UpdateItemRequest stamped = fencing.stamp(request);

    assertThat(request.updateExpression()).isEqualTo("REMOVE a");
    assertThat(request.hasExpressionAttributeNames()).isFalse();
    assertThat(stamped.tableName()).isEqualTo("t");
    assertThat(stamped.returnValues()).isEqualTo(ReturnValue.ALL_NEW);
  }

  @Test
  void parametersFromBeforeExpressions_areRefused() {
    assertThatThrownBy(
            () ->
                fencing.stamp(
                    UpdateItemRequest.builder()
                        .attributeUpdates(Map.of("a", AttributeValueUpdate.builder().build()))
                        .build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write it with expressions");
    assertThatThrownBy(
            () ->
                fencing.stamp(
                    PutItemRequest.builder()
                        .expected(Map.of("a", ExpectedAttributeValue.builder().build()))
                        .build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                fencing.stamp(
                    DeleteItemRequest.builder()
                        .conditionalOperator(ConditionalOperator.AND)
                        .build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fence_thatIsAKey_isRefused() {
    Fencing wrong = Fencing.by(7, "id");

    assertThatThrownBy(() -> wrong.stamp(DeleteItemRequest.builder().key(KEY).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'id' is a key");
    assertThatThrownBy(() -> wrong.stamp(Update.builder().key(KEY).build()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void token_thatIsNegative_isRefused(long token) {
    assertThatThrownBy(() -> Fencing.by(token, "fence"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Long.toString(token));
  }

  @Test
  void attribute_withoutName_isRefused() {
    assertThatThrownBy(() -> Fencing.by(1, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name");
  }
}
