package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockWrite;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The protocol's writes as requests to DynamoDB (section 3).
 *
 * <p>Grants ask for the whole new item, which costs no capacity: the table decides the token, and
 * data and the user's attributes may be another holder's. Heartbeats ask only for the attributes
 * that they set, not for the item, because its data may be large.
 */
final class WriteRequests {
  private final String tableName;
  private final ItemCodec codec;
  private final WriteTexts texts;

  /**
   * Creates the requests for one table.
   *
   * @param tableName the table
   * @param codec its key attributes
   * @param cachedTexts how many characters of expressions are kept
   */
  WriteRequests(String tableName, ItemCodec codec, int cachedTexts) {
    this.tableName = tableName;
    this.codec = codec;
    this.texts = new WriteTexts(codec.partitionKeyName(), cachedTexts);
  }

  /** The request for any write but a delete. */
  UpdateItemRequest update(LockWrite write, AwsRequestOverrideConfiguration override) {
    WriteTexts.Texts text = texts.of(write);
    return UpdateItemRequest.builder()
        .tableName(tableName)
        .key(codec.keyOf(write.key()))
        .updateExpression(text.update())
        .conditionExpression(text.condition())
        .expressionAttributeNames(text.names())
        .expressionAttributeValues(WriteValues.of(write))
        .returnValues(returned(write))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .overrideConfiguration(override)
        .build();
  }

  private static @Nullable ReturnValue returned(LockWrite write) {
    if (write instanceof LockWrite.Heartbeat beat && beat.asks()) {
      return ReturnValue.UPDATED_NEW;
    }
    boolean all =
        write.isGrant()
            || (write instanceof LockWrite.Heartbeat beat && SessionKey.isSession(beat.key()));
    return all ? ReturnValue.ALL_NEW : null;
  }

  /**
   * A grant as a part of a transaction. It is the same as alone, but the answer does not contain
   * the new item.
   */
  TransactWriteItem inTransaction(LockWrite grant) {
    WriteTexts.Texts text = texts.of(grant);
    Update update =
        Update.builder()
            .tableName(tableName)
            .key(codec.keyOf(grant.key()))
            .updateExpression(text.update())
            .conditionExpression(text.condition())
            .expressionAttributeNames(text.names())
            .expressionAttributeValues(WriteValues.of(grant))
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .build();
    return TransactWriteItem.builder().update(update).build();
  }

  DeleteItemRequest delete(LockWrite.Delete write, AwsRequestOverrideConfiguration override) {
    WriteTexts.Texts text = texts.of(write);
    return DeleteItemRequest.builder()
        .tableName(tableName)
        .key(codec.keyOf(write.key()))
        .conditionExpression(text.condition())
        .expressionAttributeNames(text.names())
        .expressionAttributeValues(WriteValues.of(write))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .overrideConfiguration(override)
        .build();
  }
}
