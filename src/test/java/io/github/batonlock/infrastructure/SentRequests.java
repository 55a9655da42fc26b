package io.github.batonlock.infrastructure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The requests of an SDK client to one table, as IAM judges them: the parts of a transaction one by
 * one, each with the action that allows it.
 */
final class SentRequests implements ExecutionInterceptor {
  /**
   * One request.
   *
   * @param action its action, without the name of the service
   * @param key the partition key of its item; null if it is not for one item
   */
  record Sent(String action, @Nullable String key) {}

  private final String table;
  private final Set<Sent> sent = ConcurrentHashMap.newKeySet();

  SentRequests(String table) {
    this.table = table;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    parts(context.request()).forEach(sent::add);
  }

  Set<Sent> all() {
    return Set.copyOf(sent);
  }

  Set<String> actions() {
    return sent.stream().map(Sent::action).collect(Collectors.toSet());
  }

  private Stream<Sent> parts(SdkRequest request) {
    if (request instanceof UpdateItemRequest update) {
      return item("UpdateItem", update.tableName(), update.key());
    } else if (request instanceof GetItemRequest get) {
      return item("GetItem", get.tableName(), get.key());
    } else if (request instanceof DeleteItemRequest delete) {
      return item("DeleteItem", delete.tableName(), delete.key());
    } else if (request instanceof TransactGetItemsRequest reads) {
      return reads.transactItems().stream()
          .flatMap(read -> item("GetItem", read.get().tableName(), read.get().key()));
    } else if (request instanceof TransactWriteItemsRequest writes) {
      return writes.transactItems().stream().flatMap(this::part);
    }
    return forTheTable(request);
  }

  private Stream<Sent> part(TransactWriteItem write) {
    if (write.update() != null) {
      return item("UpdateItem", write.update().tableName(), write.update().key());
    } else if (write.conditionCheck() != null) {
      var check = write.conditionCheck();
      return item("ConditionCheckItem", check.tableName(), check.key());
    } else if (write.put() != null) {
      return item("PutItem", write.put().tableName(), write.put().item());
    }
    throw new AssertionError("Which action allows this? " + write);
  }

  private Stream<Sent> item(String action, String ofTable, Map<String, AttributeValue> key) {
    return ofTable.equals(table) ? Stream.of(new Sent(action, key.get("key").s())) : Stream.empty();
  }

  private static Stream<Sent> forTheTable(SdkRequest request) {
    List<Class<?>> known =
        List.of(ScanRequest.class, DescribeTableRequest.class, CreateTableRequest.class);
    if (!known.contains(request.getClass())) {
      throw new AssertionError("Which action allows this? " + request);
    }
    return Stream.of(
        new Sent(request.getClass().getSimpleName().replaceFirst("Request$", ""), null));
  }
}
