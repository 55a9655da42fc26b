package io.github.batonlock.samples.election;

/**
 * What a candidate tells of itself, as one line of text.
 *
 * @param kind what happened
 * @param term the number of its term
 * @param millis when, by the clock that all processes of a machine share
 * @param detail why a term ended
 */
record Report(Kind kind, long term, long millis, String detail) {
  enum Kind {
    /** It has been elected. */
    ELECTED,
    /** It leads at this moment. */
    LEADS,
    /** Its term is over. */
    ENDED
  }

  String toLine() {
    return kind + " " + term + " " + millis + " " + detail;
  }

  static Report fromLine(String line) {
    String[] parts = line.split(" ", 4);
    return new Report(
        Kind.valueOf(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]);
  }
}
