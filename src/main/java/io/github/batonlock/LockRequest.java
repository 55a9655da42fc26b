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
 * Which lock to acquire, and how.
 *
 * <p>Immutable. Attribute names and the lease are checked against the client's configuration when
 * the request is used.
 */
public final class LockRequest {
  /** A copy of the builder's, never changed: what was asked for is said in one place. */
  private final Builder asked;

  private final LockKey key;
  private final Map<String, AttributeValue> attributes;

  private LockRequest(Builder builder) {
    this.key = Objects.requireNonNull(builder.key, "LockRequest needs a key");
    this.asked = new Builder(builder);
    this.attributes = Map.copyOf(builder.attributes);
  }

  /**
   * A request with all defaults.
   *
   * @param key the lock
   * @return the request
   */
  public static LockRequest of(String key) {
    return builder().key(key).build();
  }

  /**
   * Starts a request.
   *
   * @return a builder, for one thread
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts a request like this one.
   *
   * @return a builder with all that this request says, for one thread
   */
  public Builder toBuilder() {
    return new Builder(asked);
  }

  /** {@return the lock to acquire} */
  public LockKey key() {
    return key;
  }

  /**
   * {@return how long to wait for the lock; empty for the default (twice the lease) and for a wait
   * without end}
   */
  public Optional<Duration> waitUpTo() {
    return Optional.ofNullable(asked.waitUpTo);
  }

  /** {@return whether to wait without end; true after {@link Builder#waitForever}} */
  public boolean isWaitForever() {
    return asked.waitForever;
  }

  /** {@return the lease of this lock; empty for the client's} */
  public Optional<Duration> leaseDuration() {
    return Optional.ofNullable(asked.leaseDuration);
  }

  /** {@return by what the lock is kept; empty for the client's default} */
  public Optional<Leases> leases() {
    return Optional.ofNullable(asked.leases);
  }

  /**
   * {@return the data to store with the lock; empty to leave the data of the last holder in place}
   */
  public Optional<SdkBytes> data() {
    return Optional.ofNullable(asked.data);
  }

  /** {@return the attributes to set on the lock item; unmodifiable} */
  public Map<String, AttributeValue> attributes() {
    return attributes;
  }

  /**
   * {@return whether releasing deletes the item; false by default: the item is kept, and with it
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
   * {@return what to do when the lock is lost; empty if nothing was registered with the request}
   */
  public Optional<Consumer<? super Revocation>> onRevoked() {
    return Optional.ofNullable(asked.onRevoked);
  }

  /** {@return the thread whose end ends the hold; empty if the lock is held whatever threads do} */
  public Optional<Thread> whileAlive() {
    return Optional.ofNullable(asked.whileAlive);
  }

  /** {@return how long the lock is held at most; empty for no limit} */
  public Optional<Duration> maxHold() {
    return Optional.ofNullable(asked.maxHold);
  }

  /** {@return how long the work may go on without {@link HeldLock#progress}; empty for no limit} */
  public Optional<Duration> stallLimit() {
    return Optional.ofNullable(asked.stallLimit);
  }

  /**
   * {@return what to do when somebody asks for the release of the lock; empty if nothing was
   * registered with the request}
   */
  public Optional<Consumer<? super ReleaseRequest>> onReleaseRequested() {
    return Optional.ofNullable(asked.onReleaseRequested);
  }

  /** {@return why the holder is asked to finish; empty if he is not asked} */
  public Optional<String> releaseReason() {
    return Optional.ofNullable(asked.releaseReason);
  }

  /** {@return how long the holder may take to finish when asked; empty if he is not asked} */
  public Optional<Duration> releaseDeadline() {
    return Optional.ofNullable(asked.releaseDeadline);
  }

  /** The key and the waiting time, without the user's data. */
  @Override
  public String toString() {
    return "LockRequest(key="
        + key
        + ", wait="
        + (asked.waitForever ? "for ever" : asked.waitUpTo == null ? "default" : asked.waitUpTo)
        + ")";
  }

