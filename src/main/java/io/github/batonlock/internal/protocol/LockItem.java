package io.github.batonlock.internal.protocol;

import io.github.batonlock.LockKey;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A row that is a lock, as read (protocol section 1).
 *
 * @param ownerName the client that holds it, or held it last; empty only on a released item that
 *     does not say
 * @param leaseDuration the lease, positive; zero only on a released item that does not say
 * @param version the record version number
 * @param released whether the lock is free
 * @param fencingToken not negative; empty where only foreign clients wrote
 * @param data the user's bytes
 * @param session the session item that gets the heartbeats instead of this item; null for a lock
 *     with its own lease
 * @param keptClosed whether the holder has released the lock and left it closed for {@code
 *     leaseDuration}; for display only
 * @param sentBefore what the item says of the time when its version was sent; null if nothing
 */
public record LockItem(
    String ownerName,
    Duration leaseDuration,
    String version,
    boolean released,
    OptionalLong fencingToken,
    @Nullable SdkBytes data,
    @Nullable LockKey session,
    boolean keptClosed,
    @Nullable SentBefore sentBefore) {

  /**
   * A lock that its holder has not left closed, and that does not say when its version was sent.
   *
   * @param ownerName the holder
   * @param leaseDuration the lease
   * @param version the record version number
   * @param released whether the lock is free
   * @param fencingToken the token
   * @param data the user's bytes
   * @param session the session item that gets the heartbeats; null for a lock with its own lease
   */
  public LockItem(
      String ownerName,
      Duration leaseDuration,
      String version,
      boolean released,
      OptionalLong fencingToken,
      @Nullable SdkBytes data,
      @Nullable LockKey session) {
    this(ownerName, leaseDuration, version, released, fencingToken, data, session, false, null);
  }

  /**
   * A lock with its own lease.
   *
   * @param ownerName the holder
   * @param leaseDuration the lease
   * @param version the record version number
   * @param released whether the lock is free
   * @param fencingToken the token
   * @param data the user's bytes
   */
  public LockItem(
      String ownerName,
      Duration leaseDuration,
      String version,
      boolean released,
      OptionalLong fencingToken,
      @Nullable SdkBytes data) {
    this(ownerName, leaseDuration, version, released, fencingToken, data, null, false, null);
  }
}
