package io.github.batonlock;

import io.github.batonlock.internal.runtime.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The content of a lock item at the time when it was read.
 *
 * <p>Immutable. The lock may have changed since it was read. There is no {@code isExpired}: one
 * read cannot tell whether a holder is alive; see {@link Liveness}.
 *
 * @param key the lock
 * @param liveness what this client knows of the holder. {@code inspect} and {@code listLocks}
 *     answer {@link Liveness#FREE}, {@link Liveness#CLOSED}, {@link Liveness#ALIVE}, {@link
 *     Liveness#UNKNOWN} or {@link Liveness#DEAD}; only a {@link LockWatch} also answers {@link
 *     Liveness#SUSPECT}
 * @param ownerName the holder, or the last holder of a free lock
 * @param fencingToken the holder's token; empty on items that only foreign clients wrote
 * @param leaseDuration the holder's lease
 * @param recordVersionNumber the version of the item's last write
 * @param data the lock's data, if any
 * @param attributes the item's other attributes, which Baton preserves; unmodifiable
 * @param silentSince where the holder is {@link Liveness#UNKNOWN}, {@link Liveness#SUSPECT} or
 *     {@link Liveness#DEAD}, since when this client has seen the version unchanged that shows its
 *     life; by this machine's wall clock, for display. Otherwise empty
 */
public record LockInfo(
    LockKey key,
    Liveness liveness,
    String ownerName,
    OptionalLong fencingToken,
    Duration leaseDuration,
    String recordVersionNumber,
    Optional<SdkBytes> data,
    Map<String, AttributeValue> attributes,
    Optional<Instant> silentSince) {

  /** Describes the holder for messages, without the user's data. */
  String describeHolder() {
    return "'"
        + Printable.of(ownerName)
        + "' ("
        + (fencingToken.isPresent() ? "token " + fencingToken.getAsLong() + ", " : "")
        + "lease "
        + leaseDuration.toMillis()
        + " ms, version "
        + Printable.of(recordVersionNumber)
        + ")";
  }

  /** Describes the lock without the user's data and attributes, which do not belong in logs. */
  @Override
  public String toString() {
    return "lock '" + key + "' " + liveness + ", last holder " + describeHolder();
  }
}
