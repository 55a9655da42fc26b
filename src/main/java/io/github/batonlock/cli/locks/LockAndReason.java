package io.github.batonlock.cli.locks;

import io.github.batonlock.internal.runtime.ConfinedTo;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The lock that a command changes, and why. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class LockAndReason {
  @Parameters(paramLabel = "KEY", description = "The lock.")
  private String key = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for people.")
  private String reason = "";

  /** The lock's partition key. */
  String key() {
    return key;
  }

  /** Why. */
  String reason() {
    return reason;
  }
}
