package io.github.batonlock.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.Check.Grade;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.DescribeContinuousBackupsRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeContinuousBackupsResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ReplicaDescription;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** A doctor that finds planted faults, on a virtual clock. */
class DoctorTest {
  @RegisterExtension private final World world = new World();
  private final OperatorWorld ops = new OperatorWorld(world);
  private final World.Node a = world.node("a");
  private final StubSettings settings = new StubSettings();

  /** A table as DynamoDB describes it: healthy, unless a test says otherwise. */
  private static final class StubSettings {
    private final TableDescription.Builder table =
        TableDescription.builder()
            .tableName("locks")
            .tableStatus(TableStatus.ACTIVE)
            .deletionProtectionEnabled(true)
            .billingModeSummary(b -> b.billingMode(BillingMode.PAY_PER_REQUEST))
            .keySchema(
                KeySchemaElement.builder().attributeName("key").keyType(KeyType.HASH).build())
            .attributeDefinitions(
                AttributeDefinition.builder()
                    .attributeName("key")
                    .attributeType(ScalarAttributeType.S)
                    .build());
    private String ttlStatus = "ENABLED";
    private String ttlAttribute = "ttl";
    private String backups = "DISABLED";
    private String denied = "";

    DynamoDbClient client() {
      return (DynamoDbClient)
          Proxy.newProxyInstance(
              DynamoDbClient.class.getClassLoader(),
              new Class<?>[] {DynamoDbClient.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals(denied)) {
                  throw DynamoDbException.builder()
                      .awsErrorDetails(
                          AwsErrorDetails.builder().errorCode("AccessDeniedException").build())
                      .statusCode(400)
                      .build();
                }
                return answer(method.getName(), arguments[0]);
              });
    }

