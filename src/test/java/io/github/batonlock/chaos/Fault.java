package io.github.batonlock.chaos;

/**
 * Something bad that happens to one worker, or to the table, for some time.
 *
 * @param calmMillis how long it waits after the one before it in its lane is over
 * @param millis how long it lasts; a step of the clock has no end
 * @param worker which worker; -1 for the table
 * @param kind what happens
 * @param amount how much of it; see {@link Kind}
 */
record Fault(long calmMillis, long millis, int worker, Kind kind, int amount) {

  /** What a kind needs, and which of them exclude each other at one worker. */
  enum Lane {
    /** Of the proxy. */
    NETWORK,
    /** Of the worker's process. */
    PROCESS,
    /** Of a worker that lives by a clock of the test's. */
    CLOCK,
    /** Of a worker in a network namespace. */
    LINK,
    /** Of the table's process. */
    TABLE
  }

  /** What can happen. */
  enum Kind {
    /** Connections are closed, and new ones, too. */
    CUT(Lane.NETWORK),
    /** Connections are reset, and new ones closed. */
    RESET(Lane.NETWORK),
    /** Nothing passes; all of it does later. */
    STALL(Lane.NETWORK),
    /** Answers wait; requests pass. */
    STALL_ANSWERS(Lane.NETWORK),
    /** Requests vanish; answers pass. */
    LOSE_REQUESTS(Lane.NETWORK),
    /** Requests pass; answers vanish. */
    LOSE_ANSWERS(Lane.NETWORK),
    /** Connections are half-closed towards the table, in place of a request. */
    END_REQUESTS(Lane.NETWORK),
    /** Connections are half-closed towards the worker, in place of an answer. */
    END_ANSWERS(Lane.NETWORK),
    /** Both directions are late, by up to the amount in milliseconds. */
    SLOW(Lane.NETWORK),
    /** Both directions pass the amount of bytes in a second. */
    THROTTLE(Lane.NETWORK),
    /** {@code kill -9}; started again at its end. */
    KILL(Lane.PROCESS),
    /** {@code SIGSTOP}; {@code SIGCONT} at its end. */
    STOP(Lane.PROCESS),
    /** The wall clock goes ahead by the amount in milliseconds. */
    WALL_FORWARD(Lane.CLOCK),
    /** The wall clock goes back by the amount in milliseconds. */
    WALL_BACK(Lane.CLOCK),
    /** The link of the namespace is down. */
    LINK_DOWN(Lane.LINK),
    /** Packets to the worker are dropped. */
    DROP_INCOMING(Lane.LINK),
    /** Packets from the worker are dropped. */
    DROP_OUTGOING(Lane.LINK),
    /** So many percent of the packets are dropped. */
    DROP_SOME(Lane.LINK),
    /** {@code SIGSTOP} for the table's process. */
    STOP_TABLE(Lane.TABLE);

    private final Lane lane;

    Kind(Lane lane) {
      this.lane = lane;
    }

    Lane lane() {
      return lane;
    }
  }

  /** As one line. */
  String line() {
    return "%s: after %d ms %s for %d ms (%d)"
        .formatted(worker < 0 ? "table" : "w" + worker, calmMillis, kind, millis, amount);
  }
}
