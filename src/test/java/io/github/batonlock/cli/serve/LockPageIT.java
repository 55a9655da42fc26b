package io.github.batonlock.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.support.Browser;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LocalDynamo;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The page in a real browser. Without Chromium these tests are skipped. {@link PagePictures} makes
 * the pictures of the documentation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class LockPageIT {
  private static final DynamoDbClient DYNAMO = LocalDynamo.shared().sync();
  private static final String SCRIPT = "<img src=x onerror=\"window.hit=1\">";

  private Browser browser;
  private Browser.Tab tab;
  private String table;
  private LockClient alice;
  private LockClient bob;
  private Operator operator;
  private LockPage page;

  @BeforeAll
  void startBrowser() throws Exception {
    Optional<Path> program = Browser.installed();
    assumeTrue(program.isPresent(), "the page was not looked at: no chromium is installed");
    browser = Browser.start(program.get());
  }

  @AfterAll
  void endBrowser() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    table = LocalDynamo.shared().newTable();
    alice = client("alice-7");
    bob = client("bob-3");
    tab = browser.open();
  }

  @AfterEach
  void close() {
    if (page != null) {
      page.close();
      operator.close();
    }
    tab.close();
    alice.close();
    bob.close();
  }

  private LockClient client(String name) {
    return LockClient.builder(DYNAMO, table)
        .ownerName(name)
        .leaseDuration(Duration.ofSeconds(2))
        .build();
  }

  /** Serves the page, and shows it. */
  private URI serve(boolean mayBreak) throws Exception {
    operator = Operator.of(DYNAMO, new Operator.Target(table, "key", null, "carol@ops"));
    page =
        new LockPage(operator, new LockPage.Settings("locks", 0, mayBreak, Duration.ofMillis(300)));
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(this::run, Executors.newSingleThreadExecutor());
    tab.go(page.address());
    tab.until("document.readyState == 'complete' && !!document.querySelector('#connection.good')");
    return page.address();
  }

  private void run() {
    try {
      page.run(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String row(String key) {
    return "[...document.querySelectorAll('#rows tr')]"
        + ".find(row => row.querySelector('th').innerText === '"
        + key
        + "')";
  }

  private void untilRow(String key, String text) {
    tab.until(row(key) + "?.innerText.includes('" + text + "') === true");
  }

  @Test
  void page_withoutReload_showsWhatHappens() throws Exception {
    HeldLock held = alice.acquire("nightly-report");
    alice.acquire(SCRIPT).close();
    serve(false);
    untilRow("nightly-report", "alice-7");
    untilRow("nightly-report", "alive");
    tab.run("window.isSame = true");

    // Another holder.
    held.close();
    HeldLock next = bob.acquire("nightly-report");
    untilRow("nightly-report", "bob-3");
    tab.until("document.querySelector('#events').innerText.includes('bob-3')");

    // Names are texts.
    tab.until(row(SCRIPT) + " !== undefined");
    assertThat(tab.run("document.querySelectorAll('#rows img').length")).isEqualTo("0");
    assertThat(tab.run("window.hit")).isEqualTo("undefined");

    // The keyboard: filter, move, open, close.
    tab.press("/");
    tab.type("NIGHT");
    tab.until("document.querySelectorAll('#rows tr').length == 1");
    tab.press("Enter");
    tab.until("document.activeElement.innerText == 'nightly-report'");
    tab.press("Enter");
    tab.until("!document.querySelector('#details').hidden");
    tab.until(
        "document.querySelector('#details').innerText.includes('" + next.fencingToken() + "')");
    assertThat(tab.run("document.querySelector('#break').hidden")).isEqualTo("true");
    tab.press("Escape");
    tab.until("document.querySelector('#details').hidden");

    // A narrow screen.
    tab.resize(390, 800);
    tab.until("document.documentElement.scrollWidth <= 390");

    assertThat(tab.run("window.isSame")).isEqualTo("true");
    assertThat(tab.complaints()).isEmpty();
    next.close();
  }

  @Test
  void break_withTheTokenOfThisStart_takesTheLock() throws Exception {
    HeldLock held = alice.acquire("stuck");
    CompletableFuture<Boolean> lost = new CompletableFuture<>();
    HeldLock unused = held.onRevoked(revocation -> lost.complete(true));
    URI address = serve(true);
    untilRow("stuck", "alice-7");

    // A tab without the token only reads.
    try (Browser.Tab other = browser.open()) {
      other.go(address.resolve("/"));
      other.until("document.querySelector('#mode')?.innerText.includes('read-only') === true");
    }
    assertThat(tab.run("location.hash")).isEmpty();
    tab.run(row("stuck") + ".click()");
    tab.until("!document.querySelector('#break').hidden");
    tab.run("document.querySelector('#reason').focus()");
    tab.type("ticket 4711");
    tab.press("Enter");
    tab.until("document.querySelector('#break-answer').innerText.includes('begun')");

    assertThat(Eventually.get(lost)).isTrue();
    untilRow("stuck", "closed");
    untilRow("stuck", "free");
    tab.until("document.querySelector('#events').innerText.includes('break ended')");
    assertThat(tab.complaints()).isEmpty();
  }
}
