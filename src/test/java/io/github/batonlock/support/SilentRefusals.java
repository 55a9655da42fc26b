package io.github.batonlock.support;

import java.util.List;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Makes of an engine one that never sends the item with a failed condition, as engines did before
 * 2023 and others do today: what asks for it is taken out of each request.
 */
public final class SilentRefusals implements ExecutionInterceptor {
  private static final ReturnValuesOnConditionCheckFailure NONE =
      ReturnValuesOnConditionCheckFailure.NONE;

  @Override
  public SdkRequest modifyRequest(
      Context.ModifyRequest context, ExecutionAttributes executionAttributes) {
    SdkRequest request = context.request();
    if (request instanceof UpdateItemRequest update) {
      return update.toBuilder().returnValuesOnConditionCheckFailure(NONE).build();
    } else if (request instanceof DeleteItemRequest delete) {
      return delete.toBuilder().returnValuesOnConditionCheckFailure(NONE).build();
    } else if (request instanceof TransactWriteItemsRequest transaction) {
      List<TransactWriteItem> silent =
          transaction.transactItems().stream().map(SilentRefusals::silent).toList();
      return transaction.toBuilder().transactItems(silent).build();
    }
    return request;
  }

  private static TransactWriteItem silent(TransactWriteItem item) {
    return TransactWriteItem.builder()
        .update(item.update().toBuilder().returnValuesOnConditionCheckFailure(NONE).build())
        .build();
  }
}
