package io.github.batonlock.internal.protocol;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Versions of holds that are over permanently (protocol section 5): never adopted, never extended.
 *
 * <p>Bounded. The memory of a retired version only saves this client the wait for its own ghost.
 * What a release has to know of its versions is kept until that release is over. Used by one
 * thread.
 */
public final class RetiredVersions {
  private final Limit limit;
  private final Set<Followed> followed = new LinkedHashSet<>();

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

  /** The versions of one release under way. */
  public static final class Followed {
    private final List<String> versions;
    private boolean isPassedOn;

    private Followed(List<String> versions) {
      this.versions = versions;
    }

    /**
     * Whether the clients that hold the lock now got it, directly or not, from this client.
     *
     * @return true if this client has begun to take the lock over from one of the versions
     */
    public boolean isPassedOn() {
      return isPassedOn;
    }
  }

  /**
   * Creates an empty set.
   *
   * @param limit how many are remembered
   */
  public RetiredVersions(Limit limit) {
    this.limit = limit;
  }

  /**
   * Retires versions.
   *
   * @param retired the versions that were sent for a hold that is over
   */
  public void add(Collection<String> retired) {
    retired.forEach(version -> versions.putIfAbsent(version, true));
  }

  /**
   * Follows what this client does about retired versions.
   *
   * @param retired the versions that were sent for a hold that is being released
   * @return what is known of it; to be given back to {@link #unfollow}
   */
  public Followed follow(List<String> retired) {
    Followed follows = new Followed(retired);
    followed.add(follows);
    return follows;
  }

  /**
   * A release is over.
   *
   * @param follows the object that {@link #follow} returned
   */
  public void unfollow(Followed follows) {
    followed.remove(follows);
  }

  /**
   * How many releases are followed.
   *
   * @return zero when none is under way
   */
  public int followed() {
    return followed.size();
  }

  /**
   * This client begins to take a lock over from a version, which may be one of its own.
   *
   * @param version the version in the item
   */
  public void takingOver(String version) {
    for (Followed each : followed) {
      each.isPassedOn |= each.versions.contains(version);
    }
  }

  /**
   * Whether a version in the item is this client's own ghost, to be taken over at once.
   *
   * @param version the version in the item
   * @return true if its hold is over
   */
  public boolean contains(String version) {
    return versions.containsKey(version);
  }
}
