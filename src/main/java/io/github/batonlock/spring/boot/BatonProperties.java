package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code baton.*}. What is null has the default of {@link LockClient.Builder}.
 *
 * @param tableName the lock table; without it, nothing of this package does anything
 * @param partitionKeyName the table's partition key attribute; {@code key} by default
 * @param sortKeyName the table's sort key attribute; none by default
 * @param tableCheck what is done with the table before the client is built
 * @param ownerName the client's owner name; unique by default
 * @param leaseDuration how long a lock stays a holder's without a renewal; 20 s by default
 * @param heartbeatInterval the time between two renewals; a quarter of the lease by default
 * @param leases whether each lock has a lease of its own
 * @param closeTimeout how long closing the client waits for releases
 * @param observations whether acquisitions and holds are observed with the program's {@code
 *     ObservationRegistry}
 * @param healthKey the lock that the health check reads; it need not exist
 */
@ConfigurationProperties("baton")
public record BatonProperties(
    String tableName,
    @Nullable String partitionKeyName,
    @Nullable String sortKeyName,
    @DefaultValue("verify") TableCheck tableCheck,
    @Nullable String ownerName,
    @Nullable Duration leaseDuration,
    @Nullable Duration heartbeatInterval,
    @DefaultValue("own") LeaseKind leases,
    @Nullable Duration closeTimeout,
    @DefaultValue("false") boolean observations,
    @DefaultValue("baton-health") String healthKey) {

  /** What is done with the lock table before the client is built. */
  public enum TableCheck {
    /** The table is described, and a mismatch ends the start of the program. */
    VERIFY,
    /** The table is made if it is missing, and verified otherwise. */
    CREATE,
    /** Nothing; the first request finds out. */
    NONE
  }

  /** Whether locks share leases. */
  public enum LeaseKind {
    /** Each lock has a lease of its own, unless its request says otherwise. */
    OWN,
    /** All locks of the client share a lease, unless a request says otherwise. */
    SHARED
  }
}
