package io.github.batonlock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The table could not be read or written.
 *
 * <p>A failed renewal never throws: the client tries it again until the lease runs out, and then
 * the lock is revoked. A failed acquisition throws this exception at once if trying again cannot
 * help ({@link Kind#isTransient()} is false), and at the end of its waiting time otherwise.
 */
public final class LockStoreException extends LockException {
  private static final long serialVersionUID = 1L;

  /** The kinds of failure. */
  public enum Kind {
    /** The table does not exist, or not in this Region and account. */
    NO_TABLE(false),
    /** The table's key schema differs from the one that the client was built for. */
    WRONG_SCHEMA(false),
    /** The credentials are missing, invalid, expired or lack a permission. */
    ACCESS_DENIED(false),
    /** DynamoDB refused the request as invalid: the item would be too large, for example. */
    INVALID_REQUEST(false),
    /** DynamoDB asked to slow down, or a capacity limit was reached. */
    THROTTLED(true),
    /** The item was part of a transaction or a replicated write at that moment. */
    CONFLICT(true),
    /** No answer came within the request's time. */
    TIMED_OUT(true),
    /** The connection failed, or DynamoDB answered with a server error. */
    UNAVAILABLE(true);

    private final boolean isTransient;

    Kind(boolean isTransient) {
      this.isTransient = isTransient;
    }

    /**
     * Returns whether the same request may succeed later without any change by users or operators.
     *
     * @return true for failures that acquisitions retry while they wait
     */
    public boolean isTransient() {
      return isTransient;
    }
  }

  /** See {@link #kind()}. */
  private final Kind kind;

  /** See {@link #mayHaveBeenApplied()}. */
  private final boolean mayHaveBeenApplied;

  /**
   * Creates the exception, for Baton and for tests of code that handles it.
   *
   * @param kind what kind of failure
   * @param mayHaveBeenApplied whether a write may have reached the table in spite of the failure
   * @param message what was tried on which table and key, what came back, what to do
   * @param cause the SDK's exception, or null
   */
  public LockStoreException(
      Kind kind, boolean mayHaveBeenApplied, String message, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.mayHaveBeenApplied = mayHaveBeenApplied;
  }

  /**
   * Returns the kind of failure.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns whether the write may have reached the table although no answer confirmed it.
   *
   * <p>Baton cleans up after its own acquisitions: if one of them may have reached the table, Baton
   * releases the lock in the background.
   *
   * @return false if the request certainly changed nothing
   */
  public boolean mayHaveBeenApplied() {
    return mayHaveBeenApplied;
  }
}
