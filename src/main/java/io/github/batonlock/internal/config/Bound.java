package io.github.batonlock.internal.config;

/**
 * The largest number of something that the library keeps, sends or accepts. Each constant says what
 * happens beyond it.
 *
 * <p>Times are no bounds: they stand where they are used.
 */
public enum Bound {

  // One request.

  /**
   * Versions that the condition of one write names. Beyond it: those that answers have shown and
   * the newest are named; a write that is refused for another one tells it.
   */
  CONDITION_VERSIONS(Kind.REQUEST, 90, "versions", "DynamoDB: 100 operands of IN, less a reserve"),

  /**
   * Requests to release locks that wait in the item of one session. Beyond it: the next request is
   * refused, until a heartbeat has taken some out.
   */
  SESSION_RELEASE_REQUESTS(Kind.REQUEST, 20, "requests", "ours: 40 KB of a session item at most"),

  /**
   * The list of a group, which is the data of one item. Beyond it: the joins that would make it so
   * large fail; failures are forgotten first.
   */
  GROUP_LIST_BYTES(Kind.REQUEST, 390 * 1024, 64, "bytes", "ITEM_BYTES, less the other attributes"),

  // At once, and in a row.

  /**
   * Requests of one client that are under way. Beyond it: requests wait, renewals with the nearest
   * deadline first.
   */
  REQUESTS_IN_FLIGHT(Kind.PACE, 50, 3, "requests", "the SDK: connections of its HTTP clients"),

  /**
   * Renewals in a row while other requests wait. Beyond it: one of the others is sent, unless the
   * next renewal is pressing.
   */
  RENEWALS_IN_A_ROW(Kind.PACE, 3, "requests", "ours: one turn of four for grants and releases"),

  /**
   * Handoffs of one lock in a row within one client. Beyond it: the lock is freed for all clients,
   * and this one stands back for a moment.
   */
  HANDOFFS_IN_A_ROW(Kind.PACE, 32, "handoffs", "ours: fairness against one write a handoff"),

  /**
   * Doublings of the pause between tries. Beyond it: the pause stays as long as it is. Smaller
   * values make pauses shorter.
   */
  BACKOFF_DOUBLINGS(Kind.PACE, 10, "doublings", "ours: from 50 ms to beyond the longest pause"),

  /**
   * Doublings of the rest of a candidate after failures. Beyond it: the rest stays as long as it
   * is.
   */
  CAMPAIGN_DOUBLINGS(Kind.PACE, 10, "doublings", "ours: from 100 ms to beyond the longest rest"),

  /**
   * Quick looks at a watched holder before its interval is known. Beyond it: looks follow at the
   * interval that is usual.
   */
  LEARNING_LOOKS(Kind.PACE, 12, "looks", "ours: three intervals of four looks"),

  /** Threads for requests. Beyond it: requests wait for a thread. */
  REQUEST_THREADS(Kind.PACE, 52, "threads", "REQUESTS_IN_FLIGHT, and two that may run the loop"),

  /** Threads for callbacks. Beyond it: callbacks wait for a thread. */
  CALLBACK_THREADS(Kind.PACE, 1_000, "threads", "ours: callbacks may block"),

  // What is remembered.

  /**
   * Versions of one hold whose fate is unknown. Beyond it: a read has to be answered before another
   * one is sent.
   */
  UNCONFIRMED_VERSIONS(Kind.MEMORY, 10_000, "versions", "ours: three hours of failures, 2 MB"),

  /**
   * Versions of holds that are over. Beyond it: the oldest is forgotten; its ghost is outwaited for
   * a lease.
   */
  RETIRED_VERSIONS(Kind.MEMORY, 4_096, "versions", "ours: about 100 bytes each"),

  /**
   * Locks and sessions whose version is remembered although no caller waits for them. Beyond it:
   * one is forgotten, and observed anew: of a holder that was seen alive, or else of one that was
   * seen for the shortest time.
   */
  OBSERVED_LOCKS(Kind.MEMORY, 100_000, "locks", "ours: some hundred bytes each"),

  /** Memory for these. Beyond it: as OBSERVED_LOCKS. */
  OBSERVED_BYTES(Kind.MEMORY, 64 << 20, 1_000, "bytes", "ours: 400 for each of OBSERVED_LOCKS"),

  /**
   * Versions of one lock that were seen replaced. Beyond it: the oldest is forgotten; a stale read
   * that shows it starts the observation anew.
   */
  REPLACED_VERSIONS(Kind.MEMORY, 16, "versions", "ours: reads are not stale for 16 heartbeats"),

  /**
   * Versions of one watched item that were seen replaced. Beyond it: the oldest is forgotten; a
   * stale read that shows it is taken for news.
   */
  WATCHED_PAST_VERSIONS(Kind.MEMORY, 16, "versions", "as REPLACED_VERSIONS"),

