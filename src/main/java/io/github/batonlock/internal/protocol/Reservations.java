package io.github.batonlock.internal.protocol;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * By which versions other clients keep locks for this one, which has asked for them (protocol
 * section 3): to be taken at once.
 *
 * <p>What a waiter has asked for is known as long as it waits. Of what was asked before that, a
 * bounded number is remembered; what is forgotten is taken after a lease. Used by one thread.
 */
public final class Reservations {
  private final Set<String> asked = new HashSet<>();
  private final Map<String, Boolean> past;

  /**
   * None yet.
   *
   * @param past how many requests are remembered that no waiter stands behind any more
   */
  public Reservations(Limit past) {
    this.past = new RecentlyUsed<>(past);
  }

  /**
   * A waiter asks.
   *
   * @param id of the request, made like a version
   */
  public void add(String id) {
    asked.add(RecordVersion.random(id));
  }

  /**
   * The waiter waits no more; what it has asked for may come all the same.
   *
   * @param id of the request
   */
  public void over(String id) {
    String random = RecordVersion.random(id);
    if (asked.remove(random)) {
      past.put(random, true);
    }
  }

  /**
   * Whether a version in the item says that the lock is kept for this client.
   *
   * @param version any version
   * @return true if it answers a request of this client
   */
  public boolean contains(String version) {
    if ((asked.isEmpty() && past.isEmpty()) || !RecordVersion.isOurs(version)) {
      return false;
    }
    String random = RecordVersion.random(version);
    return asked.contains(random) || past.containsKey(random);
  }
}
