package io.github.batonlock.cli.locks;

import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.internal.operator.Check;
import io.github.batonlock.internal.operator.LockRow.State;
import picocli.CommandLine.Help.Ansi;

/**
 * The colours of states, on a terminal only.
 *
 * @param isOn whether there is a terminal that shows them
 */
record Colors(boolean isOn) {
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String RED = "\u001b[31m";
  private static final String BLUE = "\u001b[34m";
  private static final String OFF = "\u001b[0m";

  /** A process that is told of no terminal writes no colours; nor does one with NO_COLOR. */
  static Colors of(Surroundings surroundings) {
    boolean isTerminal = surroundings.environment().containsKey("TERM") && Ansi.AUTO.enabled();
    return new Colors(isTerminal && !surroundings.environment().containsKey("NO_COLOR"));
  }

  /** A text about a lock in some state. */
  String of(State state, String text) {
    if (!isOn) {
      return text;
    }
    String color =
        switch (state) {
          case FREE, SESSION -> GREEN;
          case HELD, ABSENT -> "";
          case CLOSED, SESSION_OVER -> YELLOW;
          case FROZEN -> BLUE;
          case DEAD, NOT_A_LOCK -> RED;
        };
    return color.isEmpty() ? text : color + text + OFF;
  }

  /** A text about a check. */
  String of(Check.Grade grade, String text) {
    if (!isOn) {
      return text;
    }
    String color =
        switch (grade) {
          case GOOD -> GREEN;
          case NOTE, UNKNOWN -> YELLOW;
          case WRONG -> RED;
        };
    return color + text + OFF;
  }
}
