package io.github.batonlock;

import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A request for a lock: which lock to acquire, and how.
 *
 * <p>Immutable. Attribute names and the lease are checked against the client's configuration when
 * the request is used.
 */
public final class LockRequest {
  /** A copy of the builder, never changed: the only place that stores the values of the request. */
  private final Builder asked;

  private final LockKey key;
  private final Map<String, AttributeValue> attributes;

  private LockRequest(Builder builder) {
    this.key = Objects.requireNonNull(builder.key, "LockRequest needs a key");
    this.asked = new Builder(builder);
    this.attributes = Map.copyOf(builder.attributes);
  }

  /**
   * Returns a request with all defaults.
   *
   * @param key the lock's partition key
   * @return the request
   */
  public static LockRequest of(String key) {
    return builder().key(key).build();
  }

  /**
   * Returns a request with all defaults.
   *
   * @param key the lock
   * @return the request
   */
  public static LockRequest of(LockKey key) {
    return builder().key(key).build();
  }

  /**
   * Returns a builder of a request.
   *
   * @param key the lock's partition key, 1 to 2,048 bytes of UTF-8
   * @return a builder, for one thread
   */
  public static Builder builder(String key) {
    return builder().key(key);
  }

  /**
   * Returns a builder of a request.
   *
   * @param key the lock
   * @return a builder, for one thread
   */
  public static Builder builder(LockKey key) {
    return builder().key(key);
  }

  /**
   * Returns a builder of a request whose key is not set yet.
   *
   * @return a builder, for one thread
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder with the values of this request.
   *
   * @return a builder, for one thread
   */
  public Builder toBuilder() {
    return new Builder(asked);
  }

  /**
   * Returns this request without what only a caller that waits can use: {@link Builder#waitUpTo},
   * {@link Builder#waitForever} and {@link Builder#requestRelease}. For the verbs that try once,
   * such as {@link LockClient#tryAcquire(LockRequest)}, which refuse these options.
   *
   * @return a request with all other values of this one
   */
  public LockRequest withoutWaiting() {
    Builder other = toBuilder();
    other.waitUpTo = null;
    other.waitForever = false;
    other.releaseReason = null;
    other.releaseGracePeriod = null;
    return other.build();
  }

  /** {@return the lock to acquire} */
  public LockKey key() {
    return key;
  }

  /**
   * {@return how long to wait for the lock; empty for the default (twice the lease) and for a wait
   * without a limit}
   */
  public Optional<Duration> waitUpTo() {
    return Optional.ofNullable(asked.waitUpTo);
  }

  /** {@return whether to wait without a limit; true after {@link Builder#waitForever}} */
  public boolean isWaitForever() {
    return asked.waitForever;
  }

  /** {@return the lease of this lock; empty for the client's lease} */
  public Optional<Duration> leaseDuration() {
    return Optional.ofNullable(asked.leaseDuration);
  }

  /** {@return the heartbeat interval of this lock; empty for the one that its lease brings} */
  public Optional<Duration> heartbeatInterval() {
    return Optional.ofNullable(asked.heartbeatInterval);
  }

  /** {@return how the lock's lease is renewed; empty for the client's default} */
  public Optional<Leases> leases() {
    return Optional.ofNullable(asked.leases);
  }

  /** {@return the data to store with the lock; empty to keep the data of the last holder} */
  public Optional<SdkBytes> data() {
    return Optional.ofNullable(asked.data);
  }

  /** {@return the attributes to set on the lock item; unmodifiable} */
  public Map<String, AttributeValue> attributes() {
    return attributes;
  }

  /**
   * {@return whether the release deletes the item; false by default: the item is kept, and with it
   * the sequence of fencing tokens}
   */
  public boolean isDeleteOnRelease() {
    return asked.deleteOnRelease;
  }

  /**
   * {@return whether to fail when the table has no item for the lock; false by default: the item is
   * created}
   */
  public boolean isOnlyIfExists() {
    return asked.onlyIfExists;
  }

  /**
   * {@return the callback that runs when the lock is lost; empty if none was registered with the
   * request}
   */
  public Optional<Consumer<? super Revocation>> onRevoked() {
    return Optional.ofNullable(asked.onRevoked);
  }

