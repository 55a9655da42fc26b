package io.github.batonlock.internal.store;

import io.github.batonlock.internal.protocol.AskedRelease;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Requests to release as an attribute of the lock item. While nobody has asked, that is DynamoDB's
 * NULL: a heartbeat has to set the attribute to get it back, and must not make the item larger.
 */
final class AskedReleases {
  /** Nobody has asked. */
  static final AttributeValue NONE = AttributeValue.fromNul(true);

  /** The part by which a request is told from others. */
  static final String ID = "id";

  private AskedReleases() {}

  static AttributeValue valueOf(AskedRelease asked) {
    Map<String, AttributeValue> parts = new HashMap<>();
    parts.put(ID, AttributeValue.fromS(asked.id()));
    parts.put("askedBy", AttributeValue.fromS(asked.askedBy()));
    parts.put("reason", AttributeValue.fromS(asked.reason()));
    parts.put("deadline", AttributeValue.fromN(Long.toString(asked.deadline().toMillis())));
    parts.put("token", AttributeValue.fromN(Long.toString(asked.token())));
    if (asked.reserve()) {
      parts.put("reserve", AttributeValue.fromBool(true));
    }
    return AttributeValue.fromM(parts);
  }

  /** What a row, or a part of one, says; null if nobody has asked, or not in our words. */
  static @Nullable AskedRelease of(Map<String, AttributeValue> row) {
    AttributeValue value = row.get(Attributes.RELEASE_REQUEST);
    return value == null || !value.hasM() ? null : parse(value.m());
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
    return new AskedRelease(id, askedBy, reason, Duration.ofMillis(deadline), token, reserves);
  }

  private static @Nullable String text(Map<String, AttributeValue> parts, String name) {
    AttributeValue value = parts.get(name);
    return value == null ? null : value.s();
  }

  /** Negative for what is no number of ours. */
  private static long number(Map<String, AttributeValue> parts, String name) {
    AttributeValue value = parts.get(name);
    try {
      return value == null || value.n() == null ? -1 : Long.parseLong(value.n());
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
