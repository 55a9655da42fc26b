package io.github.batonlock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A lock was lost permanently; the work that it guarded must stop. */
public final class LockRevokedException extends LockNotHeldException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Revocation revocation;

  /**
   * Creates the exception, for Baton and for tests of code that handles it.
   *
   * @param revocation what happened
   */
  public LockRevokedException(Revocation revocation) {
    super(
        Objects.requireNonNull(revocation, "revocation").key(),
        "The " + revocation + ". Stop the work it guards",
        revocation.cause().orElse(null));
    this.revocation = revocation;
  }

  /**
   * Returns what happened to the lock.
   *
   * @return the revocation; null only in an exception that was deserialized
   */
  public @Nullable Revocation revocation() {
    return revocation;
  }
}
