package io.github.batonlock.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.support.LocalDynamo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.dynamodb.waiters.DynamoDbWaiter;

/** The table that the CloudFormation template describes, made as far as the engine can. */
class LockTableTemplateIT {
  private final LocalDynamo dynamo = LocalDynamo.shared();
  private final DynamoDbClient sdk = dynamo.sync();
  private final String table = dynamo.newTableName();
  private final JsonNode properties = LockTemplate.read().table();

  @BeforeEach
  void createTheTable() {
    sdk.createTable(creation());
    try (DynamoDbWaiter waiter = sdk.waiter()) {
      waiter.waitUntilTableExists(request -> request.tableName(table));
    }
    JsonNode expiry = properties.get("TimeToLiveSpecification");
    sdk.updateTimeToLive(
        request ->
            request
                .tableName(table)
                .timeToLiveSpecification(
                    t ->
                        t.attributeName(expiry.get("AttributeName").asText())
                            .enabled(expiry.get("Enabled").asBoolean())));
  }

  @AfterEach
  void letTheTableBeDeleted() {
    sdk.updateTable(request -> request.tableName(table).deletionProtectionEnabled(false));
  }

  private CreateTableRequest creation() {
    List<AttributeDefinition> attributes = new ArrayList<>();
    for (JsonNode attribute : properties.get("AttributeDefinitions")) {
      attributes.add(
          AttributeDefinition.builder()
              .attributeName(attribute.get("AttributeName").asText())
              .attributeType(attribute.get("AttributeType").asText())
              .build());
    }
    List<KeySchemaElement> keys = new ArrayList<>();
    for (JsonNode key : properties.get("KeySchema")) {
      keys.add(
          KeySchemaElement.builder()
              .attributeName(key.get("AttributeName").asText())
              .keyType(key.get("KeyType").asText())
              .build());
    }
    return CreateTableRequest.builder()
        .tableName(table)
        .billingMode(properties.get("BillingMode").asText())
        .attributeDefinitions(attributes)
        .keySchema(keys)
        .deletionProtectionEnabled(properties.get("DeletionProtectionEnabled").asBoolean())
        .build();
  }

  @Test
  void table_ofTheTemplate_isALockTable() throws Exception {
    assertThatCode(() -> LockTable.verify(sdk, table)).doesNotThrowAnyException();
    assertThatCode(() -> LockTable.verify(dynamo.async(), table)).doesNotThrowAnyException();

    try (LockClient client =
        LockClient.builder(sdk, table).releasedItemRetention(Duration.ofDays(1)).build()) {
      HeldLock lock = client.acquire("jobs/report");
      lock.close();
    }
    Map<String, AttributeValue> item =
        sdk.getItem(r -> r.tableName(table).key(Map.of("key", AttributeValue.fromS("jobs/report"))))
            .item();
    assertThat(item).containsKey(expiringAttribute());
  }

  /** What DynamoDB deletes by is the attribute that clients write. */
  private String expiringAttribute() {
    var expiry = sdk.describeTimeToLive(request -> request.tableName(table));
    assertThat(expiry.timeToLiveDescription().timeToLiveStatus())
        .isEqualTo(TimeToLiveStatus.ENABLED);
    return expiry.timeToLiveDescription().attributeName();
  }

  @Test
  void table_ofTheTemplate_isProtectedAndOfOneRegion() {
    var made = sdk.describeTable(request -> request.tableName(table)).table();
    assertThat(made.deletionProtectionEnabled()).isTrue();
    assertThat(made.replicas()).isEmpty();
    assertThat(properties.at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"))
        .hasToString("false");
  }
}
