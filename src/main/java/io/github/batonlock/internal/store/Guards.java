package io.github.batonlock.internal.store;

import io.github.batonlock.LockKey;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Conditions for users' own transactions: that the lock item still is that of a certain hold.
 *
 * <p>By owner and token, which stay the same while the hold lasts, not by version, which every
 * heartbeat changes. Every grant changes the token, and a write that wipes it fails the condition.
 *
 * @param tableName the lock table
 * @param codec its key attributes
 * @param ownerName the holder
 */
public record Guards(String tableName, ItemCodec codec, String ownerName) {

  /**
   * The condition for one hold.
   *
   * @param key the lock
   * @param fencingToken the token of the hold
   * @return a check of the lock item, and of nothing else
   */
  public TransactWriteItem of(LockKey key, long fencingToken) {
    Expression expression = new Expression();
    String condition =
        "%s = :token AND %s = :me AND attribute_not_exists(%s)"
            .formatted(
                expression.name(Attributes.FENCING_TOKEN),
                expression.name(Attributes.OWNER_NAME),
                expression.name(Attributes.IS_RELEASED));
    Map<String, AttributeValue> values =
        Map.of(
            ":token", AttributeValue.fromN(Long.toString(fencingToken)),
            ":me", AttributeValue.fromS(ownerName));
    return TransactWriteItem.builder()
        .conditionCheck(
            check ->
                check
                    .tableName(tableName)
                    .key(codec.keyOf(key))
                    .conditionExpression(condition)
                    .expressionAttributeNames(expression.names())
                    .expressionAttributeValues(values))
        .build();
  }
}