  /**
   * {@return the thread that must live for the lock to stay held; empty if no thread is required}
   */
  public Optional<Thread> whileAlive() {
    return Optional.ofNullable(asked.whileAlive);
  }

  /** {@return the longest time for which the lock is held; empty for no limit} */
  public Optional<Duration> maxHold() {
    return Optional.ofNullable(asked.maxHold);
  }

  /**
   * {@return the longest time between two calls of {@link HeldLock#progress}; empty for no limit}
   */
  public Optional<Duration> stallLimit() {
    return Optional.ofNullable(asked.stallLimit);
  }

  /**
   * {@return how long after its grant a released lock stays closed to all callers; empty for no
   * such time}
   */
  public Optional<Duration> holdAtLeast() {
    return Optional.ofNullable(asked.holdAtLeast);
  }

  /**
   * {@return the callback that runs when a client asks for the release of the lock; empty if none
   * was registered with the request}
   */
  public Optional<Consumer<? super ReleaseRequest>> onReleaseRequested() {
    return Optional.ofNullable(asked.onReleaseRequested);
  }

  /** {@return why the holder is asked to release the lock; empty if it is not asked} */
  public Optional<String> releaseReason() {
    return Optional.ofNullable(asked.releaseReason);
  }

  /**
   * {@return how long the holder may take when it is asked to release the lock; empty if it is not
   * asked}
   */
  public Optional<Duration> releaseGracePeriod() {
    return Optional.ofNullable(asked.releaseGracePeriod);
  }

  /** Returns the key and the waiting time, without the user's data. */
  @Override
  public String toString() {
    return "LockRequest(key="
        + key
        + ", wait="
        + (asked.waitForever ? "unlimited" : asked.waitUpTo == null ? "default" : asked.waitUpTo)
        + ")";
  }

  /** Builds a {@link LockRequest}; not safe for use by several threads. */
  public static final class Builder {
    /** A hundred years. Clocks can count 292 years in nanoseconds. */
    private static final Duration MAX_WAIT = Duration.ofDays(36_500);

    /** The longest lease: the rest of the time is the lease of what the release leaves. */
    private static final Duration LONGEST_CLOSED = Duration.ofDays(31);

    private @Nullable LockKey key;
    private @Nullable Duration waitUpTo;
    private boolean waitForever;
    private @Nullable Duration leaseDuration;
    private @Nullable Duration heartbeatInterval;
    private @Nullable Leases leases;
    private @Nullable SdkBytes data;
    private final Map<String, AttributeValue> attributes = new LinkedHashMap<>();
    private boolean deleteOnRelease;
    private boolean onlyIfExists;
    private @Nullable Consumer<? super Revocation> onRevoked;
    private @Nullable Thread whileAlive;
    private @Nullable Duration maxHold;
    private @Nullable Duration stallLimit;
    private @Nullable Duration holdAtLeast;
    private @Nullable Consumer<? super ReleaseRequest> onReleaseRequested;
    private @Nullable String releaseReason;
    private @Nullable Duration releaseGracePeriod;

    private Builder() {}

    private Builder(Builder from) {
      this.key = from.key;
      this.waitUpTo = from.waitUpTo;
      this.waitForever = from.waitForever;
      this.leaseDuration = from.leaseDuration;
      this.heartbeatInterval = from.heartbeatInterval;
      this.leases = from.leases;
      this.data = from.data;
      this.attributes.putAll(from.attributes);
      this.deleteOnRelease = from.deleteOnRelease;
      this.onlyIfExists = from.onlyIfExists;
      this.onRevoked = from.onRevoked;
      this.whileAlive = from.whileAlive;
      this.maxHold = from.maxHold;
      this.stallLimit = from.stallLimit;
      this.holdAtLeast = from.holdAtLeast;
      this.onReleaseRequested = from.onReleaseRequested;
      this.releaseReason = from.releaseReason;
      this.releaseGracePeriod = from.releaseGracePeriod;
    }

