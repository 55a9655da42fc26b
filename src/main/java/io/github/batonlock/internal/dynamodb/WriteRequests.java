package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.store.LockWrite;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** The protocol's writes as requests to DynamoDB (section 3). */
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
    this.texts = new WriteTexts(cachedTexts);
  }

  /** The request for any write but a delete. */
  UpdateItemRequest update(LockWrite write, AwsRequestOverrideConfiguration override) {
    RenderedWrite rendered = RenderedWrite.of(write, codec.partitionKeyName());
    WriteTexts.Texts text = texts.of(rendered);
    return UpdateItemRequest.builder()
        .tableName(tableName)
        .key(codec.keyOf(write.key()))
        .updateExpression(text.update())
        .conditionExpression(text.condition())
        .expressionAttributeNames(text.names())
        .expressionAttributeValues(rendered.values())
        .returnValues(returned(write))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .overrideConfiguration(override)
        .build();
  }

  private static @Nullable ReturnValue returned(LockWrite write) {
    return switch (write.returned()) {
      case NOTHING -> null;
      case CHANGES -> ReturnValue.UPDATED_NEW;
      case ITEM -> ReturnValue.ALL_NEW;
    };
  }

  /**
   * A grant as a part of a transaction. It is the same as alone, but the answer does not contain
   * the new item.
   */
  TransactWriteItem inTransaction(LockWrite grant) {
    RenderedWrite rendered = RenderedWrite.of(grant, codec.partitionKeyName());
    WriteTexts.Texts text = texts.of(rendered);
    Update update =
        Update.builder()
            .tableName(tableName)
            .key(codec.keyOf(grant.key()))
            .updateExpression(text.update())
            .conditionExpression(text.condition())
            .expressionAttributeNames(text.names())
            .expressionAttributeValues(rendered.values())
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .build();
    return TransactWriteItem.builder().update(update).build();
  }

  DeleteItemRequest delete(LockWrite.Delete write, AwsRequestOverrideConfiguration override) {
    RenderedWrite rendered = RenderedWrite.of(write, codec.partitionKeyName());
    WriteTexts.Texts text = texts.of(rendered);
    return DeleteItemRequest.builder()
        .tableName(tableName)
        .key(codec.keyOf(write.key()))
        .conditionExpression(text.condition())
        .expressionAttributeNames(text.names())
        .expressionAttributeValues(rendered.values())
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .overrideConfiguration(override)
        .build();
  }
}
