package io.github.batonlock.internal.callback;

import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import org.jspecify.annotations.Nullable;

/**
 * The failures of several callers that have one cause. Each caller gets its own exception: an
 * exception changes when it is thrown (suppressed ones are added), so two threads must not share
 * one.
 */
public final class OwnFailure {
  private OwnFailure() {}

  /**
   * The failure of one of several callers.
   *
   * @param callers how many fail for the same cause
   * @param first the failure that the first of them would have alone
   * @return the failure itself if there is only one caller; otherwise one like it
   */
  public static LockStoreException oneOf(int callers, LockStoreException first) {
    return callers == 1 ? first : like(first);
  }

  /**
   * A failure like another one, for one caller.
   *
   * @param first the failure of another caller; the cause of the new one where its type takes one
   * @return of the same type and with the same message; the first itself if its type cannot be
   *     created again
   */
  public static Throwable like(Throwable first) {
    if (first instanceof LockStoreException store) {
      return like(store);
    } else if (first instanceof LockNotAcquiredException refused && refused.key() != null) {
      return new LockNotAcquiredException(
          String.valueOf(refused.getMessage()),
          refused.key(),
          refused.reason(),
          refused.waited(),
          refused.holder().orElse(null));
    } else if (first instanceof LockNotHeldException lost) {
      return like(lost);
    } else if (first.getClass() == IllegalStateException.class) {
      return new IllegalStateException(first.getMessage(), first);
    } else if (first.getClass() == IllegalArgumentException.class) {
      return new IllegalArgumentException(first.getMessage(), first);
    }
    return first;
  }

  public static LockStoreException like(LockStoreException first) {
    return new LockStoreException(
        first.kind(), first.mayHaveBeenApplied(), String.valueOf(first.getMessage()), first);
  }

  private static Throwable like(LockNotHeldException first) {
    @Nullable Revocation revocation =
        first instanceof LockRevokedException lost ? lost.revocation() : null;
    if (revocation != null) {
      return new LockRevokedException(revocation);
    }
    return first.key() == null
        ? first
        : new LockNotHeldException(first.key(), String.valueOf(first.getMessage()));
  }
}
