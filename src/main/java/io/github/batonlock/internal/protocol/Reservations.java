package io.github.batonlock.internal.protocol;

import java.util.Map;

/**
 * By which versions other clients keep locks for this one, which has asked for them (protocol
 * section 3): to be taken at once.
 *
 * <p>Bounded; what is forgotten is taken after a lease. Used by one thread.
 */
public final class Reservations {
  private final Map<String, Boolean> asked;

  /**
   * None yet.
   *
   * @param limit how many requests are remembered
   */
  public Reservations(Limit limit) {
    this.asked = new RecentlyUsed<>(limit);
  }

  /**
   * Remembers a request.
   *
   * @param id of the request, made like a version
   */
  public void add(String id) {
    asked.put(RecordVersion.random(id), true);
  }

  /**
   * Whether a version in the item says that the lock is kept for this client.
   *
   * @param version any version
   * @return true if it answers a request of this client
   */
  public boolean contains(String version) {
    return !asked.isEmpty()
        && RecordVersion.isOurs(version)
        && asked.containsKey(RecordVersion.random(version));
  }
}
