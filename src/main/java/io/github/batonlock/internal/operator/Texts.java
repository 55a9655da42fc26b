package io.github.batonlock.internal.operator;

import io.github.batonlock.internal.runtime.Printable;

/** Texts of items as an operator's terminal shows them. */
public final class Texts {
  private Texts() {}

  /** The text without characters that move the cursor or begin a new line. */
  public static String printable(String text) {
    return Printable.of(text);
  }
}
