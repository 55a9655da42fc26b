package io.github.batonlock.cli.locks;

import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.cli.serve.LockPage;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the locks of the table in a browser. */
@Command(
    name = "serve",
    description = {
      "Shows the locks of the table in a browser of this machine, live.",
      "Only reads, unless it is started with --allow-break. Ends with Ctrl-C, or after --for."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class ServeCommand extends OperatorCommand {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8765",
      description = "The port of the loopback interface; 0 for any that is free. Default: 8765.")
  private int port;

  @Option(
      names = "--refresh",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description = "How often each lock on a screen is read: 1s to 1m. Default: 5s.")
  private Duration refresh = Duration.ZERO;

  @Option(
      names = "--allow-break",
      description = "Locks may be broken from the page, with the token in the printed address.")
  private boolean allowBreak;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long to serve the page. Default: until Ctrl-C.")
  private @Nullable Duration length;

  ServeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException, IOException {
    check();
    verify(operator);
    LockPage.Settings settings = new LockPage.Settings(options.table(), port, allowBreak, refresh);
    try (LockPage page = new LockPage(operator, settings)) {
      surroundings.signals().handOver(signal -> page.end());
      print(page.address());
      page.run(length);
    }
    return ExitCode.OK;
  }

  private void check() {
    if (port < 0 || port > 65_535) {
      throw new UsageException("--port is " + port + "; use 0 to 65535");
    }
    if (refresh.compareTo(SHORTEST) < 0 || refresh.compareTo(LONGEST) > 0) {
      throw new UsageException("--refresh is " + refresh.toMillis() + " ms; use 1s to 1m");
    }
  }

  private void print(URI address) {
    surroundings
        .out()
        .println(
            isJson()
                ? Json.object(
                    to -> {
                      to.writeStringField("address", address.toString());
                      to.writeBooleanField("mayBreak", allowBreak);
                    })
                : address.toString());
    say(
        "serving table '"
            + options.table()
            + (allowBreak
                ? "'; all who have this address can break locks"
                : "'; the page only reads")
            + (length == null ? ". End it with Ctrl-C" : ""));
  }
}
