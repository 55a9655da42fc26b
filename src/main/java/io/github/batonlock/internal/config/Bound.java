package io.github.batonlock.internal.config;

/**
 * The largest number of something that the library keeps, sends or accepts. Each constant says what
 * happens beyond it.
 *
 * <p>Times are not bounds: they are defined where they are used.
 */
public enum Bound {

  // One request.

  /**
   * Versions that the condition of one write names. Beyond it: the condition names those that
   * answers have shown and the newest; the answer to a refused write shows another version.
   */
  CONDITION_VERSIONS(Kind.REQUEST, 90, "versions", "DynamoDB: 100 operands of IN, less a reserve"),

  /**
   * Release requests that wait in the item of one session. Beyond it: the next request is refused,
   * until a heartbeat has removed some.
   */
  SESSION_RELEASE_REQUESTS(Kind.REQUEST, 20, "requests", "ours: 40 KB of a session item at most"),

  /**
   * The list of a group, which is the data of one item. Beyond it: joins that would make the list
   * larger fail; failures are forgotten first.
   */
  GROUP_LIST_BYTES(Kind.REQUEST, 390 * 1024, 64, "bytes", "ITEM_BYTES, less the other attributes"),

  // At the same time, and in a row.

  /**
   * Requests of one client that are under way. Beyond it: requests wait, renewals with the nearest
   * deadline first.
   */
  REQUESTS_IN_FLIGHT(Kind.PACE, 50, 3, "requests", "the SDK: connections of its HTTP clients"),

  /**
   * Renewals in a row while other requests wait. Beyond it: one of the others is sent, unless the
   * next renewal is urgent.
   */
  RENEWALS_IN_A_ROW(Kind.PACE, 3, "requests", "ours: one turn of four for grants and releases"),

  /**
   * Handoffs of one lock in a row within one client. Beyond it: the lock is freed for all clients,
   * and this client stands back for a moment.
   */
  HANDOFFS_IN_A_ROW(Kind.PACE, 32, "handoffs", "ours: fairness against one write a handoff"),

  /**
   * Doublings of the pause between tries. Beyond it: the pause does not grow. Smaller values make
   * pauses shorter.
   */
  BACKOFF_DOUBLINGS(Kind.PACE, 10, "doublings", "ours: from 50 ms to beyond the longest pause"),

  /** Doublings of the rest of a candidate after failures. Beyond it: the rest does not grow. */
  CAMPAIGN_DOUBLINGS(Kind.PACE, 10, "doublings", "ours: from 100 ms to beyond the longest rest"),

  /**
   * Quick looks at a watched holder before its interval is known. Beyond it: looks follow at the
   * usual interval.
   */
  LEARNING_LOOKS(Kind.PACE, 12, "looks", "ours: three intervals of four looks"),

  /** Threads for requests. Beyond it: requests wait for a thread. */
  REQUEST_THREADS(Kind.PACE, 52, "threads", "REQUESTS_IN_FLIGHT, and two that may run the loop"),

  /** Reads that an operator's program has under way. Beyond it: the next reads wait for them. */
  OPERATOR_READS(
      Kind.OPERATOR, 10, "reads", "ours: a screen of locks in some hundred milliseconds"),

  /** Threads for callbacks. Beyond it: callbacks wait for a thread. */
  CALLBACK_THREADS(Kind.PACE, 1_000, "threads", "ours: callbacks may block"),

  // What is remembered.

  /**
   * Versions of one hold that may or may not have been applied. Beyond it: a read has to be
   * answered before another version is sent.
   */
  UNCONFIRMED_VERSIONS(Kind.MEMORY, 10_000, "versions", "ours: three hours of failures, 2 MB"),

  /**
   * Versions of holds that are over. Beyond it: the oldest version is forgotten; a waiter then
   * waits a lease for its ghost.
   */
  RETIRED_VERSIONS(Kind.MEMORY, 4_096, "versions", "ours: about 100 bytes each"),

  /**
   * Locks and sessions that have a remembered version although no caller waits for them. Beyond it:
   * one is forgotten, and observed anew: one of a holder that was seen alive, or else the one that
   * was seen for the shortest time.
   */
  OBSERVED_LOCKS(Kind.MEMORY, 100_000, "locks", "ours: some hundred bytes each"),

  /** Memory for the observed locks. Beyond it: as OBSERVED_LOCKS. */
  OBSERVED_BYTES(Kind.MEMORY, 64 << 20, 1_000, "bytes", "ours: 400 for each of OBSERVED_LOCKS"),

  /**
   * Versions of one lock that were seen replaced. Beyond it: the oldest is forgotten; a stale read
   * that shows it starts the observation anew.
   */
  REPLACED_VERSIONS(Kind.MEMORY, 16, "versions", "ours: reads are not stale for 16 heartbeats"),

  /**
   * Versions of one watched item that were seen replaced. Beyond it: the oldest is forgotten; a
   * stale read that shows it counts as news.
   */
  WATCHED_PAST_VERSIONS(Kind.MEMORY, 16, "versions", "as REPLACED_VERSIONS"),

  /**
   * Release requests of waiters that have gone, for which a lock may still be reserved. Beyond it:
   * the request not used for longest is forgotten; a lock that is reserved for it is free after a
   * lease.
   */
  RELEASE_REQUESTS_SENT(Kind.MEMORY, 1_000, "requests", "ours: about 100 bytes each"),

