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
 * read cannot tell whether a holder is alive; see {@link State}.
 *
 * @param key the lock
 * @param state what this client knows of the lock
 * @param ownerName the holder, or the last holder of a free lock
 * @param fencingToken the holder's token; empty on items that only foreign clients wrote
 * @param leaseDuration the holder's lease
 * @param recordVersionNumber the version of the item's last write
 * @param data the lock's data, if any
 * @param attributes the item's other attributes, which Baton preserves; unmodifiable
 * @param unknownSince in state {@link State#UNKNOWN}, since when this client has seen this version
 *     unchanged; by this machine's clock, for display
 */
public record LockInfo(
    LockKey key,
    State state,
    String ownerName,
    OptionalLong fencingToken,
    Duration leaseDuration,
    String recordVersionNumber,
    Optional<SdkBytes> data,
    Map<String, AttributeValue> attributes,
    Optional<Instant> unknownSince) {

  /** The states of a lock, as far as a client can know them. */
  public enum State {
    /** Released: the next acquisition can acquire it. */
    FREE,

    /**
     * Held: by this client itself, or by a holder that showed this client a heartbeat less than a
     * lease ago.
     */
    HELD,

    /**
     * The item names a holder, and this client has not seen a heartbeat of that holder within a
     * lease. The holder may be alive or dead; see {@link LockInfo#unknownSince()}.
     */
    UNKNOWN
  }

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
    return "lock '" + key + "' " + state + ", last holder " + describeHolder();
  }
}
