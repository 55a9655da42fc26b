package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.store.LockAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Release requests as an attribute of the lock item, or of a session item.
 *
 * <p>In a lock item the attribute is one request. While there is none, it is DynamoDB's NULL: a
 * heartbeat has to set the attribute to get it back, and must not make the item larger. In a
 * session item the attribute is a list, for all its locks. Heartbeats remove the requests that
 * their client has been told of.
 */
final class AskedReleases {
  /** The value without a request. */
  static final AttributeValue NONE = AttributeValue.fromNul(true);

  /** The value without a request, in a session item. */
  static final AttributeValue EMPTY = AttributeValue.fromL(List.of());

  /** The part that identifies a request. */
  static final String ID = "id";

  private AskedReleases() {}

  static AttributeValue valueOf(AskedRelease asked) {
    Map<String, AttributeValue> parts = new HashMap<>();
    parts.put(ID, AttributeValue.fromS(asked.id()));
    parts.put("askedBy", AttributeValue.fromS(asked.askedBy()));
    parts.put("reason", AttributeValue.fromS(asked.reason()));
    parts.put("deadline", AttributeValue.fromN(Long.toString(asked.gracePeriod().toMillis())));
    parts.put("token", AttributeValue.fromN(Long.toString(asked.token())));
    LockKey lock = asked.lock();
    if (lock != null) {
      parts.put("lock", AttributeValue.fromS(lock.partitionKey()));
      lock.sortKey().ifPresent(sort -> parts.put("lockSort", AttributeValue.fromS(sort)));
    }
    if (asked.reserve()) {
      parts.put("reserve", AttributeValue.fromBool(true));
    }
    return AttributeValue.fromM(parts);
  }

  /** The requests in a row, or in a part of one. Requests of an unknown format are left out. */
  static List<AskedRelease> of(Map<String, AttributeValue> row) {
    AttributeValue value = row.get(LockAttributes.RELEASE_REQUEST);
    if (value == null) {
      return List.of();
    }
    List<AttributeValue> all = value.hasL() ? value.l() : List.of(value);
    return all.stream()
        .filter(AttributeValue::hasM)
        .map(one -> parse(one.m()))
        .filter(Objects::nonNull)
        .toList();
  }

  /** How many requests are in a row, those of an unknown format included. */
  static int count(Map<String, AttributeValue> row) {
    AttributeValue value = row.get(LockAttributes.RELEASE_REQUEST);
    return value == null || !value.hasL() ? 0 : value.l().size();
  }

  private static @Nullable AskedRelease parse(Map<String, AttributeValue> parts) {
    String id = text(parts, ID);
    String askedBy = text(parts, "askedBy");
    String reason = text(parts, "reason");
    long deadline = number(parts, "deadline");
    long token = number(parts, "token");
    if (id == null || askedBy == null || reason == null || deadline < 0 || token < 0) {
      return null;
    }
    AttributeValue reserve = parts.get("reserve");
    boolean reserves = reserve != null && Boolean.TRUE.equals(reserve.bool());
    return new AskedRelease(
        id, askedBy, reason, Duration.ofMillis(deadline), token, reserves, lock(parts));
  }

  private static @Nullable LockKey lock(Map<String, AttributeValue> parts) {
    String partition = text(parts, "lock");
    String sort = text(parts, "lockSort");
    try {
      return partition == null
          ? null
          : sort == null ? LockKey.of(partition) : LockKey.of(partition, sort);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String text(Map<String, AttributeValue> parts, String name) {
    AttributeValue value = parts.get(name);
    return value == null ? null : value.s();
  }

  /** The number in a part of a request; negative if the part is not a valid number. */
  private static long number(Map<String, AttributeValue> parts, String name) {
    AttributeValue value = parts.get(name);
    try {
      return value == null || value.n() == null ? -1 : Long.parseLong(value.n());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
