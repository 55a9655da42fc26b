package io.github.batonlock.internal.protocol;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The versions under which other clients reserve locks for this one, which has requested them
 * (protocol section 3). Such a lock can be taken at once.
 *
 * <p>A waiter's request is known as long as the waiter waits. Of the requests before that, a
 * bounded number is remembered; a lock that is reserved for a forgotten one is taken after a lease.
 * Used by one thread.
 */
public final class Reservations {
  private final Set<String> asked = new HashSet<>();
  private final Map<String, Boolean> past;

  /**
   * Creates an empty set.
   *
   * @param past how many requests are remembered after their waiters have gone
   */
  public Reservations(Limit past) {
    this.past = new LruMap<>(past);
  }

  /**
   * A waiter sends a request.
   *
   * @param id of the request, made like a version
   */
  public void add(String id) {
    asked.add(RecordVersion.random(id));
  }

  /**
   * The waiter no longer waits. A lock may still be reserved for its request.
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
   * Whether a version in the item says that the lock is reserved for this client.
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
