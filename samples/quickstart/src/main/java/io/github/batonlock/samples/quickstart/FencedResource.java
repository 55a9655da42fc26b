package io.github.batonlock.samples.quickstart;

/**
 * Something that a lock guards and that defends itself: it remembers the highest fencing token it
 * has seen and refuses writes with a lower one. A database does this with a column and a condition.
 */
final class FencedResource {
  private long highestToken;

  /** Writes, unless a later holder has written before. */
  boolean write(long token) {
    if (token < highestToken) {
      return false;
    }
    highestToken = token;
    return true;
  }

  /** The highest token seen; 0 before the first write. */
  long highestToken() {
    return highestToken;
  }
}