    /**
     * Sets the lock, in a table without a sort key.
     *
     * @param partitionKey 1 to 2,048 bytes of UTF-8
     * @return this
     */
    public Builder key(String partitionKey) {
      return key(LockKey.of(partitionKey));
    }

    /**
     * Sets the lock, in a table with a sort key.
     *
     * @param partitionKey 1 to 2,048 bytes of UTF-8
     * @param sortKey 1 to 1,024 bytes of UTF-8
     * @return this
     */
    public Builder key(String partitionKey, String sortKey) {
      return key(LockKey.of(partitionKey, sortKey));
    }

    /**
     * Sets the lock.
     *
     * @param key its key
     * @return this
     */
    public Builder key(LockKey key) {
      this.key = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * Sets how long to wait while other holders have the lock. Default: twice the lease, which is
     * enough to outlast a dead holder with the same lease.
     *
     * <p>A table that does not answer may add one attempt of a request: the first request of a wait
     * has at least one second, or 40 % of a shorter lease. If that request obtains the lock later,
     * the client frees the lock in the background.
     *
     * <p>The verbs that try once ({@code tryAcquire}, {@code tryRunLocked}, {@code tryCallLocked})
     * refuse this setting. So do the recipes, whose methods take the waiting time.
     *
     * @param duration not negative, at most 100 years; zero means one try
     * @return this
     */
    public Builder waitUpTo(Duration duration) {
      if (duration.isNegative()) {
        throw new IllegalArgumentException(
            "waitUpTo must not be negative, but is " + duration + "; zero means one try");
      }
      if (duration.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            "waitUpTo "
                + duration
                + " is longer than "
                + MAX_WAIT.toDays()
                + " days; use waitForever() to wait without end");
      }
      this.waitUpTo = duration;
      this.waitForever = false;
      return this;
    }

    /**
     * Makes the caller wait without a limit: until the lock is acquired, the thread is interrupted
     * or the client is closed. Refused where {@link #waitUpTo} is.
     *
     * @return this
     */
    public Builder waitForever() {
      this.waitForever = true;
      this.waitUpTo = null;
      return this;
    }

    /**
     * Sets the lease of this lock, if it differs from the client's lease. The lock is then renewed
     * every quarter of this lease, unless {@link #heartbeatInterval} says otherwise.
     *
     * @param duration 100 ms to 31 days
     * @return this
     */
    public Builder leaseDuration(Duration duration) {
      this.leaseDuration = Objects.requireNonNull(duration, "leaseDuration");
      return this;
    }

    /**
     * Sets how often this lock is renewed. Default: every quarter of the lease, where the request
     * sets the lease; otherwise as often as the client's other locks.
     *
     * @param interval at least 10 ms; at most a third of the usable lease (80 %), so that three
     *     tries fit into it
     * @return this
     */
    public Builder heartbeatInterval(Duration interval) {
      this.heartbeatInterval = Objects.requireNonNull(interval, "heartbeatInterval");
      return this;
    }

    /**
     * Sets how the lock's lease is renewed, if this differs from the client's default.
     *
     * @param leases own, shared, or that of a named session; a shared lease has the client's
     *     duration
     * @return this
     */
    public Builder leases(Leases leases) {
      this.leases = Objects.requireNonNull(leases, "leases");
      return this;
    }

    /**
     * Sets the data to store with the lock. Without this setting, the data of the last holder
     * stays.
     *
     * @param data any bytes; the whole item must fit into DynamoDB's 400 KB
     * @return this
     */
    public Builder data(SdkBytes data) {
      this.data = Objects.requireNonNull(data, "data");
      return this;
    }

    /**
     * Sets an attribute on the lock item. All other attributes that are not Baton's stay unchanged.
     *
     * @param name not one of the lock protocol's
     * @param value any value
     * @return this
     */
    public Builder attribute(String name, AttributeValue value) {
      Objects.requireNonNull(name, "name");
      if (name.isEmpty()) {
        throw new IllegalArgumentException("The name of an attribute must not be empty");
      }
      attributes.put(name, Objects.requireNonNull(value, "value of attribute " + name));
      return this;
    }

