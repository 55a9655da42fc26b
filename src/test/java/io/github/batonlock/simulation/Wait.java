package io.github.batonlock.simulation;

import io.github.batonlock.Leases;
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

  /** By what the lock is to be kept. */
  final Leases leases;

  @Nullable Reading ended;

  /** What came of it; null for nothing. */
  @Nullable Hold hold;

  Wait(Node node, LockKey key, Reading began, Leases leases, @Nullable Duration limit) {
    this.node = node;
    this.key = key;
    this.began = began;
    this.leases = leases;
    this.limit = limit;
  }

  @Override
  public String toString() {
    return node + "'s wait for '" + key + "'";
  }
}
