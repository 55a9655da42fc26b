package io.github.batonlock.simulation;

/** How one process's way to the table is for a while. */
enum Condition {
  /** Every request arrives once, and is answered within milliseconds. */
  HEALTHY,
  /** As healthy, but requests arrive twice, the second time up to minutes later. */
  DUPLICATING,
  /** Requests and answers are lost, some of each. */
  LOSSY,
  /** Most requests and answers are lost. */
  FLAPPING,
  /** Nothing arrives. */
  CUT,
  /** Writes arrive, their answers never do; reads are well. */
  WRITES_UNANSWERED,
  /** Writes never arrive; reads are well. */
  WRITES_LOST,
  /** Everything arrives, no answer does. */
  UNANSWERED,
  /** Everything takes up to seconds, and overtakes. */
  SLOW,
  /** Many requests arrive only after their sender has given up, up to minutes later. */
  LATE,
  /** DynamoDB answers with a 500, having applied the write or not. */
  ERRORS,
  /** Connections break when the request has arrived. */
  BREAKING,
  /** Most requests are refused for exceeding the capacity. */
  THROTTLED,
  /** No connection is accepted. */
  REFUSED,
  /** The credentials have expired. */
  DENIED,
  /** No request ends by itself, not even by the SDK's timeouts. */
  HANGING;

  /** Whether a holder on this link has no excuse for losing a lock. */
  boolean isConnected() {
    return this == HEALTHY || this == DUPLICATING;
  }
}
