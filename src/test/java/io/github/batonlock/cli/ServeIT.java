package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LocalDynamo;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** {@code baton serve} as a command: its beginning, its end, its exit codes. */
class ServeIT {
  private static final DynamoDbClient DYNAMO = LocalDynamo.shared().sync();

  @TempDir private Path folder;

  private record Run(int code, String out, String err) {}

  private static Run serve(String table, String... arguments) {
    ToolFixture tool =
        new ToolFixture().with(DYNAMO).with("BATON_TABLE", table).with("USER", "alice");
    String[] all = Stream.concat(Stream.of("serve"), Stream.of(arguments)).toArray(String[]::new);
    int code = tool.run(all);
    return new Run(code, tool.out(), tool.err());
  }

  @Test
  void serve_untilASignal_showsThePageAndEndsWithZero() throws Exception {
    String table = LocalDynamo.shared().newTable();
    try (LockClient client = LockClient.builder(DYNAMO, table).ownerName("worker-1").build();
        Tool tool =
            Tool.start(
                folder,
                "serve",
                "--port",
                "0",
                "--table",
                table,
                "--endpoint-url",
                LocalDynamo.shared().endpoint().toString())) {
      var unused = client.acquire("nightly-report");
      Eventually.until("the address is printed", () -> !tool.out().isEmpty());
      URI address = URI.create(tool.out().get(0));

      assertThat(address.getHost()).isEqualTo("127.0.0.1");
      assertThat(address.getFragment()).isNull();
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(page.body()).contains("<title>Baton: locks</title>");

      tool.signal("TERM");
      assertThat(tool.exitCode()).isZero();
      assertThat(tool.err()).contains("the page only reads").doesNotContain("Exception");
    }
  }

  @Test
  void serve_forSomeTime_printsTheAddressWithTheToken() {
    String table = LocalDynamo.shared().newTable();

    Run run = serve(table, "--port", "0", "--allow-break", "--for", "0s", "--output", "json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("\"address\":\"http://127.0.0.1:\\d+/#token=[0-9a-f]{32}\"")
        .contains("\"mayBreak\":true");
  }

  @Test
  void serve_ofATableThatIsNone_endsWithItsCode() {
    assertThat(serve("no-such-table", "--port", "0").code()).isEqualTo(69);
    Run foreign = serve(LocalDynamo.shared().newForeignTable("id", "N", null), "--port", "0");
    assertThat(foreign.code()).isEqualTo(69);
    assertThat(foreign.err()).contains("id");
  }

  @Test
  void serve_withOptionsThatCannotBeUsed_saysWhatToDo() throws Exception {
    String table = LocalDynamo.shared().newTable();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Run run = serve(table, "--port", Integer.toString(taken.getLocalPort()));

      assertThat(run.code()).isEqualTo(64);
      assertThat(run.err()).contains("is in use");
    }
    assertThat(serve(table, "--port", "70000").code()).isEqualTo(64);
    assertThat(serve(table, "--refresh", "100ms").code()).isEqualTo(64);
  }
}
