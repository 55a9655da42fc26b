package io.github.batonlock.cli.locks;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.cli.CommonOptions;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A command that works with the locks of a table. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
abstract class OperatorCommand implements Callable<Integer> {
  /** See {@link CommonOptions}. */
  @Mixin final CommonOptions options;

  /** See {@link LockOptions}. */
  @Mixin final LockOptions locks = new LockOptions();

  /** See {@link Surroundings}. */
  final Surroundings surroundings;

  OperatorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.options = new CommonOptions(surroundings);
  }

  @Override
  public final Integer call() throws Exception {
    try (DynamoDbClient dynamoDb = options.openDynamoDb();
        Operator operator =
            Operator.of(dynamoDb, locks.target(options.table(), surroundings.environment()))) {
      return run(operator).code();
    }
  }

  /** Does the work. */
  abstract ExitCode run(Operator operator) throws Exception;

  /** Whether results are for programs. */
  final boolean isJson() {
    return options.output() == CommonOptions.OutputFormat.JSON;
  }

  /** The printer of results. */
  final LockPrinter printer() {
    return new LockPrinter(surroundings.out(), isJson(), Colors.of(surroundings));
  }

  /** Tells what happens meanwhile, or why nothing was changed. */
  final void say(String line) {
    surroundings.err().println("baton: " + line);
  }

  /** Nothing was changed. */
  final ExitCode refuse(String why) {
    say(why);
    return ExitCode.PROBLEM;
  }

  /**
   * Asks the operator before a change.
   *
   * @throws UsageException if there is no terminal to ask on, and no {@code --yes}
   */
  final boolean isConfirmed(String question) {
    if (options.isYes()) {
      return true;
    }
    String answer =
        Optional.ofNullable(System.console())
            .orElseThrow(
                () -> new UsageException(question + " There is no terminal to ask on: use --yes"))
            .readLine("%s [y/N] ", question);
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  /**
   * Checks that the table is a lock table: another program's table shows no lock, which is not to
   * be mistaken for an empty one. The permission to describe the table is not needed otherwise.
   */
  static void verify(Operator operator) {
    try {
      operator.verify();
    } catch (LockStoreException e) {
      if (e.kind() != LockStoreException.Kind.ACCESS_DENIED) {
        throw e;
      }
    }
  }
}
