package io.github.batonlock.cli.locks;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.Ages;
import io.github.batonlock.internal.operator.FreezeNote;
import io.github.batonlock.internal.operator.LockFreezer;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.operator.Texts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Freezes a lock. */
@Command(
    name = "freeze",
    description = {
      "Keeps a lock from all clients until 'thaw', or until its time is over.",
      "Acquires the lock like any client, so a held lock is frozen only when its holder lets go."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class FreezeCommand extends OperatorCommand {
  @Mixin private final LockAndReason wanted = new LockAndReason();

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "1d",
      converter = DurationConverter.class,
      description = "How long the lock stays frozen at most, up to 31d. Default: 1d.")
  private Duration length = Duration.ZERO;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "0s",
      converter = DurationConverter.class,
      description = "How long to wait for a held lock. Default: not at all.")
  private Duration patience = Duration.ZERO;

  @Option(names = "--ask", description = "While waiting, ask the holder to finish.")
  private boolean ask;

  FreezeCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    if (ask && patience.isZero()) {
      throw new UsageException("--ask needs --wait DURATION, the time to wait for the holder");
    }
    LockKey lock = locks.key(wanted.key());
    FreezeNote note =
        new FreezeNote(
            locks.target(options.table(), surroundings.environment()).operator(), wanted.reason());
    if (!isConfirmed("Freeze lock '" + lock + "' for " + Ages.inWords(length) + "?")) {
      return refuse("nothing was changed");
    }
    LockFreezer.Result result = operator.freezer().freeze(lock, note, length, patience, ask);
    return FreezeReport.print(this, lock, result, words(lock, result.now(), result.end()));
  }

  private String words(LockKey lock, LockRow now, LockFreezer.End end) {
    String name = "lock '" + lock + "'";
    return switch (end) {
      case FROZEN ->
          name
              + " is frozen for "
              + Ages.inWords(length)
              + " at most; end it with: baton thaw "
              + lock;
      case WAS_FROZEN ->
          name
              + " is frozen already by "
              + now.note().map(note -> note.operator() + ": " + note.reason()).orElse("")
              + "; nothing was changed";
      case HELD ->
          name
              + (now.state() == LockRow.State.CLOSED
                  ? " is still closed by its last holder '"
                  : " is held by '")
              + Texts.printable(now.owner())
              + "'; it is not frozen. Use --wait, with --ask to ask the holder to finish";
      case NOT_A_LOCK ->
          "the row of '"
              + lock
              + "' is no lock"
              + now.problem().map(problem -> ": " + problem).orElse("")
              + "; nothing was changed";
      case THAWED, NOT_FROZEN -> throw new IllegalStateException(end.name());
    };
  }
}
