package io.github.batonlock.cli;

/**
 * The exit codes of the tool (docs/cli.md). {@code baton run} ends with the code of its child
 * otherwise.
 */
public enum ExitCode {
  /** The command has done what it was asked to do. */
  OK(0),
  /**
   * The lock is not in the state that the command needs, and nothing was changed; or the doctor has
   * found something wrong.
   */
  PROBLEM(1),
  /** The command line, or the configuration that it refers to, cannot be used. */
  USAGE(64),
  /** The table cannot be reached, does not exist, or is not a lock table. */
  TABLE_UNREACHABLE(69),
  /** The lock is held by another client. */
  NOT_ACQUIRED(75),
  /** The credentials are missing, invalid, or lack a permission. */
  ACCESS_DENIED(77),
  /** The lock was lost, or held for as long as it may be, and the child was ended for it. */
  LOST(124),
  /** The tool has failed. */
  FAILED(125),
  /** The child was not started: it cannot be executed. */
  NOT_EXECUTABLE(126),
  /** The child was not started: there is no such command. */
  NOT_FOUND(127);

  /** What a signal's number is added to, where a signal ends the tool or its child. */
  private static final int SIGNALS = 128;

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number. */
  public int code() {
    return code;
  }

  /**
   * The code of a process that a signal has ended.
   *
   * @param number the signal's number
   */
  static int ofSignal(int number) {
    return SIGNALS + number;
  }
}