    /**
     * Sets attributes on the lock item.
     *
     * @param attributes as for {@link #attribute}
     * @return this
     */
    public Builder attributes(Map<String, AttributeValue> attributes) {
      attributes.forEach(this::attribute);
      return this;
    }

    /**
     * Sets whether the release deletes the item. Keeping the item (the default) also keeps the
     * sequence of fencing tokens; see {@link HeldLock#fencingToken()}.
     *
     * @param deleteOnRelease true to delete
     * @return this
     */
    public Builder deleteOnRelease(boolean deleteOnRelease) {
      this.deleteOnRelease = deleteOnRelease;
      return this;
    }

    /**
     * Sets whether to acquire the lock only if its item exists, and to fail with {@link
     * LockNotAcquiredException.Reason#NO_SUCH_LOCK} otherwise.
     *
     * @param onlyIfExists true to fail when there is no item
     * @return this
     */
    public Builder onlyIfExists(boolean onlyIfExists) {
      this.onlyIfExists = onlyIfExists;
      return this;
    }

    /**
     * Registers a callback that runs when the lock is lost; see {@link HeldLock#onRevoked}. It
     * never runs before the acquisition has returned the lock. If a recipe uses the request, it
     * runs once for each hold that the recipe gives.
     *
     * @param callback takes what happened
     * @return this
     */
    public Builder onRevoked(Consumer<? super Revocation> callback) {
      this.onRevoked = Objects.requireNonNull(callback, "callback");
      return this;
    }

    /**
     * Registers a callback that runs when a client asks for the release of the lock; see {@link
     * HeldLock#onReleaseRequested}.
     *
     * @param callback takes the owner name of the client that asks, the reason, and how long the
     *     holder may take
     * @return this
     */
    public Builder onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
      this.onReleaseRequested = Objects.requireNonNull(callback, "callback");
      return this;
    }

