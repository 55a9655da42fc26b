package io.github.batonlock.internal.request;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.Printable;
import java.time.Duration;

/**
 * The exceptions for requests that a lock cannot fulfil. Each message says what failed, for which
 * key, and what to do.
 */
public final class Refusals {
  private Refusals() {}

  /** The exception for an acquisition that shares the outcome of another one. */
  public static LockStoreException asOthers(LockKey key, LockStoreException failure) {
    return new LockStoreException(
        failure.kind(),
        false,
        "The table did not answer another acquisition of lock '"
            + key
            + "' by this client, which was under way: "
            + failure.getMessage(),
        failure);
  }

  /** The exception for a request that was done, and whose answer lacks what was asked for. */
  public static LockStoreException answerLacks(LockKey key, boolean isWrite, String what) {
    return new LockStoreException(
        LockStoreException.Kind.INVALID_REQUEST,
        isWrite,
        (isWrite ? "A write to lock '" : "A read of lock '")
            + key
            + "' was done, but its answer does not contain "
            + what
            + ". Something between Baton and DynamoDB changes requests or answers: look for an"
            + " interceptor of the SDK client, or a proxy",
        null);
  }

  /** The exception for an acquisition that was told nothing before the caller's time was up. */
  public static LockStoreException neverAnswered(LockKey key, Duration waited) {
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT,
        true,
        "No answer about lock '"
            + key
            + "' came within the "
            + waited.toMillis()
            + " ms that the caller waited. Wait longer (LockRequest.waitUpTo) than a request to the"
            + " table takes",
        null);
  }

  public static LockStoreException grantedTooLate(LockKey key, LeaseTerms terms, long afterNanos) {
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT,
        true,
        "Lock '"
            + key
            + "' was granted "
            + Duration.ofNanos(afterNanos).toMillis()
            + " ms after it was asked for, when the usable part of its lease of "
            + terms.lease().toMillis()
            + " ms was over. Use a longer lease, or find out why requests take so long",
        null);
  }

  /** The exception for a request that did not get a turn. */
  public static LockStoreException notSent(String what, Duration patience, boolean closing) {
    String why =
        closing
            ? "the LockClient was closed"
            : "its turn did not come within "
                + patience.toMillis()
                + " ms: the table is slower than this client asks, and renewals go first";
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT, false, "Not sent, " + what + ": " + why, null);
  }

  /** The exception for a request without an answer when its time is up. */
  public static LockStoreException unanswered(String request, boolean isWrite, Duration after) {
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT,
        isWrite,
        request
            + " got no answer within "
            + after.toMillis()
            + " ms, and the SDK did not end the call: its HTTP client ignores interrupts, the request"
            + " executor has no free thread, or this machine is too busy",
        null);
  }

  /** The exception for a holder that reads no release requests. */
  public static UnsupportedOperationException cannotBeAsked(LockKey key, LockItem item) {
    return new UnsupportedOperationException(
        "The holder of lock '"
            + key
            + "', '"
            + Printable.of(item.ownerName())
            + "', cannot be asked to release it: it is a client that does not know of release"
            + " requests");
  }

  /** The exception for a session that has no room for one more release request. */
  public static LockStoreException tooManyAsk(LockKey key, int waiting) {
    return new LockStoreException(
        LockStoreException.Kind.CONFLICT,
        false,
        "The holder of lock '"
            + key
            + "' was not asked to release it: "
            + waiting
            + " requests wait already to be told with the next heartbeat of its session; ask again"
            + " after that",
        null);
  }
}