    /** Both forms of a call: with a request, and with what builds one. */
    private Object answer(String call, Object request) {
      boolean isKnown =
          request instanceof Consumer
              || request instanceof DescribeTableRequest
              || request instanceof DescribeTimeToLiveRequest
              || request instanceof DescribeContinuousBackupsRequest;
      assertThat(isKnown).as(call).isTrue();
      return switch (call) {
        case "describeTable" -> DescribeTableResponse.builder().table(table.build()).build();
        case "describeTimeToLive" ->
            DescribeTimeToLiveResponse.builder()
                .timeToLiveDescription(
                    t -> t.timeToLiveStatus(ttlStatus).attributeName(ttlAttribute))
                .build();
        case "describeContinuousBackups" ->
            DescribeContinuousBackupsResponse.builder()
                .continuousBackupsDescription(
                    c ->
                        c.pointInTimeRecoveryDescription(p -> p.pointInTimeRecoveryStatus(backups)))
                .build();
        default -> throw new UnsupportedOperationException(call);
      };
    }
  }

  private List<Check> examined() throws InterruptedException {
    Operator.Target target = new Operator.Target("locks", "key", null, "alice@ops");
    return new Doctor(ops.table, settings.client(), target)
        .examine(LockKey.of("baton.doctor/probe"), 20, Duration.ofSeconds(5));
  }

  private Check examined(String subject) throws InterruptedException {
    return examined().stream()
        .filter(check -> check.subject().equals(subject))
        .findFirst()
        .orElseThrow();
  }

  private void assertFound(String subject, Grade grade, String words) throws InterruptedException {
    Check check = examined(subject);
    assertThat(check.grade()).as(check.toString()).isEqualTo(grade);
    assertThat(check.found()).contains(words);
    assertThat(check.advice()).isNotEmpty();
  }

  @Test
  void healthyTable_examined_hasNoFaultAndIsLeftAsItWas() throws Exception {
    HeldLock held = a.acquired();
    var before = new HashMap<>(world.table.row(OperatorWorld.K));

    List<Check> checks = examined();

    assertThat(checks).allMatch(check -> check.grade() == Grade.GOOD, checks.toString());
    assertThat(checks)
        .extracting(Check::subject)
        .contains("keys", "billing", "regions", "ttl", "backups", "access", "reads", "writes")
        .contains("clock", "locks", "dead holders", "not locks", "frozen", "monthly bill");
    assertThat(world.table.keys()).containsExactly(OperatorWorld.K);
    assertThat(held.isHeld()).isTrue();
    assertThat(world.table.row(OperatorWorld.K)).isEqualTo(before);
  }

  // Settings

  @Test
  void wrongKeySchema_examined_isFoundAlone() throws Exception {
    settings.table.keySchema(
        KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build());

    assertFound("keys", Grade.WRONG, "'key' (S) is expected");
    assertThat(examined()).hasSize(1);
  }

  @Test
  void replicas_thatAreEventuallyConsistent_areFound() throws Exception {
    settings.table.replicas(ReplicaDescription.builder().regionName("eu-west-1").build());

    assertFound("keys", Grade.WRONG, "MREC");
  }

  @Test
  void replicas_thatAreStronglyConsistent_areNoted() throws Exception {
    settings
        .table
        .replicas(ReplicaDescription.builder().regionName("eu-west-1").build())
        .multiRegionConsistency("STRONG");

    assertFound("regions", Grade.NOTE, "MRSC");
  }

  @Test
  void ttl_thatIsMissing_isFound() throws Exception {
    settings.ttlStatus = "DISABLED";
    assertFound("ttl", Grade.NOTE, "is off");

    World.Node s = world.node("s", config -> config.leases = Leases.shared());
    HeldLock unused = s.acquired();
    assertFound("ttl", Grade.WRONG, "1 items of sessions");
  }

  @Test
  void ttl_onAnotherAttribute_isFound() throws Exception {
    settings.ttlAttribute = "expires";

    assertFound("ttl", Grade.WRONG, "'expires'");
  }

  @Test
  void ttl_besideForeignClients_isFound() throws Exception {
    putForeign("v");

    assertFound("ttl", Grade.WRONG, "another library");
  }

  private void putForeign(String version) {
    world.table.putRow(
        OperatorWorld.K,
        Map.of(
            "ownerName", AttributeValue.fromS("f"),
            "leaseDuration", AttributeValue.fromS("20000"),
            "recordVersionNumber", AttributeValue.fromS(version)));
  }

  @Test
  void settings_thatCostOrEndanger_areNoted() throws Exception {
    settings
        .table
        .deletionProtectionEnabled(false)
        .billingModeSummary(b -> b.billingMode(BillingMode.PROVISIONED))
        .provisionedThroughput(p -> p.readCapacityUnits(3L).writeCapacityUnits(4L));
    settings.backups = "ENABLED";

    assertFound("billing", Grade.NOTE, "3 reads and 4 writes");
    assertFound("protection", Grade.NOTE, "is off");
    assertFound("backups", Grade.NOTE, "is on");
  }

  @ParameterizedTest
  @CsvSource({
    "describeTable, keys, dynamodb:DescribeTable",
    "describeTimeToLive, ttl, dynamodb:DescribeTimeToLive",
    "describeContinuousBackups, backups, dynamodb:DescribeContinuousBackups"
  })
  void setting_thatMayNotBeRead_isUnknown(String call, String subject, String permission)
      throws Exception {
    settings.denied = call;

    Check check = examined(subject);

    assertThat(check.grade()).isEqualTo(Grade.UNKNOWN);
    assertThat(check.advice()).contains(permission);
  }

  // Permissions, speed, clock

  @ParameterizedTest
  @CsvSource({
    "look, dynamodb:GetItem, WRONG",
    "mark, dynamodb:UpdateItem, WRONG",
    "delete, dynamodb:DeleteItem, NOTE",
    "list, dynamodb:Scan, NOTE"
  })
  void permission_thatIsMissing_isFound(String operation, String action, Grade grade)
      throws Exception {
    ops.store.fail(operation, Fault.ACCESS_DENIED);

    Check check =
        examined().stream()
            .filter(each -> each.found().equals(action + " is denied"))
            .findFirst()
            .orElseThrow();

    assertThat(check.grade()).isEqualTo(grade);
    assertThat(check.advice()).isNotEmpty();
  }

  @Test
  void table_thatIsSlow_isFound() throws Exception {
    ops.store.latency(Duration.ofMillis(300));
    assertFound("writes", Grade.NOTE, "p50 600 ms, p99 600 ms");

    ops.store.latency(Duration.ofMillis(600));
    assertFound("writes", Grade.WRONG, "p50 1200 ms");
    assertFound("reads", Grade.WRONG, "of 1000 ms that one try of a heartbeat has");
  }

  @Test
  void clock_thatIsOff_isFound() throws Exception {
    ops.machine.stepWallClock(Duration.ofSeconds(90));
    assertFound("clock", Grade.WRONG, "1 minute 29 seconds ahead of");

    ops.machine.stepWallClock(Duration.ofMinutes(-3));
    assertFound("clock", Grade.WRONG, "behind");
  }

  // Items

  @Test
  void holder_thatIsDead_isFound() throws Exception {
    HeldLock unused = a.acquired();
    world.seconds(6);
    a.machine.crash();
    world.seconds(40);

    assertFound("dead holders", Grade.WRONG, "1: k (a)");
  }

  @Test
  void rows_thatAreNoLocks_areFound() throws Exception {
    world.table.putRow(LockKey.of("orders/7"), Map.of("price", AttributeValue.fromN("3")));

    assertFound("not locks", Grade.WRONG, "1: orders/7 (recordVersionNumber is missing)");
  }

  @Test
  void lock_thatIsFrozen_isFound() throws Exception {
    var unused = ops.freeze(Duration.ofHours(1));

    assertFound("frozen", Grade.NOTE, "1: k (by alice@ops: migration)");
  }

  // The bill

  @Test
  void bill_ofOneHeldLock_isThatOfTheDocumentation() throws Exception {
    HeldLock held = a.acquired();

    MonthlyBill bill = MonthlyBill.of(ops.reader.list(""));

    assertThat(page())
        .contains(String.format(Locale.ROOT, "%,.0f writes", bill.writes()))
        .contains(String.format(Locale.ROOT, "= **%.2f USD**", bill.dollars()))
        .contains(
            String.format(Locale.ROOT, "%s USD per million write", MonthlyBill.WRITES_PRICE),
            String.format(Locale.ROOT, "%s USD per million", MonthlyBill.READS_PRICE));
    CompletableFuture<Void> unused = held.closeAsync();
    world.seconds(1);
    assertThat(MonthlyBill.of(ops.reader.list("")).dollars()).isZero();
  }

  @Test
  void bill_ofAThousandLocksOfASession_isThatOfTheDocumentation() throws Exception {
    World.Node s = world.node("s", config -> config.leases = Leases.shared());
    for (int i = 0; i < 1_000; i++) {
      String key = "k" + i;
      HeldLock unused = s.acquired(r -> r.key(key));
    }

    MonthlyBill bill = MonthlyBill.of(ops.reader.list(""));

    assertThat(page())
        .contains(String.format(Locale.ROOT, "%,.0f units", bill.reads()))
        .contains(String.format(Locale.ROOT, "= **%.2f USD**", bill.dollars()));
    assertThat(bill.writes()).isCloseTo(518_400, within(1.0));
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("docs/iam-and-cost.md")).replaceAll("\\s+", " ");
  }
}
