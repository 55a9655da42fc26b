package io.github.batonlock.internal.dynamodb;

/** The proof that a request never left this process: it was refused before the SDK saw it. */
final class NotSentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotSentException(Throwable cause) {
    super(cause.toString(), cause);
  }
}
