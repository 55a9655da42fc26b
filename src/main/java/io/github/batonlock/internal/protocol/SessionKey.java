package io.github.batonlock.internal.protocol;

import io.github.batonlock.LockKey;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The key of a session item, and the text with which a lock item names it (protocol section 6):
 * {@code <version of the lock item> <partition key of the session item>}.
 *
 * <p>If the version of the lock item is another one by now, a client that knows no sessions has
 * written the item since: the lock has its own lease.
 */
public final class SessionKey {
  /** The prefix of the partition keys of session items. No lock may have such a name. */
  public static final String PREFIX = "baton.session/";

  /** The sort key of every session item, in tables with one. */
  private static final String SORT_KEY = "session";

  private static final int RANDOM_BYTES = 16;

  private SessionKey() {}

  /**
   * Creates a key that was never used before.
   *
   * @param random a source of random values that no other client repeats
   * @param withSortKey whether the table has sort keys
   * @return the key
   */
  public static LockKey create(RandomGenerator random, boolean withSortKey) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return of(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), withSortKey);
  }

  private static LockKey of(String partitionKey, boolean withSortKey) {
    return withSortKey ? LockKey.of(partitionKey, SORT_KEY) : LockKey.of(partitionKey);
  }

  /**
   * Whether a key is that of a session item.
   *
   * @param key any key
   * @return false for a lock's
   */
  public static boolean isSession(LockKey key) {
    return key.partitionKey().startsWith(PREFIX);
  }

  /**
   * The text with which a lock item names its session.
   *
   * @param session the session item's key
   * @param version the version that the lock item gets with the same write
   * @return the attribute's value
   */
  public static String text(LockKey session, String version) {
    return version + " " + session.partitionKey();
  }

  /**
   * The session that a lock item names.
   *
   * @param text the attribute's value; null if absent or no string
   * @param version the lock item's version
   * @param withSortKey whether the table has sort keys
   * @return null if the lock has its own lease
   */
  public static @Nullable LockKey parse(
      @Nullable String text, String version, boolean withSortKey) {
    String start = version + " " + PREFIX;
    if (text == null || text.length() == start.length() || !text.startsWith(start)) {
      return null;
    }
    try {
      return of(text.substring(version.length() + 1), withSortKey);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