  /** Builds a {@link LockRequest}; not safe for use by several threads. */
  public static final class Builder {
    /** A hundred years; clocks count 292 of them in nanoseconds. */
    private static final Duration MAX_WAIT = Duration.ofDays(36_500);

    private @Nullable LockKey key;
    private @Nullable Duration waitUpTo;
    private boolean waitForever;
    private @Nullable Duration leaseDuration;
    private @Nullable Leases leases;
    private @Nullable SdkBytes data;
    private final Map<String, AttributeValue> attributes = new LinkedHashMap<>();
    private boolean deleteOnRelease;
    private boolean onlyIfExists;
    private @Nullable Consumer<? super Revocation> onRevoked;
    private @Nullable Thread whileAlive;
    private @Nullable Duration maxHold;
    private @Nullable Duration stallLimit;
    private @Nullable Consumer<? super ReleaseRequest> onReleaseRequested;
    private @Nullable String releaseReason;
    private @Nullable Duration releaseDeadline;

    private Builder() {}

    private Builder(Builder from) {
      this.key = from.key;
      this.waitUpTo = from.waitUpTo;
      this.waitForever = from.waitForever;
      this.leaseDuration = from.leaseDuration;
      this.leases = from.leases;
      this.data = from.data;
      this.attributes.putAll(from.attributes);
      this.deleteOnRelease = from.deleteOnRelease;
      this.onlyIfExists = from.onlyIfExists;
      this.onRevoked = from.onRevoked;
      this.whileAlive = from.whileAlive;
      this.maxHold = from.maxHold;
      this.stallLimit = from.stallLimit;
      this.onReleaseRequested = from.onReleaseRequested;
      this.releaseReason = from.releaseReason;
      this.releaseDeadline = from.releaseDeadline;
    }

    /**
     * The lock, in a table without a sort key.
     *
     * @param partitionKey 1 to 2,048 bytes of UTF-8
     * @return this
     */
    public Builder key(String partitionKey) {
      return key(LockKey.of(partitionKey));
    }

    /**
     * The lock, in a table with a sort key.
     *
     * @param partitionKey 1 to 2,048 bytes of UTF-8
     * @param sortKey 1 to 1,024 bytes of UTF-8
     * @return this
     */
    public Builder key(String partitionKey, String sortKey) {
      return key(LockKey.of(partitionKey, sortKey));
    }

    /**
     * The lock.
     *
     * @param key its key
     * @return this
     */
    public Builder key(LockKey key) {
      this.key = Objects.requireNonNull(key, "key");
      return this;
    }

    /**
     * How long to wait while others hold the lock. Default: twice the lease, enough to outwait a
     * dead holder with the same lease.
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
     * Wait until the lock is acquired, the thread interrupted or the client closed.
     *
     * @return this
     */
    public Builder waitForever() {
      this.waitForever = true;
      this.waitUpTo = null;
      return this;
    }

    /**
     * The lease of this lock, where it is to differ from the client's.
     *
     * @param duration at least 100 ms, and long enough that the client's heartbeat interval is at
     *     most a third of its usable part (80 %)
     * @return this
     */
    public Builder leaseDuration(Duration duration) {
      this.leaseDuration = Objects.requireNonNull(duration, "leaseDuration");
      return this;
    }

    /**
     * By what the lock is kept, where it is not to be as the client's locks are by default.
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
     * The data to store with the lock. Without it, what the last holder left stays.
     *
     * @param data any bytes; the whole item must fit into DynamoDB's 400 KB
     * @return this
     */
    public Builder data(SdkBytes data) {
      this.data = Objects.requireNonNull(data, "data");
      return this;
    }

    /**
     * An attribute to set on the lock item. All others that are not Baton's stay as they are.
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
     * Attributes to set on the lock item.
     *
     * @param attributes as for {@link #attribute}
     * @return this
     */
    public Builder attributes(Map<String, AttributeValue> attributes) {
      attributes.forEach(this::attribute);
      return this;
    }

