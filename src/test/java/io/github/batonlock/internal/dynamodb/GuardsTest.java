package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.Guards;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;

class GuardsTest {

  @Test
  void guard_ofAHold_checksOwnerTokenAndReleaseAndNotTheVersion() {
    Guards guards = new LockGuards("locks", new ItemCodec("id", "part"), "me");

    ConditionCheck check = guards.of(LockKey.of("a", "b"), 42).conditionCheck();

    assertThat(check.tableName()).isEqualTo("locks");
    assertThat(check.key())
        .isEqualTo(Map.of("id", AttributeValue.fromS("a"), "part", AttributeValue.fromS("b")));
    assertThat(check.conditionExpression())
        .isEqualTo("#n0 = :token AND #n1 = :me AND attribute_not_exists(#n2)");
    assertThat(check.expressionAttributeNames())
        .isEqualTo(Map.of("#n0", "fencingToken", "#n1", "ownerName", "#n2", "isReleased"));
    assertThat(check.expressionAttributeValues())
        .isEqualTo(Map.of(":token", AttributeValue.fromN("42"), ":me", AttributeValue.fromS("me")));
  }
}
