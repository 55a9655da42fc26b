package io.github.batonlock.internal.request;

import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;

/**
 * How long each request may take, so that a black-holed connection never outlives the lease.
 *
 * <p>The SDK's own limits are 30 s for a read of the socket and none for a call.
 */
public final class RequestTimes {
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  /** A page of a scan is up to 1 MB; nothing depends on when it comes. */
  static final Timeouts LISTING = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));

  private RequestTimes() {}

  /** For requests whose answer may take as long as a lease is usable: acquire, release, read. */
  public static Timeouts patient(LeaseTerms terms) {
    // By the count of nanoseconds: Duration's own division makes big numbers of them.
    long attempt = Math.min(ATTEMPT.toNanos(), terms.usable().toNanos() / 2);
    long total = Math.max(terms.heartbeat().toNanos(), 2 * attempt);
    return new Timeouts(Duration.ofNanos(attempt), Duration.ofNanos(total));
  }

  /** For a renewal, or a look at whether one has landed, with so much of the lease left. */
  public static Timeouts renewal(LeaseTerms terms, long remainingNanos) {
    Duration remaining = Duration.ofNanos(Math.max(remainingNanos, 1_000_000));
    Duration total = min(terms.heartbeat(), remaining);
    return new Timeouts(
        min(min(ATTEMPT, Duration.ofNanos(terms.heartbeat().toNanos() / 2)), total), total);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
