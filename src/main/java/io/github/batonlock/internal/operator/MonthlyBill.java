package io.github.batonlock.internal.operator;

import io.github.batonlock.internal.operator.LockRow.State;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.List;

/**
 * What the holds of a table cost in 30 days if they go on as they are (docs/iam-and-cost.md): on
 * demand, items of up to 1 KB, and intervals of a quarter of the lease.
 *
 * @param writes write units: heartbeats of locks with their own lease, and of sessions
 * @param reads read units: looks at the items of locks with a shared lease
 */
record MonthlyBill(double writes, double reads) {
  private static final Duration MONTH = Duration.ofDays(30);

  /** USD for a million units, as in docs/iam-and-cost.md. */
  static final double WRITES_PRICE = 0.625;

  /** USD for a million units, as in docs/iam-and-cost.md. */
  static final double READS_PRICE = 0.125;

  private static final double MILLION = 1_000_000;

  /** An eventually consistent read takes half a unit. */
  private static final double READ_UNITS = 0.5;

  /** Two a second are the most that the audit of one client sends. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(500);

  /** The audit reads the item of a lock with a shared lease once in ten leases. */
  private static final double LEASES_TO_READ = 10;

  /** As holders have it that set no interval. */
  private static final double INTERVALS_PER_LEASE = 4;

  /** The bill of these rows. */
  static MonthlyBill of(List<LockRow> rows) {
    double writes = 0;
    double reads = 0;
    long sessions = rows.stream().filter(row -> row.state() == State.SESSION).count();
    for (LockRow row : rows) {
      double lease = row.lease().map(Duration::toMillis).orElse(0L);
      boolean isRenewed = row.state() == State.SESSION || row.state() == State.HELD;
      if (isRenewed && lease > 0 && row.session().isPresent()) {
        reads += READ_UNITS * MONTH.toMillis() / (lease * LEASES_TO_READ);
      } else if (isRenewed && lease > 0) {
        writes += MONTH.toMillis() / (lease / INTERVALS_PER_LEASE);
      }
    }
    double mostReads = sessions * READ_UNITS * MONTH.toMillis() / LEAST_PAUSE.toMillis();
    return new MonthlyBill(writes, Math.min(reads, mostReads));
  }

  /** In USD. */
  double dollars() {
    return (writes * WRITES_PRICE + reads * READS_PRICE) / MILLION;
  }

  Check check() {
    BigDecimal rounded = BigDecimal.valueOf(dollars()).setScale(2, RoundingMode.HALF_UP);
    return Check.good(
        "monthly bill",
        rounded
            + " USD for the heartbeats of what is held now ("
            + Math.round(writes)
            + " write units, "
            + Math.round(reads)
            + " read units), without waiters, acquisitions and storage");
  }
}
