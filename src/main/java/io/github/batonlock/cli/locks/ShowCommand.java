package io.github.batonlock.cli.locks;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch;
import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one lock. */
@Command(
    name = "show",
    description = {
      "Shows one lock: its holder, its fencing token, its version, its session.",
      "With --live, waits for the holder's next heartbeat and says whether the holder is alive."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class ShowCommand extends OperatorCommand {
  private static final Duration STEP = Duration.ofMillis(100);

  @Parameters(paramLabel = "KEY", description = "The lock.")
  private String key = "";

  @Option(
      names = "--live",
      description = "Wait until the holder shows life, or is silent for its lease.")
  private boolean live;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "How long --live waits at most. Default: 30s.")
  private Duration patience = Duration.ZERO;

  ShowCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    LockKey lock = locks.key(key);
    LockRow row = operator.reader().read(lock);
    Liveness seen = live && row.state() == State.HELD ? observed(operator, lock) : null;
    if (isJson() && seen != null) {
      surroundings
          .out()
          .println(
              Json.object(
                  to -> {
                    LockPrinter.fields(to, row);
                    to.writeStringField("liveness", seen.name());
                  }));
      return ExitCode.OK;
    }
    printer().show(row);
    if (seen != null) {
      surroundings.out().println("liveness     " + words(seen));
    } else if (live && row.state() == State.DEAD) {
      surroundings.out().println("liveness     " + words(Liveness.DEAD));
    }
    return ExitCode.OK;
  }

  private Liveness observed(Operator operator, LockKey lock) throws InterruptedException {
    say("waiting up to " + patience.toSeconds() + " seconds for a heartbeat");
    try (LockClient client = operator.client();
        LockWatch watch = client.watch(lock, state -> {})) {
      Duration waited = Duration.ZERO;
      while (!isDecided(watch.current().liveness()) && waited.compareTo(patience) < 0) {
        operator.pause(STEP);
        waited = waited.plus(STEP);
      }
      return watch.current().liveness();
    }
  }

  private static boolean isDecided(Liveness liveness) {
    return switch (liveness) {
      case ALIVE, DEAD, FREE, CLOSED -> true;
      case UNKNOWN, SUSPECT -> false;
    };
  }

  private static String words(Liveness liveness) {
    String name = liveness.name().toLowerCase(Locale.ROOT);
    return switch (liveness) {
      case ALIVE -> name + ": the holder has renewed its lease meanwhile";
      case SUSPECT -> name + ": the next heartbeat is overdue, and the lease is not over yet";
      case DEAD -> name + ": the holder was silent for its lease; the lock can be broken";
      case UNKNOWN -> name + ": the lease is longer than the wait; use a longer --for";
      case FREE, CLOSED -> name + ": no client holds the lock any more";
    };
  }
}
