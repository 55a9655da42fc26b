package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.Guards;
import io.github.batonlock.internal.store.LockAttributes;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Conditions for users' own transactions: that the lock item is still that of a certain hold.
 *
 * <p>A condition compares owner and token, which stay the same while the hold lasts, not the
 * version, which every heartbeat changes. Every grant changes the token, and the condition fails
 * after a write that removes it.
 *
 * @param tableName the lock table
 * @param codec its key attributes
 * @param ownerName the holder
 */
public record LockGuards(String tableName, ItemCodec codec, String ownerName) implements Guards {

  @Override
  public TransactWriteItem of(LockKey key, long fencingToken) {
    Expression expression = new Expression();
    String condition =
        "%s = :token AND %s = :me AND attribute_not_exists(%s)"
            .formatted(
                expression.name(LockAttributes.FENCING_TOKEN),
                expression.name(LockAttributes.OWNER_NAME),
                expression.name(LockAttributes.IS_RELEASED));
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
