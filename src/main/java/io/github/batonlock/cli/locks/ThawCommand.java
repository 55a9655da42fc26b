package io.github.batonlock.cli.locks;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.internal.operator.LockFreezer;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Thaws a lock. */
@Command(name = "thaw", description = "Frees a frozen lock for all clients.")
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class ThawCommand extends OperatorCommand {
  @Parameters(paramLabel = "KEY", description = "The lock.")
  private String key = "";

  ThawCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    LockKey lock = locks.key(key);
    if (!isConfirmed("Thaw lock '" + lock + "'?")) {
      return refuse("nothing was changed");
    }
    LockFreezer.Result result = operator.freezer().thaw(lock);
    String words =
        switch (result.end()) {
          case THAWED ->
              "lock '"
                  + lock
                  + "' is free for all clients"
                  + result
                      .before()
                      .note()
                      .map(note -> "; it was frozen by " + note.operator() + ": " + note.reason())
                      .orElse("");
          default ->
              "lock '"
                  + lock
                  + "' is not frozen, but "
                  + LockPrinter.name(result.now().state())
                  + "; nothing was changed";
        };
    return FreezeReport.print(this, lock, result, words);
  }
}
