package io.github.batonlock.spring.boot;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** A client of the SDK that answers as it is told, and remembers what it was asked. */
final class FakeDynamo {
  final List<String> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Supplier<?>> answers = new ConcurrentHashMap<>();

  FakeDynamo() {
    answer("describeTable", () -> lockTable("key"));
    answer("getItem", () -> GetItemResponse.builder().build());
  }

  FakeDynamo answer(String method, Supplier<?> answer) {
    answers.put(method, answer);
    return this;
  }

  static DescribeTableResponse lockTable(String partitionKey) {
    KeySchemaElement key =
        KeySchemaElement.builder().attributeName(partitionKey).keyType(KeyType.HASH).build();
    AttributeDefinition attribute =
        AttributeDefinition.builder()
            .attributeName(partitionKey)
            .attributeType(ScalarAttributeType.S)
            .build();
    return DescribeTableResponse.builder()
        .table(
            table ->
                table
                    .tableStatus(TableStatus.ACTIVE)
                    .keySchema(key)
                    .attributeDefinitions(attribute))
        .build();
  }

  static DynamoDbException missingTable() {
    return (DynamoDbException)
        ResourceNotFoundException.builder()
            .message("Requested resource not found")
            .statusCode(400)
            .awsErrorDetails(details("ResourceNotFoundException"))
            .build();
  }

  static DynamoDbException failure(int status, String code) {
    return (DynamoDbException)
        DynamoDbException.builder()
            .message(code)
            .statusCode(status)
            .awsErrorDetails(details(code))
            .build();
  }

  private static AwsErrorDetails details(String code) {
    return AwsErrorDetails.builder().errorCode(code).errorMessage(code).build();
  }

  DynamoDbClient sync() {
    return client(DynamoDbClient.class, false);
  }

  DynamoDbAsyncClient async() {
    return client(DynamoDbAsyncClient.class, true);
  }

  private <C> C client(Class<C> type, boolean isAsync) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  case "toString", "serviceName" -> "fake";
                  case "close" -> null;
                  default -> isAsync ? later(method.getName()) : now(method.getName());
                }));
  }

  private Object now(String method) {
    asked.add(method);
    Supplier<?> answer = answers.get(method);
    if (answer == null) {
      throw failure(400, "AccessDeniedException");
    }
    return answer.get();
  }

  private CompletableFuture<Object> later(String method) {
    try {
      return CompletableFuture.completedFuture(now(method));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
