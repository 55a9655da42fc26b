package io.github.batonlock.internal.config;

import io.github.batonlock.Leases;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.store.LockAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The checked configuration of a client.
 *
 * @param tableName the lock table
 * @param ownerName the client's name in the lock table
 * @param terms lease and heartbeat, unless a request says otherwise
 * @param leases whether locks have their own lease or share that of a session, unless a request
 *     says otherwise
 * @param partitionKeyName the table's partition key attribute
 * @param sortKeyName the table's sort key attribute; null for none
 * @param releasedItemRetention how long released items are kept; null to keep them permanently
 * @param maxTableClockError how far the {@code Date} of an answer may be off; null if no lock is
 *     taken over at first sight
 * @param closeTimeout how long closing the client may take
 * @param bounds the limits on what the client keeps and does
 */
public record ClientConfig(
    String tableName,
    String ownerName,
    LeaseTerms terms,
    Leases leases,
    String partitionKeyName,
    @Nullable String sortKeyName,
    @Nullable Duration releasedItemRetention,
    @Nullable Duration maxTableClockError,
    Duration closeTimeout,
    Bounds bounds) {
  /**
   * How long the items of ended sessions are kept if no retention is configured. Locks that still
   * name such a session are free at once while its item exists, and a lease later when the item is
   * gone.
   */
  private static final Duration SESSION_RETENTION = Duration.ofDays(7);

  /**
   * DynamoDB's hosts keep their clocks to milliseconds; AWS refuses a request that is signed five
   * minutes off. This is far above the one, and costs little.
   */
  private static final Duration TABLE_CLOCK_ERROR = Duration.ofSeconds(5);

  private static final Duration MOST_TABLE_CLOCK_ERROR = Duration.ofHours(1);

  /**
   * The time after which an item that is released now may be deleted.
   *
   * @param epochMillis the wall clock
   * @return null for never
   */
  public @Nullable Instant expiry(long epochMillis) {
    return releasedItemRetention == null
        ? null
        : Instant.ofEpochMilli(epochMillis).plus(releasedItemRetention);
  }

  /**
   * The time after which the item of a session that ends now may be deleted.
   *
   * @param epochMillis the wall clock
   * @return as for released items; a week later if released items are kept permanently
   */
  public Instant sessionExpiry(long epochMillis) {
    Instant configured = expiry(epochMillis);
    return configured != null
        ? configured
        : Instant.ofEpochMilli(epochMillis).plus(SESSION_RETENTION);
  }

  /** The configuration while the user sets it. */
  public static final class Draft {
    private final String tableName;

    /** See {@link ClientConfig#ownerName}. */
    public @Nullable String ownerName;

    /** The incumbent client's default, so that costs compare one to one. */
    public Duration leaseDuration = Duration.ofSeconds(20);

    /** A quarter of the lease unless set. */
    public @Nullable Duration heartbeatInterval;

    /** See {@link ClientConfig#leases}. */
    public Leases leases = Leases.own();

    /** The incumbent client's default, so that tables can be shared. */
    public String partitionKeyName = "key";

    /** See {@link ClientConfig#sortKeyName}. */
    public @Nullable String sortKeyName;

    /** See {@link ClientConfig#releasedItemRetention}. */
    public @Nullable Duration releasedItemRetention;

    /** Whether a silent holder's lock may be taken over at first sight. */
    public boolean takeoverAtFirstSight = true;

    /** See {@link ClientConfig#maxTableClockError}; 5 s unless set. */
    public @Nullable Duration maxTableClockError;

    /** Half of the lease unless set. */
    public @Nullable Duration closeTimeout;

    /** For tests. Users get the defaults. */
    public Bounds bounds = Bounds.DEFAULT;

    /**
     * Creates a configuration with all defaults.
     *
     * @param tableName the lock table
     */
    public Draft(String tableName) {
      this.tableName = tableName;
    }

    /**
     * Checks and completes the configuration.
     *
     * @return the configuration
     * @throws IllegalArgumentException if a value does not fit; the message names it, and what
     *     would fit
     */
    public ClientConfig build() {
      require(!tableName.isEmpty(), "tableName must not be empty");
      require(ownerName == null || !ownerName.isEmpty(), "ownerName must not be empty");
      requireKeyName("partitionKeyName", partitionKeyName);
      if (sortKeyName != null) {
        requireKeyName("sortKeyName", sortKeyName);
        require(
            !sortKeyName.equals(partitionKeyName),
            "sortKeyName and partitionKeyName are both '" + sortKeyName + "'; they must differ");
      }
      Duration second = Duration.ofSeconds(1);
      require(
          releasedItemRetention == null
              || (releasedItemRetention.compareTo(second) >= 0 && isBounded(releasedItemRetention)),
          "releasedItemRetention is "
              + releasedItemRetention
              + "; use one second to 100 years, or none to keep items permanently");
      requireTableClockError();
      require(
          closeTimeout == null
              || (!closeTimeout.isNegative() && !closeTimeout.isZero() && isBounded(closeTimeout)),
          "closeTimeout is " + closeTimeout + "; it must be positive, and at most 100 years");
      LeaseTerms terms =
          heartbeatInterval == null
              ? LeaseTerms.of(leaseDuration)
              : new LeaseTerms(leaseDuration, heartbeatInterval);
      return new ClientConfig(
          tableName,
          Objects.requireNonNullElseGet(ownerName, OwnerNames::unique),
          terms,
          leases,
          partitionKeyName,
          sortKeyName,
          releasedItemRetention,
          takeoverAtFirstSight
              ? Objects.requireNonNullElse(maxTableClockError, TABLE_CLOCK_ERROR)
              : null,
          Objects.requireNonNullElse(closeTimeout, leaseDuration.dividedBy(2)),
          bounds);
    }

    private void requireTableClockError() {
      Duration error = maxTableClockError;
      if (error == null) {
        return;
      }
      require(
          takeoverAtFirstSight,
          "maxTableClockError is " + error + ", but takeoverAtFirstSight is switched off");
      require(
          !error.isNegative() && error.compareTo(MOST_TABLE_CLOCK_ERROR) <= 0,
          "maxTableClockError is " + error + "; use zero to one hour");
    }

    /** A long counts 292 years in nanoseconds. */
    private static boolean isBounded(Duration duration) {
      return duration.compareTo(Duration.ofDays(36_500)) <= 0;
    }

    private static void requireKeyName(String what, String name) {
      require(!name.isEmpty(), what + " must not be empty");
      require(
          !LockAttributes.isReserved(name),
          what
              + " '"
              + name
              + "' is an attribute of the lock protocol; name the table's key otherwise");
    }

    private static void require(boolean condition, String message) {
      if (!condition) {
        throw new IllegalArgumentException(message);
      }
    }
  }
}
