package io.github.batonlock.internal.acquire;

import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.hold.DataUpdates;
import io.github.batonlock.internal.hold.HoldLimits;
import io.github.batonlock.internal.hold.HoldSpec;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * A request that was checked against the client's configuration.
 *
 * @param hold what it says about the hold
 * @param leases whether the lock has its own lease or shares that of a session
 * @param maxWait how long to wait; null to wait without a limit
 * @param data what to store; null leaves the stored data unchanged
 * @param onlyIfExists whether an absent item is a failure
 * @param wish the release request to send to the holder, or null
 */
public record AcquireSpec(
    HoldSpec hold,
    Leases leases,
    @Nullable Duration maxWait,
    @Nullable SdkBytes data,
    boolean onlyIfExists,
    @Nullable Wish wish) {

  /** The content of a release request: a reason for people, and how long the holder may take. */
  public record Wish(String reason, Duration gracePeriod) {}

  /**
   * Checks a request against the client's configuration.
   *
   * @throws IllegalArgumentException if a value does not fit; the message names it
   */
  public static AcquireSpec of(LockRequest request, ClientConfig config) {
    Leases leases = request.leases().orElse(config.leases());
    checkKey(request.key(), config);
    checkNotReserved(request.key());
    if (leases.isShared()) {
      checkShares(request, config.terms());
    }
    LeaseTerms terms = leases.isShared() ? config.terms() : terms(request, config.terms());
    request.attributes().keySet().forEach(name -> checkAttribute(name, request.key(), config));
    request.data().ifPresent(data -> DataUpdates.check(request.key(), data));
    HoldSpec hold =
        new HoldSpec(
            request.key(),
            terms,
            request.attributes().isEmpty()
                ? UserAttributes.NONE
                : new UserAttributes(request.attributes()),
            request.isDeleteOnRelease(),
            request.onRevoked().orElse(null),
            HoldLimits.of(request),
            request.onReleaseRequested().orElse(null),
            request.holdAtLeast().orElse(null));
    return new AcquireSpec(
        hold,
        leases,
        request.isWaitForever()
            ? null
            : request.waitUpTo().orElseGet(() -> Duration.ofNanos(2 * terms.lease().toNanos())),
        request.data().orElse(null),
        request.isOnlyIfExists(),
        wish(request));
  }

  /**
   * Checks a request for one try like {@link #of}; nor may it have an option of a caller that
   * waits.
   *
   * @throws IllegalArgumentException if a value does not fit, or a try would ignore an option; the
   *     message names it
   */
  public static AcquireSpec ofOneTry(LockRequest request, ClientConfig config) {
    refuseInATry(request, "waitUpTo", request.waitUpTo().isPresent());
    refuseInATry(request, "waitForever", request.isWaitForever());
    refuseInATry(request, "requestRelease", request.releaseGracePeriod().isPresent());
    return of(request, config);
  }

  private static void refuseInATry(LockRequest request, String option, boolean isSet) {
    if (isSet) {
      throw new IllegalArgumentException(
          "The request for lock '"
              + request.key()
              + "' has "
              + option
              + ", which a verb that tries once and does not wait (tryAcquire, tryRunLocked,"
              + " tryCallLocked) would ignore; use acquire or runLocked, or"
              + " LockRequest.withoutWaiting()");
    }
  }

  /** The request for a session's lease. It needs an item that never existed before. */
  public static AcquireSpec ofSession(LockKey session, ClientConfig config) {
    HoldSpec hold = HoldSpec.ofSession(session, config.terms());
    return new AcquireSpec(hold, Leases.own(), null, null, false, null);
  }

  LockKey key() {
    return hold.key();
  }

  /** Whether it waits for a lock that is held. */
  boolean mayWait() {
    return !Duration.ZERO.equals(maxWait);
  }

  public LeaseTerms terms() {
    return hold.terms();
  }

  /** A lease that the request sets brings its own interval. */
  private static LeaseTerms terms(LockRequest request, LeaseTerms ofClient) {
    Duration lease = request.leaseDuration().orElse(ofClient.lease());
    if (request.heartbeatInterval().isPresent()) {
      return new LeaseTerms(lease, request.heartbeatInterval().get());
    }
    return request.leaseDuration().isPresent() ? LeaseTerms.of(lease) : ofClient;
  }

  private static @Nullable Wish wish(LockRequest request) {
    Duration gracePeriod = request.releaseGracePeriod().orElse(null);
    if (gracePeriod == null) {
      return null;
    }
    return new Wish(request.releaseReason().orElse(""), gracePeriod);
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

  private static void checkShares(LockRequest request, LeaseTerms shared) {
    request
        .leaseDuration()
        .filter(lease -> !lease.equals(shared.lease()))
        .ifPresent(lease -> refuse(request.key(), "lease", lease, shared.lease()));
    request
        .heartbeatInterval()
        .filter(interval -> !interval.equals(shared.heartbeat()))
        .ifPresent(
            interval -> refuse(request.key(), "heartbeat interval", interval, shared.heartbeat()));
  }

  private static void refuse(LockKey key, String what, Duration asked, Duration shared) {
    throw new IllegalArgumentException(
        "The request for lock '"
            + key
            + "' wants a "
            + what
            + " of "
            + asked.toMillis()
            + " ms, but shares its lease, which has the client's "
            + shared.toMillis()
            + " ms; leave the duration out, or use Leases.own()");
  }

  /** Whether the key has a sort key exactly when the table does. */
  public static void checkKey(LockKey key, ClientConfig config) {
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
