package io.github.batonlock.simulation;

import io.github.batonlock.LockStoreException.Kind;

/** How one attempt of the SDK fails, other than by silence. */
enum Failure {
  THROTTLING(Kind.THROTTLED, true, true),
  TRANSACTION_CONFLICT(Kind.CONFLICT, true, true),
  NO_CONNECTION(Kind.UNAVAILABLE, true, true),
  EXPIRED_CREDENTIALS(Kind.ACCESS_DENIED, true, false),
  SERVER_ERROR(Kind.UNAVAILABLE, false, true),
  BROKEN_CONNECTION(Kind.UNAVAILABLE, false, true);

  final Kind kind;

  /** Whether this attempt certainly changed nothing. */
  final boolean isCertain;

  /** Whether the SDK tries again by itself. */
  final boolean isRetried;

  Failure(Kind kind, boolean isCertain, boolean isRetried) {
    this.kind = kind;
    this.isCertain = isCertain;
    this.isRetried = isRetried;
  }
}
