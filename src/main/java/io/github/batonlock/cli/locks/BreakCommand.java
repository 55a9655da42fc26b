package io.github.batonlock.cli.locks;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.BreakWords;
import io.github.batonlock.internal.operator.LockBreaker;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Breaks a lock. */
@Command(
    name = "break",
    description = {
      "Frees a lock although its holder has not released it, if its token is still the given one.",
      "Asks the holder to finish first. A holder that goes on loses the lock, and has the time of a"
          + " lease to stop before another client gets it."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class BreakCommand extends OperatorCommand {
  @Mixin private final LockAndReason wanted = new LockAndReason();

  @Option(
      names = "--token",
      paramLabel = "N",
      description = "The fencing token that 'show' has shown.")
  private @Nullable Long token;

  @Option(
      names = "--version-seen",
      paramLabel = "V",
      description =
          "The version that 'show' has shown: a holder that has shown life since keeps the lock.")
  private @Nullable String version;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long the holder may take to finish. Default: its lease.")
  private @Nullable Duration patience;

  @Option(
      names = "--now",
      description =
          "Free the lock at once. Its holder may go on, beside the next one, until it notices.")
  private boolean now;

  BreakCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    Long given = token;
    if (given == null && version == null) {
      throw new UsageException("Name the hold to break: --token N, as 'baton show' shows it");
    }
    LockKey lock = locks.key(wanted.key());
    LockBreaker.Shown shown =
        new LockBreaker.Shown(
            lock,
            given == null ? OptionalLong.empty() : OptionalLong.of(given),
            Optional.ofNullable(version),
            wanted.reason());
    if (!isConfirmed("Break lock '" + lock + "'" + (now ? " at once?" : "?"))) {
      return refuse("nothing was changed");
    }
    LockBreaker breaker = operator.breaker(this::say);
    LockBreaker.Result result =
        now ? breaker.breakNow(shown) : breaker.breakGently(shown, patience(operator, lock));
    return report(lock, result);
  }

  private Duration patience(Operator operator, LockKey lock) throws InterruptedException {
    return patience != null ? patience : operator.reader().read(lock).lease().orElse(Duration.ZERO);
  }

  private ExitCode report(LockKey lock, LockBreaker.Result result) {
    boolean isDone =
        result.end() == LockBreaker.End.BROKEN || result.end() == LockBreaker.End.LET_GO;
    if (isJson()) {
      surroundings
          .out()
          .println(
              Json.object(
                  to -> {
                    Json.key(to, lock);
                    to.writeStringField("result", result.end().name());
                    to.writeStringField("lost", isDone ? result.before().owner() : "");
                    to.writeObjectFieldStart("now");
                    LockPrinter.fields(to, result.now());
                    to.writeEndObject();
                  }));
    }
    String text = BreakWords.of(lock, result);
    if (!isDone) {
      return refuse(text);
    }
    if (!isJson()) {
      surroundings.out().println(text);
    }
    return ExitCode.OK;
  }
}
