package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.store.LockWrite;

/** How long the expressions of a write are in a request to DynamoDB. */
public final class ExpressionSizes {
  private static final WriteTexts TEXTS = new WriteTexts(1_000_000);

  private ExpressionSizes() {}

  /**
   * The longer one of a write's two expressions.
   *
   * @param write any
   * @return bytes of UTF-8
   */
  public static int longest(LockWrite write) {
    WriteTexts.Texts texts = TEXTS.of(RenderedWrite.of(write, "key"));
    // Placeholders only: every character is one byte.
    int update = texts.update() == null ? 0 : texts.update().length();
    return Math.max(update, texts.condition().length());
  }
}
