package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One user's wish for a lock, from the call to its end. */
final class Wait {
  final Node node;
  final LockKey key;
  final Reading began;

  /** How long the user waits; null for as long as it takes. */
  final @Nullable Duration limit;

  @Nullable Reading ended;

  Wait(Node node, LockKey key, Reading began, @Nullable Duration limit) {
    this.node = node;
    this.key = key;
    this.began = began;
    this.limit = limit;
  }

  @Override
  public String toString() {
    return node + "'s wait for '" + key + "'";
  }
}
