package io.github.batonlock.chaos;

/**
 * Something that happened at an instant between two readings of the machine's monotonic clock,
 * which is one clock for all of its processes.
 *
 * @param from the clock before it
 * @param to the clock after it
 * @param who the worker and its life ({@code w2.1}), {@code table} or {@code harness}
 * @param kind what happened
 * @param key the lock; empty if none
 * @param token the fencing token, or the number of an attempt for {@link Kind#WAITING} and {@link
 *     Kind#GAVE_UP}; 0 if none
 * @param detail more of it; empty if there is none
 */
record Event(long from, long to, String who, Kind kind, String key, long token, String detail) {

  /** What can happen. */
  enum Kind {
    /** A worker life began to work. */
    READY,
    /** Somebody wants the lock; the token is the attempt's number. */
    WAITING,
    /** An attempt ended without the lock. */
    GAVE_UP,
    /** An acquisition returned the lock; the detail is the attempt's number. */
    ACQUIRED,
    /** The client said that the lock is held. */
    HELD,
    /** A revocation callback ran; the detail is the reason. */
    TOLD,
    /** The lock was closed, and had not been revoked before. */
    RELEASED,
    /** The lock was closed, and had been revoked before. */
    CLOSED,
    /** The client's listener was told that it suspects the clocks. */
    SUSPECT,
    /** The wall clock of the process was seen to step; the token is by how many milliseconds. */
    WALL,
    /** What may never happen; the detail says what. */
    ODD,
    /** A worker life ended in order. */
    BYE,
    /** A worker life was killed. */
    KILLED,
    /** A fault, from its begin to its end; the detail is its kind. */
    FAULT,
    /** The table was seen to change; the detail is {@code held}, {@code free} or {@code absent}. */
    SEEN,
    /** The fenced resource took a write. */
    ACCEPTED,
    /** The fenced resource refused a write. */
    REFUSED
  }

  /** Which worker, whatever its life. */
  String worker() {
    int dot = who.indexOf('.');
    return dot < 0 ? who : who.substring(0, dot);
  }

  /** As one line, without its end. */
  String line() {
    return String.join(
        " ",
        Long.toString(from),
        Long.toString(to),
        who,
        kind.name(),
        key.isEmpty() ? "-" : key,
        Long.toString(token),
        detail.isEmpty() ? "-" : detail);
  }

  /** Reads what {@link #line} wrote. */
  static Event parse(String line) {
    String[] parts = line.split(" ", 7);
    if (parts.length < 7) {
      throw new IllegalArgumentException("not an event: '" + line + "'");
    }
    return new Event(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        parts[2],
        Kind.valueOf(parts[3]),
        parts[4].equals("-") ? "" : parts[4],
        Long.parseLong(parts[5]),
        parts[6].equals("-") ? "" : parts[6]);
  }
}
