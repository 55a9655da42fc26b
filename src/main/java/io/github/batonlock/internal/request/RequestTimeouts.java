package io.github.batonlock.internal.request;

import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;

/**
 * The time limits of requests, so that a black-holed connection never outlives the lease.
 *
 * <p>The SDK's own limits are 30 s for a read of the socket and none for a call.
 */
public final class RequestTimeouts {
  private static final Duration ATTEMPT = Duration.ofSeconds(1);

  /** A page of a scan is up to 1 MB; nothing depends on when it comes. */
  static final Timeouts LISTING = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));

  private static final long SLOWER = 4;

  private RequestTimeouts() {}

  /** The limits for requests that may take as long as a lease is usable: acquire, release, read. */
  public static Timeouts patient(LeaseTerms terms) {
    // Computed in nanoseconds: Duration's own division uses big numbers.
    long attempt = Math.min(ATTEMPT.toNanos(), terms.usable().toNanos() / 2);
    long total = Math.max(terms.heartbeat().toNanos(), 2 * attempt);
    return new Timeouts(Duration.ofNanos(attempt), Duration.ofNanos(total));
  }

  /**
   * The limits for a renewal, or for a look at whether a renewal was applied.
   *
   * <p>After each try that timed out, an attempt may take four times as long, up to half of the
   * time that is left. Otherwise a table that is slower than the first limit would never renew a
   * lease.
   *
   * @param remainingNanos how long the lease can still be used
   * @param timedOut how many tries have ended without an answer, less those that succeeded since
   */
  public static Timeouts renewal(LeaseTerms terms, long remainingNanos, int timedOut) {
    long remaining = Math.max(remainingNanos, 1_000_000);
    long interval = terms.heartbeat().toNanos();
    long attempt = Math.min(ATTEMPT.toNanos(), interval / 2);
    for (int i = 0; i < timedOut && attempt < remaining / 2; i++) {
      attempt = Math.min(SLOWER * attempt, remaining / 2);
    }
    long total = Math.min(Math.max(interval, attempt), remaining);
    return new Timeouts(Duration.ofNanos(Math.min(attempt, total)), Duration.ofNanos(total));
  }
}
