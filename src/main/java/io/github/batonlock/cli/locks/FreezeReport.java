package io.github.batonlock.cli.locks;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.internal.operator.LockFreezer;

/** The report of a freeze or a thaw. */
final class FreezeReport {
  private FreezeReport() {}

  /** Prints it, and says how the command ends. */
  static ExitCode print(
      OperatorCommand command, LockKey lock, LockFreezer.Result result, String words) {
    boolean isDone =
        result.end() == LockFreezer.End.FROZEN || result.end() == LockFreezer.End.THAWED;
    if (command.isJson()) {
      command
          .surroundings
          .out()
          .println(
              Json.object(
                  to -> {
                    Json.key(to, lock);
                    to.writeStringField("result", result.end().name());
                    to.writeObjectFieldStart("now");
                    LockPrinter.fields(to, result.now());
                    to.writeEndObject();
                  }));
    }
    if (!isDone) {
      return command.refuse(words);
    }
    if (!command.isJson()) {
      command.surroundings.out().println(words);
    }
    return ExitCode.OK;
  }
}
