package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.dynamodb.CallAttempts.End;

/** The failure of a call that ran out of time, with how its last attempts ended. */
final class OutOfTimeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final End end;
  private final int attempts;

  OutOfTimeException(Throwable cause, CallAttempts attempts) {
    super(cause.getMessage(), cause);
    this.end = attempts.end();
    this.attempts = attempts.count();
  }

  End end() {
    return end;
  }

  /** How many attempts were seen; there may have been earlier ones. */
  int attempts() {
    return attempts;
  }
}
