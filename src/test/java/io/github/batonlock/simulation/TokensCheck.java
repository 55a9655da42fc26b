package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Tokens of one key grow with every holder, and stay while he holds (protocol section 4). Where an
 * item has vanished, the order hangs on wall clocks; then the seed must be what the sender's clock
 * or the server's says.
 */
final class TokensCheck extends Check {
  private static final long MICROS_PER_MILLI = 1_000;
  private static final long MAX_SEED_ERROR_MILLIS = 1_500;

  private final Map<LockKey, Commit> latest = new HashMap<>();

  TokensCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Commit commit : history.commits) {
      Send send = commit.send();
      if (send == null) {
        // An operator may bring back a row with a lower token.
        latest.remove(commit.key());
      } else if (send.isGrant()) {
        granted(commit, send);
      } else if (commit.after().version() != null
          && commit.after().token() != commit.before().token()) {
        violated(commit.at(), "a token changed while the lock was held: " + commit);
      }
    }
  }

  private void granted(Commit commit, Send send) {
    long token = commit.after().token();
    long before = commit.before().token();
    if (before > 0) {
      if (token != before + 1) {
        violated(commit.at(), "the token after " + before + " is " + token);
      }
    } else if (!isSeed(token - 1, send)) {
      violated(commit.at(), "the token " + token + " is not made from the time");
    }
    Commit last = latest.put(commit.key(), commit);
    if (last != null && token <= last.after().token()) {
      // A request that was on its way while the item was deleted carries a seed as old as itself.
      boolean seedIsOlder = send.at().world() < last.at();
      // The last sequence may have begun by a Date that was ahead, this one by the sender's clock.
      boolean byDate = last.after().token() - token <= dateErrorMillis() * MICROS_PER_MILLI;
      if (before > 0 || (wallClocksAreRight() && !seedIsOlder && !byDate)) {
        violated(commit.at(), "the token " + token + " follows " + last.after().token());
      }
    }
  }

  /** Between the sender's clock and the server's, of which the sender knows about the second. */
  private boolean isSeed(long seed, Send send) {
    long server = VirtualTime.EPOCH + Duration.ofNanos(send.at().world()).toMillis();
    long senders = send.at().epochMillis();
    long tolerated = MAX_SEED_ERROR_MILLIS + dateErrorMillis();
    long millis = seed / MICROS_PER_MILLI;
    return seed % MICROS_PER_MILLI == 0
        && millis >= Math.min(server, senders) - tolerated
        && millis <= Math.max(server, senders) + tolerated;
  }

  /** How far a Date of the table may be off. */
  private long dateErrorMillis() {
    Duration error = scenario.tableClockError();
    return error == null ? 0 : error.toMillis();
  }

  private boolean wallClocksAreRight() {
    return scenario.clocksAreSound()
        && !scenario.has(Hazard.WALL_STEPS)
        && !scenario.has(Hazard.FREEZES)
        && scenario.rates().stream().allMatch(rate -> rate == 1.0);
  }
}
