package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LocalDynamo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The commands for locks, in this process, on a table of their own. */
class OperatorCommandsIT {
  private static final DynamoDbClient DYNAMO = LocalDynamo.shared().sync();

  private final String table = LocalDynamo.shared().newTable();
  private final LockClient client =
      LockClient.builder(DYNAMO, table)
          .ownerName("worker-1")
          .leaseDuration(Duration.ofSeconds(2))
          .build();

  @AfterEach
  void close() {
    client.close();
  }

  /** What a command has printed, and how it has ended. */
  private record Run(int code, String out, String err) {}

  private Run baton(String... arguments) {
    return on(table, arguments);
  }

  private static Run on(String table, String... arguments) {
    ToolFixture tool =
        new ToolFixture().with(DYNAMO).with("BATON_TABLE", table).with("USER", "alice");
    int code = tool.run(arguments);
    return new Run(code, tool.out(), tool.err());
  }

  private static Map<String, String> json(String line) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken().isScalarValue()) {
          fields.putIfAbsent(parser.currentName(), parser.getText());
        }
      }
      assertThat(parser.currentToken()).isNotEqualTo(JsonToken.NOT_AVAILABLE);
    }
    return fields;
  }

  private Map<String, AttributeValue> row(String key) {
    return DYNAMO
        .getItem(r -> r.tableName(table).key(Map.of("key", AttributeValue.fromS(key))))
        .item();
  }

  private void putForeign(String key) {
    DYNAMO.putItem(
        r ->
            r.tableName(table)
                .item(
                    Map.of("key", AttributeValue.fromS(key), "price", AttributeValue.fromN("3"))));
  }

  // Looking

  @Test
  void list_ofATable_showsWhoHoldsWhat() throws Exception {
    HeldLock held = client.acquire("reports/2026");
    client.acquire("reports/2025").close();
    HeldLock shared =
        client.acquire(LockRequest.builder().key("shared").leases(Leases.shared()).build());
    putForeign("orders");

    Run all = baton("list");

    assertThat(all.code()).isZero();
    List<String> lines = all.out().lines().toList();
    assertThat(lines.get(0)).matches("KEY +STATE +HOLDER +TOKEN +LEASE +RENEWED +NOTE");
    assertThat(lines).hasSize(5);
    assertThat(lines.get(1)).matches("orders +not a lock +recordVersionNumber is missing");
    assertThat(lines.get(2)).matches("reports/2025 +free +worker-1 +\\d+");
    assertThat(lines.get(3))
        .matches(
            "reports/2026 +held +worker-1 +"
                + held.fencingToken()
                + " +2 seconds +\\d+ (milli)?seconds? ago");
    assertThat(lines.get(4)).contains("by a session");
    int column = lines.get(0).indexOf("STATE");
    assertThat(lines.get(3).indexOf("held")).isEqualTo(column);
    assertThat(baton("list", "reports/").out().lines()).hasSize(3);
    assertThat(baton("list", "--sessions").out()).contains("baton.session/");
    shared.close();
    held.close();
  }

  @Test
  void list_asJson_isOneObjectALine() throws Exception {
    HeldLock held = client.acquire("line\nbreak");
    Run run = baton("list", "--output", "json");

    assertThat(run.out().lines()).hasSize(1);
    Map<String, String> fields = json(run.out());
    assertThat(fields)
        .containsEntry("key", "line\nbreak")
        .containsEntry("state", "HELD")
        .containsEntry("holder", "worker-1")
        .containsEntry("token", Long.toString(held.fencingToken()))
        .containsEntry("leaseMillis", "2000");
    held.close();
  }

  @Test
  void list_ofKeysWithControlCharacters_printsTheirCodes() throws Exception {
    client.acquire("a\u001b[31mb\nc").close();

    Run run = baton("list");

    assertThat(run.out()).contains("a\\u001b[31mb\\u000ac").doesNotContain("\u001b");
  }

  @Test
  void list_ofAnEmptyTable_saysSo() {
    Run run = baton("list");

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("has no locks");
  }

  @Test
  void commands_onATableThatIsNoLockTable_sayWhatIsWrong() {
    String foreign = LocalDynamo.shared().newForeignTable("id", "N", null);

    for (String[] command :
        List.of(
            new String[] {"list"},
            new String[] {"show", "k"},
            new String[] {"ask", "k", "--reason", "r"},
            new String[] {"break", "k", "--token", "1", "--reason", "r", "--yes"},
            new String[] {"freeze", "k", "--reason", "r", "--yes"},
            new String[] {"thaw", "k", "--yes"})) {
      Run run = on(foreign, command);
      assertThat(run.code()).as(Arrays.toString(command)).isEqualTo(69);
      assertThat(run.err()).contains(foreign).doesNotContain("\tat ");
    }
    assertThat(DYNAMO.scan(r -> r.tableName(foreign)).count()).isZero();
  }

  @Test
  void commands_onATableThatIsMissing_sayWhichOne() {
    Run run = on("no-such-table", "show", "k");

    assertThat(run.code()).isEqualTo(69);
    assertThat(run.err()).contains("no-such-table");
  }

  @Test
  void show_ofALivingHolder_saysSoAfterAHeartbeat() throws Exception {
    HeldLock held = client.acquire("k");

    Run look = baton("show", "k");
    Run live = baton("show", "k", "--live");

    assertThat(look.out())
        .contains("state        held: one look cannot tell", "holder       worker-1")
        .contains("token        " + held.fencingToken());
    assertThat(live.out()).contains("liveness     alive");
    assertThat(json(baton("show", "k", "--live", "--output", "json").out()))
        .containsEntry("liveness", "ALIVE");
    held.close();
  }

  @Test
  void show_ofADeadHolder_saysSoAfterALease() {
    DYNAMO.putItem(
        r ->
            r.tableName(table)
                .item(
                    Map.of(
                        "key", AttributeValue.fromS("k"),
                        "ownerName", AttributeValue.fromS("gone"),
                        "leaseDuration", AttributeValue.fromS("300"),
                        "recordVersionNumber", AttributeValue.fromS("v"))));

    assertThat(baton("show", "k", "--live").out()).contains("liveness     dead");
  }

  /** The way of docs/operating.md, from the doctor to the break. */
  @Test
  void deadLock_foundByTheDoctor_isShownAndFreed() throws Exception {
    String version = "1700000000000-AAAAAAAAAAAAAAAAAAAAAA";
    DYNAMO.putItem(
        r ->
            r.tableName(table)
                .item(
                    Map.of(
                        "key", AttributeValue.fromS("nightly-report"),
                        "ownerName", AttributeValue.fromS("worker-7"),
                        "leaseDuration", AttributeValue.fromS("20000"),
                        "fencingToken", AttributeValue.fromN("12"),
                        "recordVersionNumber", AttributeValue.fromS(version),
                        "sentBefore", AttributeValue.fromS(version + " 1700000000500"))));

    Run doctor = baton("doctor", "--samples", "5");
    assertThat(doctor.code()).isEqualTo(1);
    assertThat(doctor.out())
        .containsPattern("wrong +dead holders +1: nightly-report \\(worker-7\\)");
    Run show = baton("show", "nightly-report", "--live");
    assertThat(show.out()).contains("state        dead", "token        12", "liveness     dead");
    Run broken = baton("break", "nightly-report", "--token", "12", "--reason", "died", "--yes");
    assertThat(broken.code()).isZero();
    assertThat(broken.out()).contains("was taken from 'worker-7' (token 12), and is free");
    assertThat(baton("doctor", "--samples", "5").code()).isZero();
    HeldLock next = client.acquire("nightly-report");
    assertThat(next.fencingToken()).isEqualTo(13);
    next.close();
  }

  @Test
  void show_ofWhatIsNoLock_saysWhy() {
    putForeign("orders");

    assertThat(baton("show", "orders").out())
        .contains("not a lock", "problem      recordVersionNumber is missing");
    assertThat(baton("show", "nothing").out()).contains("absent: the table has no item");
  }

  @Test
  void watch_ofALock_printsItsChanges() throws Exception {
    HeldLock held = client.acquire("k");
    Run run = baton("watch", "k", "other", "--for", "1500ms");

    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches("\\S+Z  unknown  k  worker-1, token \\d+"))
        .anyMatch(line -> line.matches("\\S+Z  alive    k  worker-1, token \\d+"))
        .anyMatch(line -> line.matches("\\S+Z  free     other"));
    assertThat(json(baton("watch", "k", "--for", "300ms", "--output", "json").out()))
        .containsEntry("holder", "worker-1");
    held.close();
  }

  // Changing

  @Test
  void ask_ofAHolder_isHeard() throws Exception {
    HeldLock held = client.acquire("k");
    List<String> heard = new ArrayList<>();
    held.onReleaseRequested(asked -> heard.add(asked.askedBy() + ": " + asked.reason()));

    Run run = baton("ask", "k", "--reason", "deploy");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("asked 'worker-1'");
    Eventually.until("it is heard", () -> heard.size() == 1);
    assertThat(heard.get(0)).startsWith("alice@").endsWith(": deploy");
    held.close();
    Run again = baton("ask", "k", "--reason", "deploy");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("no client holds lock 'k'; nothing was changed");
  }

  @Test
  void break_withTheTokenThatWasShown_takesTheLock() throws Exception {
    HeldLock held = client.acquire("k");
    String token = json(baton("show", "k", "--output", "json").out()).get("token");

    Run run = baton("break", "k", "--token", token, "--reason", "stuck", "--now", "--yes");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("was taken from 'worker-1' (token " + token + "), and is free");
    Eventually.until("it is lost", () -> !held.isHeld());
    assertThat(held.revocation().orElseThrow().reason()).isEqualTo(Reason.RELEASED_EXTERNALLY);
  }

  @Test
  void break_ofAHolderThatGoesOn_tellsItFirst() throws Exception {
    HeldLock held = client.acquire("k");

    Run run =
        baton(
            "break",
            "k",
            "--token",
            Long.toString(held.fencingToken()),
            "--reason",
            "stuck",
            "--wait",
            "100ms",
            "--yes");

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("asked the holder to finish", "took the lock from its holder");
    assertThat(held.revocation().orElseThrow().reason()).isEqualTo(Reason.ITEM_CHANGED);
    assertThat(client.tryAcquire("k")).isPresent();
  }

  @Test
  void break_withAStaleToken_changesNothingAndShowsWhatStands() throws Exception {
    HeldLock held = client.acquire(LockRequest.builder().key("k").build());
    Run run = baton("break", "k", "--token", "1", "--reason", "stuck", "--now", "--yes");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("is not as it was shown; nothing was changed")
        .contains("held by 'worker-1' (token " + held.fencingToken() + ")");
    assertThat(held.isHeld()).isTrue();
    held.close();
  }

  @Test
  void break_withoutTokenOrTerminal_isAWrongUse() {
    assertThat(baton("break", "k", "--reason", "stuck", "--yes").code()).isEqualTo(64);
    assertThat(baton("break", "k", "--token", "1", "--yes").code()).isEqualTo(64);
    assertThat(baton("break", "k", "--token", "x", "--reason", "r", "--yes").code()).isEqualTo(64);
  }

  @Test
  void freezeAndThaw_ofALock_keepItFromClientsMeanwhile() throws Exception {
    client.acquire("k").close();

    Run frozen = baton("freeze", "k", "--reason", "migration", "--for", "1h", "--yes");

    assertThat(frozen.code()).isZero();
    assertThat(frozen.out()).contains("frozen for 1 hour at most; end it with: baton thaw k");
    assertThat(client.tryAcquire("k")).isEmpty();
    assertThat(baton("list").out()).containsPattern("k +frozen .*by alice@.*: migration");
    assertThat(baton("show", "k").out())
        .contains("state        frozen: no client gets it; for ", "reason       migration");

    Map<String, AttributeValue> before = row("k");
    Run second = baton("freeze", "k", "--reason", "other", "--yes");
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).contains("is frozen already by alice@", "nothing was changed");
    Run broken = baton("break", "k", "--token", "1", "--reason", "r", "--now", "--yes");
    assertThat(broken.err()).contains("Use 'baton thaw'");
    assertThat(row("k")).isEqualTo(before);

    Run thawed = baton("thaw", "k", "--yes");
    assertThat(thawed.out()).contains("is free for all clients; it was frozen by alice@");
    Optional<HeldLock> lock = client.tryAcquire("k");
    assertThat(lock).isPresent();
    lock.get().close();
    Run again = baton("thaw", "k", "--yes");
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("is not frozen, but free; nothing was changed");
  }

  @Test
  void freeze_ofAHeldLock_isRefusedWithWhatToDo() throws Exception {
    HeldLock held = client.acquire("k");

    Run run = baton("freeze", "k", "--reason", "migration", "--yes");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("is held by 'worker-1'; it is not frozen. Use --wait");
    assertThat(held.isHeld()).isTrue();
    held.close();
  }

  @Test
  void changes_ofWhatIsNoLock_changeNothing() {
    putForeign("orders");
    Map<String, AttributeValue> before = row("orders");

    Stream.of(
            new String[] {"ask", "orders", "--reason", "r"},
            new String[] {"break", "orders", "--token", "1", "--reason", "r", "--yes"},
            new String[] {"freeze", "orders", "--reason", "r", "--yes"},
            new String[] {"thaw", "orders", "--yes"})
        .forEach(
            command -> {
              Run run = baton(command);
              assertThat(run.code()).as(Arrays.toString(command)).isEqualTo(1);
              assertThat(run.err()).contains("nothing was changed");
            });
    assertThat(row("orders")).isEqualTo(before);
  }

  @Test
  void reason_withControlCharacters_isAWrongUse() {
    assertThat(baton("freeze", "k", "--reason", "a\nb", "--yes").code()).isEqualTo(64);
    assertThat(baton("freeze", "k", "--reason", "r", "--for", "40d", "--yes").code()).isEqualTo(64);
    assertThat(row("k")).isEmpty();
  }
}
