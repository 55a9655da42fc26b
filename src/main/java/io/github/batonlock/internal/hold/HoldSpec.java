package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about the hold that it asks for.
 *
 * @param key the lock
 * @param terms its lease and heartbeat
 * @param attributes the user's attributes, which the grant has set
 * @param deleteOnRelease whether releasing deletes the item
 * @param onRevoked the user's callback, or null
 * @param limits the limits on the lock's renewal, or null
 * @param onReleaseRequested the user's callback, or null
 * @param atLeast how long after its grant the lock stays closed although it is released; null if it
 *     is free with its release
 */
public record HoldSpec(
    LockKey key,
    LeaseTerms terms,
    UserAttributes attributes,
    boolean deleteOnRelease,
    @Nullable Consumer<? super Revocation> onRevoked,
    @Nullable HoldLimits limits,
    @Nullable Consumer<? super ReleaseRequest> onReleaseRequested,
    @Nullable Duration atLeast) {

  /** The hold of a session, which has the client's lease and no user. */
  public static HoldSpec ofSession(LockKey session, LeaseTerms terms) {
    return new HoldSpec(session, terms, UserAttributes.NONE, false, null, null, null, null);
  }

  /** Whether this is about a session, not a lock. */
  public boolean isSession() {
    return SessionKey.isSession(key);
  }
}
