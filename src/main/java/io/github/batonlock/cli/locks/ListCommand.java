package io.github.batonlock.cli.locks;

import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists locks. */
@Command(
    name = "list",
    description = {
      "Lists the locks of the table: which client holds which lock, and since when it is silent.",
      "Reads the whole table."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class ListCommand extends OperatorCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "Only locks with keys that begin with this.")
  private String prefix = "";

  @Option(names = "--sessions", description = "Also list the items of sessions (shared leases).")
  private boolean sessions;

  ListCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    verify(operator);
    List<LockRow> rows =
        operator.reader().list(prefix).stream()
            .filter(row -> sessions || !isSession(row))
            .sorted(Comparator.comparing(row -> row.key().toString()))
            .toList();
    if (rows.isEmpty() && !isJson()) {
      say(
          "table '"
              + options.table()
              + "' has no locks"
              + (prefix.isEmpty() ? "" : " with keys that begin with '" + prefix + "'"));
    } else {
      printer().list(rows);
    }
    return ExitCode.OK;
  }

  private static boolean isSession(LockRow row) {
    return row.state() == State.SESSION || row.state() == State.SESSION_OVER;
  }
}