    /**
     * Whether releasing deletes the item. Keeping it (the default) also keeps the sequence of
     * fencing tokens; see {@link HeldLock#fencingToken()}.
     *
     * @param deleteOnRelease true to delete
     * @return this
     */
    public Builder deleteOnRelease(boolean deleteOnRelease) {
      this.deleteOnRelease = deleteOnRelease;
      return this;
    }

    /**
     * Whether to acquire only a lock whose item exists, and fail with {@link
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
     * What to do when the lock is lost; see {@link HeldLock#onRevoked}. Never called before the
     * acquisition has returned the lock.
     *
     * @param callback takes what happened
     * @return this
     */
    public Builder onRevoked(Consumer<? super Revocation> callback) {
      this.onRevoked = Objects.requireNonNull(callback, "callback");
      return this;
    }

    /**
     * What to do when somebody asks for the release; see {@link HeldLock#onReleaseRequested}.
     *
     * @param callback takes who asks, why, and how long the holder may take
     * @return this
     */
    public Builder onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
      this.onReleaseRequested = Objects.requireNonNull(callback, "callback");
      return this;
    }

    /**
     * Asks whoever holds the lock to finish, and waits. He is told with his next heartbeat ({@link
     * HeldLock#onReleaseRequested}). When he closes the lock after that, it is kept for this
     * client: nobody else can have it for the length of his lease. One that is closed before the
     * request has come is free for all as ever.
     *
     * <p>One write for each holder that is met while this request is first among its client's
     * waiters, and one to take it back if the wait ends without the lock. Not asked are clients of
     * other libraries, and anybody by {@code tryAcquire} or a wait of zero. Not kept for this
     * client, but free for all, are locks with a shared lease, and those that their holder deletes
     * on release.
     *
     * @param reason for people, at most 1,000 characters; the holder's heartbeats pay for its size
     * @param deadline how long he may take, from when he is told; not negative, at most 100 years.
     *     Nothing happens when it is over
     * @return this
     */
    public Builder requestRelease(String reason, Duration deadline) {
      Objects.requireNonNull(reason, "reason");
      int most = Bound.RELEASE_REASON_CHARACTERS.defaultValue();
      if (reason.length() > most) {
        throw new IllegalArgumentException(
            "The reason to release a lock has "
                + reason.length()
                + " characters; use at most "
                + most);
      }
      if (deadline.isNegative() || deadline.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            "The deadline to release a lock is "
                + deadline
                + "; use zero to "
                + MAX_WAIT.toDays()
                + " days");
      }
      this.releaseReason = reason;
      this.releaseDeadline = deadline;
      return this;
    }

    /**
     * Holds the lock only while a thread lives: it is revoked with {@link
     * Revocation.Reason#WORKER_DIED} when the thread has ended, noticed at the next use of the lock
     * or within one heartbeat interval. Close the lock before the thread ends, or on its behalf.
     *
     * <p>This limit and the two below are those of one hold, whatever lease keeps it. A lock that
     * is lost by one of them stays closed to others until the held lock is closed, which says that
     * the work has stopped, or for the rest of the lease: {@link Revocation#untilTakeover}.
     *
     * @param thread one that has not been started counts as alive
     * @return this
     */
    public Builder whileAlive(Thread thread) {
      this.whileAlive = Objects.requireNonNull(thread, "thread");
      return this;
    }

    /**
     * Holds the lock for so long at most, from when it is granted: it is revoked with {@link
     * Revocation.Reason#HELD_TOO_LONG} then. Time in which this machine is suspended does not
     * count.
     *
     * @param duration positive, at most 100 years
     * @return this
     */
    public Builder maxHold(Duration duration) {
      this.maxHold = checkLimit("maxHold", duration);
      return this;
    }

    /**
     * Holds the lock only while the work calls {@link HeldLock#progress} at least this often, the
     * first time counted from the grant: it is revoked with {@link Revocation.Reason#STALLED}
     * otherwise. Time in which this machine is suspended does not count.
     *
     * @param duration positive, at most 100 years
     * @return this
     */
    public Builder stallLimit(Duration duration) {
      this.stallLimit = checkLimit("stallLimit", duration);
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
     */
    public LockRequest build() {
      return new LockRequest(this);
    }
  }
}
