package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import org.jspecify.annotations.Nullable;

/**
 * The waiters of this client, as its holds see them: each hold tells how it goes, and one that ends
 * can hand its lock on.
 */
public interface Successors extends ActiveHolds.Listener {
  @Override
  default void began(ActiveHolds.Hold hold) {
    holdBegan(hold.key());
  }

  @Override
  default void ended(ActiveHolds.Hold hold) {
    holdEnded(hold.key());
  }

  /** This client holds the lock now. */
  void holdBegan(LockKey key);

  /** A hold of this client is over. Other methods tell how it ended. */
  void holdEnded(LockKey key);

  /** A holder of this client releases the lock: soon it is certain whether the lock is free. */
  void releaseBegan(LockKey key);

  /** The write of that release was answered, or has failed. */
  void releaseSettled(LockKey key);

  /** This client has freed the lock. */
  void released(LockKey key);

  /**
   * The waiter that gets the lock from a hold that its holder ends.
   *
   * @return null if the lock is to be freed for all clients
   */
  @Nullable Successor next(LockKey key);

  /** A waiter that can take a lock over from a hold of this client. */
  interface Successor {
    /** Takes the lock over from a hold of this client that ends now. */
    void takeFrom(Handoff from);
  }
}
