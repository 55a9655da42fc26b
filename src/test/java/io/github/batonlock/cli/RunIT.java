package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.chaos.Proxy;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.support.Eventually;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * {@code baton run} with real children: as a process of its own where signals, its end or its way
 * to DynamoDB matter, in this process otherwise.
 */
class RunIT extends TableFixture {
  /** A child, and a descendant that has no parent any more, neither of which SIGTERM ends. */
  private static final String STUBBORN =
      "trap '' TERM; (sh -c 'trap \"\" TERM; echo orphan $$; while :; do sleep 0.05; done' &);"
          + " echo child $$; while :; do sleep 0.05; done";

  private final String key = newKey();
  private final ToolFixture tool = new ToolFixture().with(dynamo.sync());
  @TempDir private Path folder;

  @BeforeAll
  static void checkTheSystem() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    assumeTrue(os.contains("linux") || os.contains("mac"), "needs a shell and signals");
  }

  private Tool run(String... arguments) throws Exception {
    return runOn(dynamo.endpoint(), table, arguments);
  }

  private Tool runOn(URI endpoint, String name, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("run", key, "--table", name));
    all.addAll(List.of("--endpoint-url", endpoint.toString()));
    all.addAll(List.of(arguments));
    return closing(Tool.start(folder, all.toArray(String[]::new)));
  }

  /** In this process; what the child says, it has to write to a file. */
  private int runHere(String... arguments) {
    List<String> all = new ArrayList<>(List.of("run", key, "--table", table));
    all.addAll(List.of(arguments));
    return tool.run(all.toArray(String[]::new));
  }

  private void useEndpoint(URI endpoint) {
    DynamoDbClient elsewhere =
        closing(
            dynamo
                .syncBuilder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .endpointOverride(endpoint)
                .build());
    ToolFixture unused = tool.with(elsewhere);
  }

  private static boolean lives(long pid) {
    return ProcessHandle.of(pid).isPresent() && !ProcessTable.isZombie(pid);
  }

  // How it ends

  @Test
  void child_thatEnds_givesItsExitCodeAndTheLockIsFree() throws Exception {
    Tool process =
        run(
            "-n",
            "--",
            "sh",
            "-c",
            "echo \"$BATON_LOCK_KEY\"; echo \"$BATON_LOCK_OWNER\"; echo token $BATON_FENCING_TOKEN;"
                + " exit 3");

    assertThat(process.exitCode()).isEqualTo(3);
    assertThat(process.out())
        .containsExactly(
            key, row(key).get("ownerName").s(), "token " + row(key).get("fencingToken").n());
    assertThat(process.err()).isEmpty();
    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void child_thatASignalEnds_givesItsNumber() {
    assertThat(runHere("--", "sh", "-c", "kill -KILL $$")).isEqualTo(137);
    assertThat(tool.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/no/such/program", "/etc/passwd"})
  void child_thatCannotBeStarted_isReported(String program) {
    assertThat(runHere("--", program)).isEqualTo(program.startsWith("/no") ? 127 : 126);
    assertThat(tool.err()).startsWith("baton: '" + program + "' was not started: ").hasLineCount(1);
    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void line_withoutTable_isAWrongUse() throws Exception {
    Tool process = closing(Tool.start(folder, "run", key, "--", "true"));

    assertThat(process.exitCode()).isEqualTo(64);
    assertThat(process.err())
        .isEqualToIgnoringNewLines("baton: No lock table: use --table NAME, or set BATON_TABLE");
  }

  @Test
  void table_thatDoesNotExist_isReported() throws Exception {
    Tool process = runOn(dynamo.endpoint(), "no-such-table", "--", "true");

    assertThat(process.exitCode()).isEqualTo(69);
    assertThat(process.err()).contains("no-such-table").hasLineCount(1);
  }

  @Test
  void table_thatDoesNotAnswer_isReportedWhenTheWaitIsOver() {
    useEndpoint(URI.create("http://127.0.0.1:1"));

    assertThat(runHere("-w", "200ms", "--", "true")).isEqualTo(69);
    assertThat(tool.err()).startsWith("baton: ").hasLineCount(1);
  }

  @Test
  void permission_thatIsMissing_isReportedWithoutSecrets() throws Exception {
    HttpServer denying =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] body =
        ("{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"User x is"
                + " not authorized to perform: dynamodb:UpdateItem\"}")
            .getBytes(StandardCharsets.UTF_8);
    denying.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(400, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    denying.start();
    closing(() -> denying.stop(0));

    Tool process =
        runOn(
            URI.create("http://127.0.0.1:" + denying.getAddress().getPort()), table, "--", "true");

    assertThat(process.exitCode()).isEqualTo(77);
    assertThat(process.err())
        .contains("not authorized to perform: dynamodb:UpdateItem")
        .doesNotContain("dummy-secret")
        .hasLineCount(1);
  }

  @Test
  void lock_thatAnotherClientHolds_isNotAcquired() throws Exception {
    HeldLock held = client().acquire(key);

    assertThat(runHere("-n", "--", "false")).isEqualTo(75);
    assertThat(tool.err()).contains("was not acquired: held by ").doesNotContain("LockRequest");
    assertThat(runHere("-w", "100ms", "-E", "9", "--", "false")).isEqualTo(9);
    held.close();
  }

  // Signals

  @Test
  void signals_ofTheTool_reachTheChild() throws Exception {
    Tool process =
        run(
            "--",
            "sh",
            "-c",
            "trap 'echo hup 1' HUP; trap 'echo int 1' INT; trap 'echo term 1; exit 7' TERM;"
                + " echo child $$; while :; do sleep 0.05; done");
    long child = process.await("child");
    for (String signal : List.of("HUP", "INT", "TERM")) {
      if (signal.equals("TERM") || !isIgnored(child, signal)) {
        process.signal(signal);
        process.await(signal.toLowerCase(Locale.ROOT));
      }
    }

    assertThat(process.exitCode()).isEqualTo(7);
    assertThat(isReleased(key)).isTrue();
  }

  /** Where the tests run in the background of a script, or after nohup. */
  private static boolean isIgnored(long pid, String signal) throws Exception {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.exists(status)) {
      return false;
    }
    int number = signal.equals("HUP") ? 1 : 2;
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask >> (number - 1) & 1) == 1);
  }

  @Test
  void signal_whileWaiting_endsTheToolWhichHoldsNothing() throws Exception {
    HeldLock held = client().acquire(key);
    String version = version(key);
    Tool process = run("--verbose", "--", "echo", "ran");
    Eventually.until("it waits", () -> process.err().contains("waiting"));

    process.signal("TERM");

    assertThat(process.exitCode()).isEqualTo(143);
    assertThat(version(key)).isEqualTo(version);
    held.close();
    assertThat(isReleased(key)).isTrue();
    assertThat(process.out()).isEmpty();
  }

  // Several processes

  @Test
  void tools_forOneLock_runTheirCommandsOneAfterTheOther() throws Exception {
    String work = "echo in $BATON_FENCING_TOKEN >>%1$s; sleep 0.2; echo out >>%1$s";
    Path log = folder.resolve("log");
    List<Tool> tools = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      tools.add(run("-w", "1m", "--", "sh", "-c", work.formatted(log)));
    }
    for (Tool tool : tools) {
      assertThat(tool.exitCode()).isZero();
    }

    List<String> lines = Files.readAllLines(log);
    long first = Long.parseLong(lines.get(0).substring(3));
    assertThat(lines).containsExactly("in " + first, "out", "in " + (first + 1), "out");
  }

  @Test
  void descendant_thatOutlivesTheChild_keepsTheLock() throws Exception {
    CompletableFuture<Integer> running =
        inBackground(
            () ->
                runHere(
                    "--",
                    "sh",
                    "-c",
                    "(sh -c 'while [ ! -e %s ]; do sleep 0.05; done' &); :".formatted(said())));
    Eventually.until("it tells", () -> tool.err().contains("is kept for"));

    assertThat(isReleased(key)).isFalse();
    assertThat(running).isNotDone();
    Files.createFile(said());
    assertThat(Eventually.get(running)).isZero();
    assertThat(isReleased(key)).isTrue();
  }

  // The end of the lock

  @Test
  void child_thatTakesTooLong_isEnded() throws Exception {
    List<Long> children = stubborn("--max-hold", "500ms", "--grace", "100ms");

    assertThat(tool.err()).contains("was held for --max-hold");
    assertThat(children).hasSize(2).noneMatch(RunIT::lives);
    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void lock_thatAnOperatorDeletes_endsTheChildAtOnce() throws Exception {
    CompletableFuture<List<Long>> children =
        inBackground(() -> stubborn("--lease", "4s", "--grace", "1h"));
    Eventually.until("it runs", () -> Files.exists(said()) && Files.size(said()) > 0);
    deleteRow(key);

    assertThat(Eventually.get(children)).isNotEmpty().noneMatch(RunIT::lives);
    assertThat(tool.err()).contains("ITEM_DELETED");
  }

  private Path said() {
    return folder.resolve("said");
  }

  /** Runs what SIGTERM does not end, until it has been ended; the processes that it was. */
  private List<Long> stubborn(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    Files.createFile(said());
    arguments.addAll(List.of("--", "sh", "-c", "exec >>" + said() + "; " + STUBBORN));
    assertThat(runHere(arguments.toArray(String[]::new))).isEqualTo(124);
    return Files.readAllLines(said()).stream()
        .map(line -> Long.valueOf(line.replaceAll("\\D", "")))
        .toList();
  }

  /** Ways to lose a lock without knowing it at once. */
  enum Loss {
    /** The tool is killed. */
    KILL,
    /** The tool is killed, and its guard was killed before. */
    KILL_AFTER_GUARD,
    /** The tool is stopped for longer than its lease. */
    STOP,
    /** The tool does not reach the table. */
    CUT
  }

  @ParameterizedTest
  @EnumSource
  void child_ofALostLock_hasEndedBeforeAnotherClientHasTheLock(Loss loss) throws Exception {
    Proxy proxy =
        closing(
            new Proxy(
                InetAddress.getLoopbackAddress(), dynamo.endpoint(), new SplittableRandom(1)));
    Tool process =
        runOn(
            proxy.endpoint(), table, "--lease", "3s", "--grace", "1h", "--", "sh", "-c", STUBBORN);
    long child = process.await("child");
    long orphan = process.await("orphan");
    LockClient other = client();
    CompletableFuture<HeldLock> waiting =
        other.acquireAsync(LockRequest.builder(key).waitForever().build());
    CompletableFuture<List<Boolean>> atGrant =
        waiting.thenApply(lock -> List.of(lives(child), lives(orphan)));

    switch (loss) {
      case KILL -> process.signal("KILL");
      case KILL_AFTER_GUARD -> {
        long guard = process.guards().get(0).pid();
        Tool.kill("KILL", guard);
        Eventually.until(
            "there is another guard",
            () -> process.guards().stream().anyMatch(other2 -> other2.pid() != guard));
        process.signal("KILL");
      }
      case STOP -> process.signal("STOP");
      case CUT -> proxy.cut(true);
    }

    assertThat(Eventually.get(atGrant)).containsExactly(false, false);
    if (loss == Loss.STOP) {
      process.signal("CONT");
    }
    assertThat(process.exitCode()).isEqualTo(loss == Loss.STOP || loss == Loss.CUT ? 124 : 137);
    Eventually.until("no guard is left", () -> process.guards().isEmpty());
    waiting.join().ensureHeld();
  }
}
