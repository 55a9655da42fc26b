package io.github.batonlock.internal.client;

import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A request that was checked against the client's configuration.
 *
 * @param key the lock
 * @param terms its lease and heartbeat
 * @param leases whether the lock has its own lease or shares that of a session
 * @param maxWait how long to wait; null to wait without a limit
 * @param data what to store; null leaves the stored data unchanged
 * @param attributes the user's attributes to set
 * @param deleteOnRelease whether releasing deletes the item
 * @param onlyIfExists whether an absent item is a failure
 * @param onRevoked the user's callback, or null
 * @param limits the limits on the lock's renewal, or null
 * @param onReleaseRequested the user's callback, or null
 * @param wish the release request to send to the holder, or null
 */
public record AcquireSpec(
    LockKey key,
    LeaseTerms terms,
    Leases leases,
    @Nullable Duration maxWait,
    @Nullable SdkBytes data,
    UserAttributes attributes,
    boolean deleteOnRelease,
    boolean onlyIfExists,
    @Nullable Consumer<? super Revocation> onRevoked,
    @Nullable HoldLimits limits,
    @Nullable Consumer<? super ReleaseRequest> onReleaseRequested,
    ReleaseRequester.@Nullable Wish wish) {

  /**
   * Checks a request against the client's configuration.
   *
   * @throws IllegalArgumentException if a value does not fit; the message names it
   */
  public static AcquireSpec of(LockRequest request, ClientConfig config) {
    LeaseTerms terms =
        request
            .leaseDuration()
            .map(lease -> new LeaseTerms(lease, config.terms().heartbeat()))
            .orElse(config.terms());
    Leases leases = request.leases().orElse(config.leases());
    checkKey(request.key(), config);
    checkNotReserved(request.key());
    if (leases.isShared()) {
      checkTerms(request.key(), terms, config.terms());
    }
    request.attributes().keySet().forEach(name -> checkAttribute(name, request.key(), config));
    request.data().ifPresent(data -> checkData(request.key(), data));
    return new AcquireSpec(
        request.key(),
        terms,
        leases,
        request.isWaitForever()
            ? null
            : request.waitUpTo().orElseGet(() -> Duration.ofNanos(2 * terms.lease().toNanos())),
        request.data().orElse(null),
        request.attributes().isEmpty()
            ? UserAttributes.NONE
            : new UserAttributes(request.attributes()),
        request.isDeleteOnRelease(),
        request.isOnlyIfExists(),
        request.onRevoked().orElse(null),
        HoldLimits.of(request),
        request.onReleaseRequested().orElse(null),
        wish(request));
  }

  /** The request for a session's lease. It needs an item that never existed before. */
  static AcquireSpec ofSession(LockKey session, ClientConfig config) {
    return new AcquireSpec(
        session,
        config.terms(),
        Leases.own(),
        null,
        null,
        UserAttributes.NONE,
        false,
        false,
        null,
        null,
        null,
        null);
  }

  private static ReleaseRequester.@Nullable Wish wish(LockRequest request) {
    Duration deadline = request.releaseDeadline().orElse(null);
    if (deadline == null) {
      return null;
    }
    return new ReleaseRequester.Wish(request.releaseReason().orElse(""), deadline);
  }

  /** Whether this is about a session, not a lock. */
  boolean isSession() {
    return SessionKey.isSession(key);
  }

  private static void checkNotReserved(LockKey key) {
    if (SessionKey.isSession(key)) {
      throw new IllegalArgumentException(
          "Lock key '"
              + key
              + "' begins with '"
              + SessionKey.PREFIX
              + "', which is reserved for shared leases; use another key");
    }
  }

  private static void checkTerms(LockKey key, LeaseTerms asked, LeaseTerms shared) {
    if (!asked.equals(shared)) {
      throw new IllegalArgumentException(
          "The request for lock '"
              + key
              + "' wants a lease of "
              + asked.lease().toMillis()
              + " ms, but shares its lease, which has the client's "
              + shared.lease().toMillis()
              + " ms; leave the duration out, or use Leases.own()");
    }
  }

  /** Whether the key has a sort key exactly when the table does. */
  static void checkKey(LockKey key, ClientConfig config) {
    boolean wanted = config.sortKeyName() != null;
    if (key.sortKey().isPresent() != wanted) {
      throw new IllegalArgumentException(
          wanted
              ? "Lock key '"
                  + key
                  + "' has no sort key, but the client was built with sortKeyName '"
                  + config.sortKeyName()
                  + "'; use LockKey.of(partitionKey, sortKey)"
              : "Lock key '"
                  + key
                  + "' has a sort key, but the client was built without sortKeyName");
    }
  }

  /** Whether data can fit into an item at all. */
  static void checkData(LockKey key, SdkBytes data) {
    int size = data.asByteArrayUnsafe().length;
    if (size >= Bound.ITEM_BYTES.defaultValue()) {
      throw new IllegalArgumentException(
          "The data of lock '"
              + key
              + "' has "
              + size
              + " bytes; with its other attributes the item must fit into DynamoDB's 400 KB."
              + " Store it elsewhere, and its address here");
    }
  }

  private static void checkAttribute(String name, LockKey key, ClientConfig config) {
    if (LockAttributes.isReserved(name)
        || name.equals(config.partitionKeyName())
        || name.equals(config.sortKeyName())) {
      throw new IllegalArgumentException(
          "Attribute '"
              + name
              + "' of the request for lock '"
              + key
              + "' is reserved by the lock protocol; give it another name");
    }
  }
}
