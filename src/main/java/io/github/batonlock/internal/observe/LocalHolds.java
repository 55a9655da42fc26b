package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;

/** The information that observers need about this client's own holds; on the loop. */
public interface LocalHolds {
  /** Whether this client holds the lock now, as far as it knows. */
  boolean isHeldHere(LockKey key);

  /** Whether the version is one of the latest hold of the lock. */
  boolean isHeldAs(LockKey key, String version);

  /** Whether the version is one of any hold of the lock, the latest or not. */
  boolean isNamedByAHold(LockKey key, String version);

  /** Whether a session is one of this client's, and open. */
  boolean isOpenSession(LockKey session);
}
