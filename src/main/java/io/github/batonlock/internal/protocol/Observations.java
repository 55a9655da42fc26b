package io.github.batonlock.internal.protocol;

import io.github.batonlock.LockKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The versions this client has seen, and since when: kept across calls, bounded.
 *
 * <p>Monotonic clock only: a larger value would be the unsafe direction for a waiter. Used by one
 * thread.
 */
public final class Observations {
  private final Map<LockKey, Observation> byKey;
  private final Limit replaced;

  /**
   * None yet.
   *
   * @param locks how many are observed
   * @param replaced how many replaced versions of each are remembered
   */
  public Observations(Limit locks, Limit replaced) {
    this.byKey = new RecentlyUsed<>(locks);
    this.replaced = replaced;
  }

  /**
   * Takes note of a held lock.
   *
   * @param key the lock
   * @param item what was read
   * @param now the monotonic clock, read after the answer was in hand
   * @return the observation of this version, begun now or earlier
   */
  public Observation see(LockKey key, LockItem item, long now) {
    Observation before = byKey.get(key);
    Observation after =
        before == null ? Observation.first(item, now) : before.next(item, now, replaced);
    byKey.put(key, after);
    return after;
  }

  /**
   * The observation of a lock.
   *
   * @param key the lock
   * @return null if this client has seen no holder
   */
  public @Nullable Observation of(LockKey key) {
    return byKey.get(key);
  }

  /**
   * Whether an item shows a version that this client has seen replaced.
   *
   * @param key the lock
   * @param item what was read
   * @return true for what is out of date, unless the item was brought back
   */
  public boolean hasSeenReplaced(LockKey key, LockItem item) {
    Observation seen = byKey.get(key);
    return seen != null && seen.replaced().contains(item.version());
  }

  /**
   * Forgets a lock that was seen free or taken.
   *
   * @param key the lock
   */
  public void forget(LockKey key) {
    byKey.remove(key);
  }

  /** Forgets everything: the clock that timed it was wrong. */
  public void clear() {
    byKey.clear();
  }
}
