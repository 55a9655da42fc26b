package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.support.LocalDynamo;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

/** The doctor in this process, on tables of its own. */
class DoctorIT {
  private static final DynamoDbClient DYNAMO = LocalDynamo.shared().sync();

  private final String table = LocalDynamo.shared().newTable();
  private final ToolFixture tool = new ToolFixture().with(DYNAMO);

  private int doctor(String name, String... more) {
    String[] line = new String[more.length + 5];
    System.arraycopy(more, 0, line, 5, more.length);
    System.arraycopy(new String[] {"doctor", "--table", name, "--samples", "10"}, 0, line, 0, 5);
    return tool.run(line);
  }

  /** A client whose credentials lack the permission for one call. */
  private static DynamoDbClient denying(String call) {
    return (DynamoDbClient)
        Proxy.newProxyInstance(
            DynamoDbClient.class.getClassLoader(),
            new Class<?>[] {DynamoDbClient.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals(call)) {
                throw DynamoDbException.builder()
                    .awsErrorDetails(
                        AwsErrorDetails.builder()
                            .errorCode("AccessDeniedException")
                            .errorMessage("not authorized")
                            .build())
                    .statusCode(400)
                    .build();
              }
              try {
                return method.invoke(DYNAMO, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void healthyTable_examined_endsWithZeroAndIsEmptyStill() {
    assertThat(doctor(table)).as(tool.out()).isZero();
    assertThat(tool.out())
        .contains("nothing is wrong with table '" + table + "'")
        .containsPattern("good +keys +partition key 'key' \\(S\\), no sort key")
        .containsPattern("good +access +dynamodb:UpdateItem")
        .containsPattern("good +reads +p50 \\d+ ms, p99 \\d+ ms")
        .containsPattern("good +clock")
        .containsPattern("good +monthly bill +0.00 USD");
    assertThat(DYNAMO.scan(r -> r.tableName(table)).count()).isZero();
  }

  @Test
  void healthyTable_withASortKey_endsWithZero() {
    String sorted = LocalDynamo.shared().newTable("pk", "sk");

    assertThat(doctor(sorted, "--partition-key-name", "pk", "--sort-key-name", "sk"))
        .as(tool.out())
        .isZero();
  }

  @Test
  void wrongKeySchema_examined_endsWithOne() {
    String foreign = LocalDynamo.shared().newForeignTable("id", "N", null);

    assertThat(doctor(foreign)).isEqualTo(1);
    assertThat(tool.out())
        .containsPattern("wrong +keys +.*'id' \\(N\\)")
        .contains("1 thing is wrong");
  }

  @Test
  void ttl_onAnotherAttribute_endsWithOne() {
    DYNAMO.updateTimeToLive(
        r ->
            r.tableName(table)
                .timeToLiveSpecification(t -> t.enabled(true).attributeName("expires")));

    assertThat(doctor(table)).isEqualTo(1);
    assertThat(tool.out()).containsPattern("wrong +ttl +is on for the attribute 'expires'");
  }

  @Test
  void rowsAndPermissions_thatAreWrong_areTold() {
    DYNAMO.putItem(r -> r.tableName(table).item(Map.of("key", AttributeValue.fromS("a\nrow"))));
    tool.with(denying("updateItem"));

    assertThat(doctor(table)).isEqualTo(1);
    assertThat(tool.out())
        .contains("dynamodb:UpdateItem is denied", "a\\u000arow", "2 things are wrong");
  }

  @Test
  void result_asJson_isOneObjectForEachCheck() {
    assertThat(doctor(table, "--output", "json")).isZero();
    assertThat(tool.out().lines())
        .allMatch(line -> line.startsWith("{\"grade\":\"") && line.endsWith("}"))
        .anyMatch(line -> line.contains("\"subject\":\"ttl\""));
  }

  @Test
  void table_thatIsMissing_isUnreachable() {
    assertThat(doctor("no-such-table")).isEqualTo(69);
    assertThat(tool.err()).contains("no-such-table");
  }
}
