package io.github.batonlock.cli.locks;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockWatch;
import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.operator.Texts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows locks. */
@Command(
    name = "watch",
    description = {
      "Follows locks, and prints each change: a new holder, a silent one, a release.",
      "Only reads. Ends with Ctrl-C, or after --for."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class WatchCommand extends OperatorCommand {
  private static final Duration DAY = Duration.ofDays(1);

  @Parameters(arity = "1..*", paramLabel = "KEY", description = "The locks.")
  private List<String> keys = List.of();

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long to follow them. Default: until Ctrl-C.")
  private @Nullable Duration length;

  WatchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    try (LockClient client = operator.client()) {
      for (String key : keys) {
        // The watches end with their client.
        LockWatch unused = client.watch(locks.key(key), state -> print(operator, state));
      }
      Duration limit = length;
      if (limit != null) {
        operator.pause(limit);
      }
      while (limit == null) {
        operator.pause(DAY);
      }
    }
    return ExitCode.OK;
  }

  /** Called on the callback executor; the writer is safe for use by many threads. */
  private void print(Operator operator, LockWatch.State state) {
    String time = operator.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Optional<LockInfo> holder = state.holder();
    String problem = state.problem().map(LockException::getMessage).orElse("");
    if (isJson()) {
      surroundings
          .out()
          .println(
              Json.object(
                  to -> {
                    to.writeStringField("time", time);
                    Json.key(to, state.key());
                    to.writeStringField("liveness", state.liveness().name());
                    if (holder.isPresent()) {
                      to.writeStringField("holder", holder.get().ownerName());
                    }
                    if (holder.isPresent() && holder.get().fencingToken().isPresent()) {
                      to.writeNumberField("token", holder.get().fencingToken().getAsLong());
                    }
                    if (!problem.isEmpty()) {
                      to.writeStringField("problem", problem);
                    }
                  }));
    } else {
      surroundings
          .out()
          .println(
              String.format(
                  "%s  %-7s  %s%s%s",
                  time,
                  state.liveness().name().toLowerCase(Locale.ROOT),
                  state.key(),
                  holder.map(WatchCommand::by).orElse(""),
                  problem.isEmpty() ? "" : "  " + Texts.printable(problem)));
    }
  }

  private static String by(LockInfo holder) {
    return "  "
        + Texts.printable(holder.ownerName())
        + (holder.fencingToken().isPresent() ? ", token " + holder.fencingToken().getAsLong() : "");
  }
}
