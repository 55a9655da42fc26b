package io.github.batonlock.cli.locks;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.operator.Texts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a holder to finish. */
@Command(
    name = "ask",
    description = {
      "Asks the holder of a lock to finish and release it.",
      "The holder learns of it with its next heartbeat, and may ignore it."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class AskCommand extends OperatorCommand {
  @Mixin private final LockAndReason wanted = new LockAndReason();

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "How long the holder may take, as it is told. Default: 30s.")
  private Duration grace = Duration.ZERO;

  AskCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) {
    LockKey lock = locks.key(wanted.key());
    Optional<LockInfo> asked;
    try (LockClient client = operator.client()) {
      asked = client.requestRelease(lock, wanted.reason(), grace);
    } catch (MalformedLockItemException | UnsupportedOperationException e) {
      return refuse("nothing was changed: " + e.getMessage());
    }
    if (asked.isEmpty()) {
      return refuse("no client holds lock '" + lock + "'; nothing was changed");
    }
    LockInfo holder = asked.get();
    surroundings
        .out()
        .println(
            isJson()
                ? Json.object(
                    to -> {
                      Json.key(to, lock);
                      to.writeStringField("asked", holder.ownerName());
                      to.writeNumberField("token", holder.fencingToken().orElse(0));
                    })
                : "asked '"
                    + Texts.printable(holder.ownerName())
                    + "', which holds lock '"
                    + lock
                    + "' with token "
                    + holder.fencingToken().orElse(0)
                    + ", to finish");
    return ExitCode.OK;
  }
}