    /**
     * Asks the holder of the lock to release it, and waits. The holder learns of the request with
     * its next heartbeat ({@link HeldLock#onReleaseRequested}). If the holder closes the lock after
     * that, the lock is reserved for this client: no other client can acquire it for the length of
     * the holder's lease. If the holder closes the lock before the request has arrived, the lock is
     * free for all clients as usual.
     *
     * <p>The request costs one write for each holder that this client meets while the request is
     * first among its client's waiters, and one write to withdraw it if the wait ends without the
     * lock. Clients of other libraries are not asked. A request with {@code
     * waitUpTo(Duration.ZERO)}, the verbs that try once and all recipes but {@code
     * ReentrantLockView} refuse this setting. Locks with a shared lease, and locks that their
     * holder deletes on release, are not reserved: they are free for all clients.
     *
     * @param reason for people, at most 1,000 characters; the holder's heartbeats pay for its size
     * @param gracePeriod how long the holder may take, from when it learns of the request; not
     *     negative, at most 100 years. Nothing happens when it is over
     * @return this
     */
    public Builder requestRelease(String reason, Duration gracePeriod) {
      Objects.requireNonNull(reason, "reason");
      int most = Bound.RELEASE_REASON_CHARACTERS.defaultValue();
      if (reason.length() > most) {
        throw new IllegalArgumentException(
            "The reason to release a lock has "
                + reason.length()
                + " characters; use at most "
                + most);
      }
      if (gracePeriod.isNegative() || gracePeriod.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            "The gracePeriod of a request to release a lock is "
                + gracePeriod
                + "; use zero to "
                + MAX_WAIT.toDays()
                + " days");
      }
      this.releaseReason = reason;
      this.releaseGracePeriod = gracePeriod;
      return this;
    }

    /**
     * Holds the lock only while a thread lives. When the thread has ended, the lock is revoked with
     * {@link Revocation.Reason#WORKER_DIED}; the client notices the end at the next use of the lock
     * or within one heartbeat interval. Close the lock before the thread ends, or on behalf of the
     * thread.
     *
     * <p>This limit and the two limits below apply to one hold, whether its lease is own or shared.
     * A lock that is lost by one of these limits stays closed to other clients until the held lock
     * is closed, which tells Baton that the work has stopped, or for the rest of the lease: {@link
     * Revocation#untilTakeover}.
     *
     * @param thread a thread that has not been started counts as alive
     * @return this
     */
    public Builder whileAlive(Thread thread) {
      this.whileAlive = Objects.requireNonNull(thread, "thread");
      return this;
    }

    /**
     * Limits how long the lock is held, from when it is granted. At the limit the lock is revoked
     * with {@link Revocation.Reason#HELD_TOO_LONG}. Time in which this machine is suspended does
     * not count.
     *
     * @param duration positive, at most 100 years
     * @return this
     */
    public Builder maxHold(Duration duration) {
      this.maxHold = checkLimit("maxHold", duration);
      return this;
    }

    /**
     * Limits the time between calls of {@link HeldLock#progress}; the first interval counts from
     * the grant. At the limit the lock is revoked with {@link Revocation.Reason#STALLED}. Time in
     * which this machine is suspended does not count.
     *
     * @param duration positive, at most 100 years
     * @return this
     */
    public Builder stallLimit(Duration duration) {
      this.stallLimit = checkLimit("stallLimit", duration);
      return this;
    }

    /**
     * Keeps the lock closed to all callers, those of this client included, for at least this long
     * after its grant, also when it is released earlier and the process has ended. For scheduled
     * work that several processes start at slightly different times: without this, work that takes
     * 50 ms on the first process is done again by the second one.
     *
     * <p>The release is one write, as without this setting. If a part of the time is left, that
     * write leaves a hold that no client renews, with the rest as its lease. {@link
     * LockClient#inspect} shows it as {@link Liveness#CLOSED}; clients of other libraries see a
     * held lock. The time counts from the answer to the grant, on the monotonic clock, and clocks
     * of other machines may run at another rate: the lock may be free up to 11 % sooner or later.
     *
     * <p>The time counts for each end by the holder: {@link HeldLock#close}, the end of the work of
     * {@code runLocked}, the close of the client, and a loss by {@link #maxHold}, {@link
     * #stallLimit} or {@link #whileAlive}. It does not count where the process is killed or the
     * lease runs out, so that another process can do the work then; nor for a lock that another
     * client has taken. If the release is not confirmed ({@link LockListener#releaseUnconfirmed}),
     * the lock may be free one lease after its last renewal. While the time lasts, the lock is not
     * handed on to a waiter, nor reserved for a client that has asked for it.
     *
     * @param duration positive, at most 31 days
     * @return this
     * @throws IllegalArgumentException if the duration is out of range
     */
    public Builder holdAtLeast(Duration duration) {
      if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST_CLOSED) > 0) {
        throw new IllegalArgumentException(
            "holdAtLeast must be positive and at most "
                + LONGEST_CLOSED.toDays()
                + " days, but is "
                + duration
                + "; leave it out to free the lock with its release");
      }
      this.holdAtLeast = duration;
      return this;
    }

    private static Duration checkLimit(String name, Duration duration) {
      if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            name
                + " must be positive and at most "
                + MAX_WAIT.toDays()
                + " days, but is "
                + duration
                + "; leave it out for no limit");
      }
      return duration;
    }

    /**
     * Builds the request.
     *
     * @return the request
     * @throws NullPointerException if no key was given
     * @throws IllegalArgumentException if both {@link #deleteOnRelease} and {@link #holdAtLeast}
     *     are set: an item that is deleted keeps no lock closed; or {@link #requestRelease} with a
     *     {@link #waitUpTo} of zero: a holder that is asked needs time
     */
    public LockRequest build() {
      if (deleteOnRelease && holdAtLeast != null) {
        throw new IllegalArgumentException(
            "The request for lock '"
                + key
                + "' has both deleteOnRelease and holdAtLeast; an item that is deleted keeps no"
                + " lock closed: leave one of them out");
      }
      if (releaseGracePeriod != null && Duration.ZERO.equals(waitUpTo)) {
        throw new IllegalArgumentException(
            "The request for lock '"
                + key
                + "' has requestRelease and waitUpTo(Duration.ZERO); one try asks no holder: wait"
                + " longer, or leave requestRelease out");
      }
      return new LockRequest(this);
    }
  }
}
