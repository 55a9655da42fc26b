package io.github.batonlock.cli.locks;

import io.github.batonlock.LockKey;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that look at locks or change them: the table's keys, the operator. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class LockOptions {
  @Option(
      names = "--partition-key-name",
      paramLabel = "NAME",
      defaultValue = "key",
      description = "The table's partition key attribute. Default: key.")
  private String partitionKeyName = "key";

  @Option(
      names = "--sort-key-name",
      paramLabel = "NAME",
      description = "The table's sort key attribute. Default: none.")
  private @Nullable String sortKeyName;

  @Option(
      names = "--sort-key",
      paramLabel = "KEY",
      description = "The sort key of the lock, in a table that has one.")
  private @Nullable String sortKey;

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description = "Your name, as holders and other operators see it. Default: user@host.")
  private @Nullable String operator;

  /** The key of a lock that the command line names. */
  LockKey key(String partitionKey) {
    String sort = sortKey;
    if ((sort == null) != (sortKeyName == null)) {
      throw new UsageException(
          sort == null
              ? "Lock '" + partitionKey + "' needs a --sort-key, since --sort-key-name is given"
              : "--sort-key needs --sort-key-name, the table's sort key attribute");
    }
    return sort == null ? LockKey.of(partitionKey) : LockKey.of(partitionKey, sort);
  }

  /** A key for trials, in a table of any keys. */
  LockKey probe(String partitionKey) {
    return sortKeyName == null ? LockKey.of(partitionKey) : LockKey.of(partitionKey, "probe");
  }

  /** The table, and the operator. */
  Operator.Target target(String table, Map<String, String> environment) {
    return new Operator.Target(
        table,
        partitionKeyName,
        sortKeyName,
        operator == null ? Operator.nameOf(environment) : operator);
  }
}
