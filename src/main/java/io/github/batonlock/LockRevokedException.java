package io.github.batonlock;

import java.util.Objects;

/** A lock was lost permanently; the work that it guarded must stop. */
public final class LockRevokedException extends LockNotHeldException {
  private static final long serialVersionUID = 1L;

  /** See {@link #revocation()}. */
  private final Revocation revocation;

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
   * @return the revocation
   */
  public Revocation revocation() {
    return revocation;
  }
}
