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

  private static final long SLOWER = 4;

  private RequestTimes() {}

  /** For requests whose answer may take as long as a lease is usable: acquire, release, read. */
  public static Timeouts patient(LeaseTerms terms) {
    // By the count of nanoseconds: Duration's own division makes big numbers of them.
    long attempt = Math.min(ATTEMPT.toNanos(), terms.usable().toNanos() / 2);
    long total = Math.max(terms.heartbeat().toNanos(), 2 * attempt);
    return new Timeouts(Duration.ofNanos(attempt), Duration.ofNanos(total));
  }

  /**
   * For a renewal, or a look at whether one has landed.
   *
   * <p>An attempt may take four times as long after each try that timed out, up to half of what is
   * left: a table that is slower than the first limit would otherwise never renew a lease.
   *
   * @param remainingNanos how long the lease can be used still
   * @param timedOut how many tries have ended for want of an answer, less those that succeeded
   *     since
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