  /**
   * Locks for which a granting write may still arrive. Beyond it: further locks are not read; the
   * session takes no more locks, and frees what arrives when the locks that it keeps are released.
   */
  LATE_WRITE_LOCKS(Kind.MEMORY, 1_000, "locks", "ours: one read each now and then"),

  /** Sessions of other clients that are remembered. Beyond it: unused ones are observed anew. */
  OBSERVED_SESSIONS(Kind.MEMORY, 1_000, "sessions", "ours: a session stands for a client"),

  /**
   * Locks with a remembered usual hold time. Beyond it: that of the lock not used for longest is
   * learnt anew.
   */
  POLL_PACES(Kind.MEMORY, 1_000, "locks", "ours: some hundred bytes each"),

  /** Expressions of writes that are kept. Beyond it: they are made for each request. */
  EXPRESSION_CHARACTERS(Kind.MEMORY, 1_000_000, "characters", "ours: a write has some hundred"),

  /** Timeouts of requests, in the form the SDK takes, that are kept. Beyond it: as above. */
  REQUEST_OVERRIDES(Kind.MEMORY, 100, "timeouts", "ours: most requests have one of a few"),

  /**
   * Members of a group that failed and that its list still names. Beyond it: for observers that
   * were away, the oldest ones appear to have left.
   */
  FAILURES_LISTED(Kind.MEMORY, 256, "members", "ours: they share the item with the members"),

  /**
   * Events of calls and requests that wait for a client's listener. Beyond it: events are dropped,
   * and the listener is told their number.
   */
  LISTENER_EVENTS(Kind.MEMORY, 1_000, "events", "ours: about 100 bytes each"),

  // Sizes and numbers in users' input.

  /** The size of an item. Beyond it: data of that size is refused before it is sent. */
  ITEM_BYTES(Kind.INPUT, 400 * 1024, "bytes", "DynamoDB"),

  /** The size of a partition key. Beyond it: the key is refused. */
  PARTITION_KEY_BYTES(Kind.INPUT, 2_048, "bytes of UTF-8", "DynamoDB"),

  /** The size of a sort key. Beyond it: the key is refused. */
  SORT_KEY_BYTES(Kind.INPUT, 1_024, "bytes of UTF-8", "DynamoDB"),

  /** Locks of one transaction, and of one {@code MultiLock}. Beyond it: they are refused. */
  TRANSACTION_LOCKS(Kind.INPUT, 100, "locks", "DynamoDB: 100 items of a transaction"),

  /** Permits of a semaphore. Beyond it: the semaphore is refused. */
  SEMAPHORE_PERMITS(Kind.INPUT, 100, "permits", "ours: a search looks at each of them"),

  /** Readers of a read-write lock. Beyond it: the lock is refused. */
  READERS(Kind.INPUT, 99, "readers", "ours: with the gate, a writer holds a hundred locks"),

  /** The length of a group member's id. Beyond it: the id is refused. */
  MEMBER_ID_CHARACTERS(Kind.INPUT, 255, "characters", "ours: the list is one item"),

  /** The size of a candidate's id. Beyond it: the id is refused. */
  CANDIDATE_ID_BYTES(Kind.INPUT, 900, "bytes of UTF-8", "RELEASE_REASON_CHARACTERS, less a rank"),

  /**
   * The size of a candidate's payload, which all candidates and observers can read. Beyond it: the
   * payload is refused.
   */
  CANDIDATE_PAYLOAD_BYTES(Kind.INPUT, 350_000, "bytes", "ITEM_BYTES, less ids and attributes"),

  /** The length of a release request's reason. Beyond it: the request is refused. */
  RELEASE_REASON_CHARACTERS(Kind.INPUT, 1_000, "characters", "ours: others pay for the item");

  /** The kinds of bounds. */
  public enum Kind {
    /** What one request carries. */
    REQUEST,
    /** What happens at the same time, or in a row. */
    PACE,
    /** What a client remembers. */
    MEMORY,
    /** Input of users. The same for all clients. */
    INPUT,
    /** Of the operator's tool, which is no client. */
    OPERATOR
  }

  private final Kind kind;
  private final int defaultValue;
  private final int least;
  private final String unit;
  private final String source;

  Bound(Kind kind, int defaultValue, String unit, String source) {
    this(kind, defaultValue, 1, unit, source);
  }

  Bound(Kind kind, int defaultValue, int least, String unit, String source) {
    this.kind = kind;
    this.defaultValue = defaultValue;
    this.least = least;
    this.unit = unit;
    this.source = source;
  }

  /**
   * The kind of this bound.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * The value for every client, unless the client's configuration sets another.
   *
   * @return a number of {@link #unit}
   */
  public int defaultValue() {
    return defaultValue;
  }

  /**
   * The smallest value with which a client works.
   *
   * @return a number of {@link #unit}
   */
  public int least() {
    return least;
  }

  /**
   * The unit that is counted.
   *
   * @return a plural noun
   */
  public String unit() {
    return unit;
  }

  /**
   * The origin of the default value.
   *
   * @return a system that has this limit, another bound, or a reason
   */
  public String source() {
    return source;
  }

  /**
   * Whether the value may differ between clients.
   *
   * @return false for limits of users' input, and of the operator's tool
   */
  public boolean isOfClient() {
    return kind != Kind.INPUT && kind != Kind.OPERATOR;
  }
}
