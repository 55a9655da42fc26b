package io.github.batonlock.internal.protocol;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Versions of holds that are over for ever (protocol section 5): never adopted, never extended.
 *
 * <p>Bounded; the memory of a retired version only saves waiting for one's own ghost. Used by one
 * thread.
 */
public final class RetiredVersions {
  private final Limit limit;

  /** Each with whether this client has set out to take the lock over from it. */
  private final Map<String, Boolean> versions =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          boolean isFull = size() > limit.most();
          if (isFull) {
            limit.passed().run();
          }
          return isFull;
        }
      };

  /**
   * None yet.
   *
   * @param limit how many are remembered
   */
  public RetiredVersions(Limit limit) {
    this.limit = limit;
  }

  /**
   * Retires versions.
   *
   * @param retired what was sent for a hold that is over
   */
  public void add(Collection<String> retired) {
    retired.forEach(version -> versions.putIfAbsent(version, false));
  }

  /**
   * Remembers that this client takes the lock over from a version, if it is one of its own.
   *
   * @param version what the item says
   */
  public void takingOver(String version) {
    versions.replace(version, true);
  }

  /**
   * Whether others who hold the lock now had it, directly or not, from this client.
   *
   * @param retired what was sent for a hold that is over
   * @return true if this client has set out to take the lock over from one of them
   */
  public boolean isPassedOn(Collection<String> retired) {
    return retired.stream().anyMatch(version -> versions.getOrDefault(version, false));
  }

  /**
   * Whether a version in the item is this client's own ghost, to be taken over at once.
   *
   * @param version what the item says
   * @return true if its hold is over
   */
  public boolean contains(String version) {
    return versions.containsKey(version);
  }
}
