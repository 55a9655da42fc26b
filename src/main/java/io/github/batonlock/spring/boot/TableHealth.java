package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the lock table can be used, by one read of a lock. The same for all versions of Spring
 * Boot. Any thread.
 */
final class TableHealth {
  private final LockClient client;
  private final LockKey key;

  /** The status, as a word. */
  enum Status {
    /** The table has answered. */
    UP,
    /** No try will help before the table, its keys or the permissions change. */
    DOWN,
    /** The table has not answered, or throttles. A restart of this program does not help. */
    UNKNOWN
  }

  /**
   * What one look has shown.
   *
   * @param details the owner name, and the kind of problem
   */
  record Finding(Status status, Map<String, Object> details) {}

  TableHealth(LockClient client, BatonProperties properties) {
    this.client = client;
    String name = properties.healthKey();
    this.key = properties.sortKeyName() == null ? LockKey.of(name) : LockKey.of(name, name);
  }

  Finding look() {
    try {
      var unused = client.inspect(key);
      return finding(Status.UP, null);
    } catch (MalformedLockItemException e) {
      return finding(Status.UP, null);
    } catch (LockStoreException e) {
      return finding(statusOf(e.kind()), e.kind().name());
    }
  }

  private static Status statusOf(LockStoreException.Kind kind) {
    return switch (kind) {
      case NO_TABLE, ACCESS_DENIED, WRONG_SCHEMA -> Status.DOWN;
      case INVALID_REQUEST, THROTTLED, CONFLICT, TIMED_OUT, UNAVAILABLE -> Status.UNKNOWN;
    };
  }

  private Finding finding(Status status, @Nullable String problem) {
    Map<String, Object> details = new TreeMap<>();
    details.put("owner", client.ownerName());
    if (problem != null) {
      details.put("problem", problem);
    }
    return new Finding(status, details);
  }
}