  /**
   * Requests to release, made by waiters that have gone, that a lock may still be kept for. Beyond
   * it: the one not used for longest is forgotten; what is kept for it is outwaited for a lease.
   */
  RELEASE_REQUESTS_SENT(Kind.MEMORY, 1_000, "requests", "ours: about 100 bytes each"),

  /**
   * Locks that a granting write may still come to. Beyond it: further locks are not looked at; the
   * session takes no more locks, and frees what comes when those that it keeps are given back.
   */
  LATE_WRITE_LOCKS(Kind.MEMORY, 1_000, "locks", "ours: one read each now and then"),

  /** Sessions of other clients that are remembered. Beyond it: unused ones are observed anew. */
  OBSERVED_SESSIONS(Kind.MEMORY, 1_000, "sessions", "ours: a session stands for a client"),

  /**
   * Locks of which it is remembered how long their holders have them. Beyond it: the one not used
   * for longest is learnt anew.
   */
  POLL_PACES(Kind.MEMORY, 1_000, "locks", "ours: some hundred bytes each"),

  /** Expressions of writes that are kept. Beyond it: they are made for each request. */
  EXPRESSION_CHARACTERS(Kind.MEMORY, 1_000_000, "characters", "ours: a write has some hundred"),

  /** Timeouts of requests, as the SDK takes them, that are kept. Beyond it: as above. */
  REQUEST_OVERRIDES(Kind.MEMORY, 100, "timeouts", "ours: most requests have one of a few"),

  /**
   * Members of a group that failed and that its list still names. Beyond it: observers that were
   * away take the oldest for members that left.
   */
  FAILURES_LISTED(Kind.MEMORY, 256, "members", "ours: they share the item with the members"),

  // What users pass in.

  /** An item. Beyond it: data as large is refused before it is sent. */
  ITEM_BYTES(Kind.INPUT, 400 * 1024, "bytes", "DynamoDB"),

  /** A partition key. Beyond it: the key is refused. */
  PARTITION_KEY_BYTES(Kind.INPUT, 2_048, "bytes of UTF-8", "DynamoDB"),

  /** A sort key. Beyond it: the key is refused. */
  SORT_KEY_BYTES(Kind.INPUT, 1_024, "bytes of UTF-8", "DynamoDB"),

  /** Locks of one transaction, and of one {@code MultiLock}. Beyond it: they are refused. */
  TRANSACTION_LOCKS(Kind.INPUT, 100, "locks", "DynamoDB: 100 items of a transaction"),

  /** Permits of a semaphore. Beyond it: the semaphore is refused. */
  SEMAPHORE_PERMITS(Kind.INPUT, 100, "permits", "ours: a search looks at each of them"),

  /** Readers of a lock for readers and writers. Beyond it: the lock is refused. */
  READERS(Kind.INPUT, 99, "readers", "ours: with the gate, a writer holds a hundred locks"),

  /** The id of a member of a group. Beyond it: the id is refused. */
  MEMBER_ID_CHARACTERS(Kind.INPUT, 255, "characters", "ours: the list is one item"),

  /** The id of a candidate. Beyond it: the id is refused. */
  CANDIDATE_ID_BYTES(Kind.INPUT, 1_000, "bytes of UTF-8", "ours: it is written with each term"),

  /** What all know of a candidate. Beyond it: the payload is refused. */
  CANDIDATE_PAYLOAD_BYTES(Kind.INPUT, 350_000, "bytes", "ITEM_BYTES, less ids and attributes"),

  /** The reason of a request to release. Beyond it: the request is refused. */
  RELEASE_REASON_CHARACTERS(Kind.INPUT, 1_000, "characters", "ours: others pay for the item");

  /** What kind of thing is bounded. */
  public enum Kind {
    /** What one request carries. */
    REQUEST,
    /** What happens at once, or in a row. */
    PACE,
    /** What a client remembers. */
    MEMORY,
    /** What users pass in: the same for all clients. */
    INPUT
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
   * What kind of thing is bounded.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * The value of every client, unless its configuration says otherwise.
   *
   * @return a number of {@link #unit}
   */
  public int defaultValue() {
    return defaultValue;
  }

  /**
   * The smallest value that a client works with.
   *
   * @return a number of {@link #unit}
   */
  public int least() {
    return least;
  }

  /**
   * What is counted.
   *
   * @return a plural noun
   */
  public String unit() {
    return unit;
  }

  /**
   * Where the default value comes from.
   *
   * @return a system whose limit it is, another bound, or a reason
   */
  public String source() {
    return source;
  }

  /**
   * Whether one client may have another value than the next.
   *
   * @return false for limits of what users pass in
   */
  public boolean isOfClient() {
    return kind != Kind.INPUT;
  }
}
