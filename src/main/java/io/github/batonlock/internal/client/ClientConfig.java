package io.github.batonlock.internal.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The checked configuration of a client.
 *
 * @param tableName x
 */
public record ClientConfig(String tableName) {
  /** Draft. */
  public static final class Draft {
    private final String tableName;
    public @Nullable String ownerName;
    public Duration leaseDuration = Duration.ofSeconds(20);
    public Duration heartbeatInterval = Duration.ofSeconds(5);
    public String partitionKeyName = "key";
    public @Nullable String sortKeyName;
    public @Nullable Duration releasedItemRetention;
    public @Nullable Duration maxClockError;
    public @Nullable Duration closeTimeout;

    public Draft(String tableName) {
      this.tableName = tableName;
    }

    public ClientConfig build() {
      return new ClientConfig(tableName);
    }
  }
}
