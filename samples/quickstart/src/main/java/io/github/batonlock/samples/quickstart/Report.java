package io.github.batonlock.samples.quickstart;

/**
 * What a worker tells the quickstart, as one line of text.
 *
 * @param kind what the worker does
 * @param token the fencing token of its lock
 * @param detail for people
 */
record Report(Kind kind, long token, String detail) {
  /** The answer to every report but {@link Kind#REVOKED}. */
  static final String GO_ON = "go-on";

  /** The answer that makes a worker release the lock and end. */
  static final String STOP = "stop";

  enum Kind {
    /** Got the lock. */
    HOLDS,
    /** Writes to the resource. */
    WRITES,
    /** Is about to release the lock. */
    RELEASES,
    /** Lost the lock. Needs no answer. */
    REVOKED
  }

  String toLine() {
    return kind + " " + token + " " + detail;
  }

  static Report fromLine(String line) {
    String[] parts = line.split(" ", 3);
    return new Report(Kind.valueOf(parts[0]), Long.parseLong(parts[1]), parts[2]);
  }
}
