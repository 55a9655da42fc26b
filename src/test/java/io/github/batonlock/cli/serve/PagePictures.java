package io.github.batonlock.cli.serve;

import static io.github.batonlock.cli.serve.PageRows.foreign;
import static io.github.batonlock.cli.serve.PageRows.free;
import static io.github.batonlock.cli.serve.PageRows.frozen;
import static io.github.batonlock.cli.serve.PageRows.held;

import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.LockRow.Asker;
import io.github.batonlock.internal.operator.OperatorTable.Traffic;
import io.github.batonlock.support.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Makes the pictures of the page for the documentation: {@code docs/images/page.png} and others, in
 * the folder of the first argument. Twenty minutes of a made-up table, without waiting for them.
 */
final class PagePictures {
  private static final String[] HOSTS = {
    "worker-1-4711-2f9c01", "worker-2-1042-77ab30", "worker-3-977-0c41de", "worker-4-2203-9be115"
  };
  private static final String[] KEYS = {
    "billing/2026-11",
    "export/eu-central",
    "export/us-east",
    "nightly-report",
    "partition/07",
    "partition/08",
    "partition/09",
    "search/index",
    "thumbnails"
  };
  private static final long END = 20 * 60_000;

  private final LockBoard board = new LockBoard();
  private final Screens screens = new Screens();

  private PagePictures() {}

  public static void main(String[] arguments) throws Exception {
    new PagePictures().make(Files.createDirectories(Path.of(arguments[0])));
    System.exit(0);
  }

  private void make(Path folder) throws Exception {
    long start = System.nanoTime();
    LongSupplier clock = () -> END + (System.nanoTime() - start) / 1_000_000;
    play();
    PageJson json = new PageJson("prod-locks", true, 5_000);
    try (PageServer server =
            PageServer.start(
                0,
                Executors.newCachedThreadPool(),
                new RequestGuard("abc123"),
                screens,
                new EventStream(board, screens, json, clock),
                shown -> true);
        Browser browser = Browser.start(Browser.installed().orElseThrow());
        Browser.Tab tab = browser.open()) {
      tab.resize(1340, 670);
      tab.go(server.address().resolve("#token=abc123"));
      tab.until("document.querySelectorAll('#rows tr').length > 5");
      tab.run(
          "[...document.querySelectorAll('#rows th button')]"
              + ".find(button => button.innerText === 'nightly-report').click()");
      tab.until("!document.querySelector('#details').hidden");
      tab.picture(folder.resolve("page.png"));
      tab.prefer("dark");
      tab.picture(folder.resolve("page-dark.png"));
      tab.prefer("light");
      tab.press("Escape");
      tab.resize(390, 844);
      tab.until("document.querySelector('#details').hidden");
      tab.run("window.scrollTo(0, 0)");
      tab.picture(folder.resolve("page-narrow.png"));
      System.out.println(
          "width " + tab.run("document.documentElement.scrollWidth") + " " + tab.complaints());
    }
  }

  private void play() {
    for (long now = 0; now <= END; now += 5_000) {
      List<LockRow> rows = new ArrayList<>();
      for (int i = 0; i < KEYS.length; i++) {
        rows.add(row(i, now));
      }
      rows.add(foreign("orders/2291"));
      rows.add(
          now < END - 400_000
              ? free("reports/legacy", HOSTS[1], 8, "l")
              : frozen("reports/legacy", "frozen by carol@ops: migration of the reports", 9));
      if (now % 60_000 == 0) {
        board.scanned(rows, now);
      } else {
        board.looked(rows, now);
      }
      board.spent(new Traffic(now / 60_000, now / 5_000 * 11, now / 600_000), now);
    }
  }

  private static LockRow row(int key, long now) {
    String name = KEYS[key];
    long period = 150_000 + key * 47_000L;
    long turn = (now + key * 31_000L) / period;
    boolean isFree = (now + key * 31_000L) % period > period * 4 / 5 || key == 8;
    String host = HOSTS[(int) ((turn + key) % HOSTS.length)];
    String version = name + now;
    if (name.equals("nightly-report")) {
      return now < END - 420_000
          ? held(name, HOSTS[(int) (turn % 2)], 12 + turn, version)
          : held(name, HOSTS[2], 24, version, asked("deploy-host-1", 95, now));
    } else if (name.equals("partition/07")) {
      // Its process was killed.
      return held(name, HOSTS[3], 31, "p" + Math.min(now, END - 70_000));
    } else if (name.equals("export/us-east")) {
      return held(name, HOSTS[0], 7, "e" + Math.min(now, END - 10_000));
    }
    return isFree
        ? free(name, host, 40 + turn, version.substring(0, 4) + turn)
        : held(name, host, 40 + turn, version);
  }

  private static Asker[] asked(String client, long seconds, long now) {
    Duration age = Duration.ofSeconds(seconds).minusMillis(END - now);
    return age.isNegative()
        ? new Asker[0]
        : new Asker[] {new Asker(client, "deploy at ten", Optional.of(age), true)};
  }
}
