package io.github.batonlock.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.LockBreaker;
import io.github.batonlock.support.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page's server answers, and what it refuses. */
class PageServerTest {
  private static final String TOKEN = "0123456789abcdef";
  private static final String ORDER = "{\"key\":\"k\",\"token\":\"7\",\"reason\":\"stuck\"}";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final LockBoard board = new LockBoard();
  private final Screens screens = new Screens();
  private final List<LockBreaker.Shown> broken = new CopyOnWriteArrayList<>();
  private boolean isBusy;
  private PageServer server;

  @BeforeEach
  void start() throws IOException {
    board.scanned(List.of(PageRows.held("k", "alice", 7, "v1")), 0);
    server = serve(0, TOKEN);
  }

  @AfterEach
  void end() {
    server.close();
    threads.shutdownNow();
  }

  private PageServer serve(int port, String token) throws IOException {
    PageJson json = new PageJson("locks", token != null, 5_000);
    return PageServer.start(
        port,
        threads,
        new RequestGuard(token),
        screens,
        new EventStream(board, screens, json, () -> 1_000),
        shown -> !isBusy && broken.add(shown));
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
  }

  private String ownHost() {
    return "127.0.0.1:" + server.address().getPort();
  }

  /** Sends a request, as it is, and reads the whole answer. */
  private String ask(String line, String body, String... headers) throws IOException {
    try (Socket socket = connect()) {
      send(socket, line, body, headers);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void send(Socket socket, String line, String body, String... headers)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(line + " HTTP/1.1", "Connection: close"));
    lines.addAll(List.of(headers));
    if (!body.isEmpty()) {
      lines.add("Content-Length: " + body.length());
    }
    String text = String.join("\r\n", lines) + "\r\n\r\n" + body;
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private String breaks(String body, String... headers) throws IOException {
    List<String> all = new ArrayList<>(List.of("Host: " + ownHost()));
    all.addAll(List.of(headers));
    return ask("POST /api/break", body, all.toArray(String[]::new));
  }

  private static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 3)[1]);
  }

  // The files

  @ParameterizedTest
  @CsvSource({
    "/, text/html, Locks of",
    "/app.js, text/javascript, EventSource",
    "/style.css, text/css, prefers-color-scheme",
    "/icon.svg, image/svg+xml, <svg"
  })
  void file_ofThePage_isServedWithAPolicy(String path, String type, String part)
      throws IOException {
    String answer = ask("GET " + path, "", "Host: " + ownHost());

    assertThat(answer)
        .startsWith("HTTP/1.1 200")
        .contains(type)
        .contains(part)
        .containsIgnoringCase("Content-Security-Policy: default-src 'self';")
        .containsIgnoringCase("X-Content-Type-Options: nosniff")
        .containsIgnoringCase("Cache-Control: no-store");
  }

  @Test
  void page_ofTheServer_namesNoOtherSiteAndHasNoInlineCode() throws IOException {
    for (String path : List.of("/", "/app.js", "/style.css")) {
      String answer = ask("GET " + path, "", "Host: " + ownHost());

      assertThat(answer.replace("http://www.w3.org/2000/svg", ""))
          .doesNotContain("http://", "https://", "innerHTML", "insertAdjacentHTML", "eval(")
          .doesNotContainPattern(" on[a-z]+=\"")
          .doesNotContain("style=\"");
    }
  }

  @Test
  void path_thatIsUnknown_isNotFound() throws IOException {
    assertThat(status(ask("GET /../secret", "", "Host: " + ownHost()))).isEqualTo(404);
    assertThat(status(ask("GET /index.html", "", "Host: " + ownHost()))).isEqualTo(404);
    assertThat(status(ask("POST /", "x", "Host: " + ownHost()))).isEqualTo(405);
  }

  // Who asks

  @ParameterizedTest
  @ValueSource(strings = {"/", "/app.js", "/api/locks"})
  void request_underAnotherName_isRefused(String path) throws IOException {
    assertThat(status(ask("GET " + path, "", "Host: evil.example:8765"))).isEqualTo(403);
    assertThat(status(ask("GET " + path, "", "Host: 127.0.0.1.evil.example"))).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:9000", "127.0.0.1:1", "[::1]:8765", "LOCALHOST"})
  void request_byALoopbackName_isAnswered(String host) throws IOException {
    assertThat(status(ask("GET /", "", "Host: " + host))).isEqualTo(200);
  }

  @Test
  void locks_forAnotherSitesPage_areRefused() throws IOException {
    String host = "Host: " + ownHost();

    assertThat(status(ask("GET /api/locks", "", host, "Origin: http://evil.example")))
        .isEqualTo(403);
    assertThat(status(ask("GET /api/locks", "", host, "Origin: http://localhost:3000")))
        .isEqualTo(403);
    assertThat(status(ask("GET /api/locks", "", host, "Sec-Fetch-Site: cross-site")))
        .isEqualTo(403);
    assertThat(status(ask("GET /api/locks", "", host, "Sec-Fetch-Site: same-site"))).isEqualTo(403);
  }

  // A break

  @Test
  void breakOfALock_withTheToken_begins() throws IOException {
    String answer =
        breaks(
            ORDER,
            "Content-Type: application/json",
            "Origin: http://" + ownHost(),
            "X-Baton-Token: " + TOKEN);

    assertThat(status(answer)).as(answer).isEqualTo(202);
    assertThat(broken).singleElement().hasToString(broken.get(0).toString());
    assertThat(broken.get(0).token()).hasValue(7);
    assertThat(broken.get(0).reason()).isEqualTo("stuck");
    isBusy = true;
    assertThat(status(breaks(ORDER, "Content-Type: application/json", "X-Baton-Token: " + TOKEN)))
        .isEqualTo(409);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: application/json",
        "Content-Type: application/json\r\nX-Baton-Token: 0123456789abcdee",
        "Content-Type: text/plain\r\nX-Baton-Token: 0123456789abcdef",
        "X-Baton-Token: 0123456789abcdef",
        "Content-Type: application/json\r\nX-Baton-Token: 0123456789abcdef\r\nOrigin: null",
        "Content-Type: application/json\r\nX-Baton-Token: 0123456789abcdef\r\n"
            + "Origin: http://localhost:1"
      })
  void breakOfALock_withoutAllOfIt_isRefused(String headers) throws IOException {
    assertThat(status(breaks(ORDER, headers))).isEqualTo(403);
    assertThat(broken).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{\"key\":7}",
        "{\"key\":\"k\",\"reason\":\"x\"}",
        "{\"key\":\"k\",\"token\":\"7\"}",
        "{\"key\":\"\",\"token\":\"7\",\"reason\":\"x\"}",
        "{\"key\":\"k\",\"token\":\"seven\",\"reason\":\"x\"}",
        "{\"key\":\"k\",\"token\":\"7\",\"reason\":\"a\\nb\"}"
      })
  void breakOfALock_thatCannotBeRead_isRefused(String body) throws IOException {
    String[] headers = {"Content-Type: application/json", "X-Baton-Token: " + TOKEN};

    assertThat(status(breaks(body, headers))).isEqualTo(400);
    assertThat(status(breaks("{\"key\":\"" + "k".repeat(20_000) + "\"}", headers))).isEqualTo(413);
    assertThat(status(ask("GET /api/break", "", "Host: " + ownHost()))).isEqualTo(405);
    assertThat(broken).isEmpty();
  }

  @Test
  void breakOfALock_onAPageThatReads_isRefused() throws IOException {
    server.close();
    server = serve(0, null);

    String answer = breaks(ORDER, "Content-Type: application/json", "X-Baton-Token: " + TOKEN);

    assertThat(status(answer)).isEqualTo(403);
    assertThat(answer).contains("--allow-break");
    assertThat(broken).isEmpty();
  }

  // Events

  @Test
  void locks_ofAView_comeAtOnceAndWithEachChange() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET /api/locks?filter=k", "", "Host: " + ownHost());
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(data(lines)).contains("\"holder\":\"alice\"", "\"token\":\"7\"");
      assertThat(screens.shown()).hasSize(1);

      board.looked(List.of(PageRows.held("k", "bob", 8, "w1")), 900);
      screens.tell();

      assertThat(data(lines)).contains("\"holder\":\"bob\"", "bob followed alice");
    }
    Eventually.until(
        "the browser has gone",
        () -> {
          screens.tell();
          return screens.shown().isEmpty();
        });
  }

  private static String data(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data: ")) {
        return line;
      }
    }
    throw new AssertionError("the stream has ended");
  }

  /** Nothing is kept for it but its thread: it gets the newest state, not all of them. */
  @Test
  void browser_thatDoesNotRead_getsTheNewestStateLater() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET /api/locks", "", "Host: " + ownHost());
      Eventually.until("it is there", () -> !screens.shown().isEmpty());
      for (int i = 8; i < 5_000; i++) {
        board.looked(List.of(PageRows.held("k", "h" + i, i, "w" + i)), 900 + i);
        screens.tell();
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      int messages = 0;
      while (!data(lines).contains("\"holder\":\"h4999\"")) {
        messages++;
      }
      assertThat(messages).isLessThan(4_000);
    }
  }

  @Test
  void browsers_beyondTheBound_areRefused() throws Exception {
    List<Screens.Screen> open = new ArrayList<>();
    while (open.size() < PageBounds.BROWSERS) {
      open.add(screens.open());
    }
    assertThat(status(ask("GET /api/locks", "", "Host: " + ownHost()))).isEqualTo(503);
    screens.close(open.get(0));
    assertThat(screens.open()).isNotNull();
  }

  @Test
  void port_thatIsInUse_isRefusedWithAdvice() {
    assertThatThrownBy(() -> serve(server.address().getPort(), TOKEN))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is in use")
        .hasMessageContaining("--port");
  }
}
