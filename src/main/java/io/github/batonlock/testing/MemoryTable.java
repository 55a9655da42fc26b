package io.github.batonlock.testing;

import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The lock table in memory; its keys are named as the first client wants them. Any thread. */
final class MemoryTable {
  private final Supplier<@Nullable Instant> serverDate;

  @GuardedBy("this")
  private @Nullable InMemoryLockStore rows;

  @GuardedBy("this")
  private String keys = "";

  MemoryTable(Supplier<@Nullable Instant> serverDate) {
    this.serverDate = serverDate;
  }

  /** The table, for a client. */
  synchronized InMemoryLockStore of(ClientConfig config) {
    String wanted = config.partitionKeyName() + " and " + config.sortKeyName();
    if (rows == null) {
      rows = make(config.partitionKeyName(), config.sortKeyName());
      keys = wanted;
    } else if (!wanted.equals(keys)) {
      throw new IllegalArgumentException(
          "The table of this testbed has the partition and sort keys "
              + keys
              + ", as its first client; this client is built for "
              + wanted);
    }
    return rows;
  }

  /** The rows, also where there is no client yet. */
  synchronized InMemoryLockStore rows() {
    return Objects.requireNonNull(rows, "This testbed has no client yet, so its table has no rows");
  }

  private InMemoryLockStore make(String partitionKeyName, @Nullable String sortKeyName) {
    InMemoryLockStore made = new InMemoryLockStore(partitionKeyName, sortKeyName);
    made.setServerDate(serverDate);
    return made;
  }
}
