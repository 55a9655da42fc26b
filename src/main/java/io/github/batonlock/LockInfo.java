package io.github.batonlock;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a lock item said when it was read.
 *
 * <p>Immutable, and history as soon as it is returned. There is no {@code isExpired}: nobody can
 * tell from one look whether a holder is alive; see {@link State}.
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

  /** What a client can know of a lock. */
  public enum State {
    /** Released: the next acquisition gets it. */
    FREE,

    /**
     * Held: by this client itself, or by a holder whose heartbeat this client saw less than a lease
     * ago.
     */
    HELD,

    /**
     * The item names a holder, and this client has not seen a heartbeat of it within a lease. It
     * may be alive or dead; see {@link LockInfo#unknownSince()}.
     */
    UNKNOWN
  }

  /** The holder for messages, without the user's data. */
  String describeHolder() {
    return "'"
        + ownerName
        + "' ("
        + (fencingToken.isPresent() ? "token " + fencingToken.getAsLong() + ", " : "")
        + "lease "
        + leaseDuration.toMillis()
        + " ms, version "
        + recordVersionNumber
        + ")";
  }

  /** All but the user's data and attributes, which do not belong into logs. */
  @Override
  public String toString() {
    return "lock '" + key + "' " + state + ", last holder " + describeHolder();
  }
}
