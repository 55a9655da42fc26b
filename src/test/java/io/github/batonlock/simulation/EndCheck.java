package io.github.batonlock.simulation;

import io.github.batonlock.internal.protocol.LeaseTerms;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Every call ends: waits within their limit, clients when they are closed, holds somehow. */
final class EndCheck extends Check {
  private final boolean isComplete;

  EndCheck(Scenario scenario, History history, boolean isComplete) {
    super(scenario, history);
    this.isComplete = isComplete;
  }

  @Override
  void run() {
    if (isComplete) {
      allEnded();
    }
    history.holds.forEach(this::updates);
    history.waits.forEach(this::inTime);
  }

  private void allEnded() {
    for (Node node : history.nodes) {
      if (!node.isCrashed() && !node.isClosed()) {
        violated(Long.MAX_VALUE, "closing " + node + " never returned");
      }
    }
    for (Hold hold : history.holds) {
      if (hold.endedAt() == Long.MAX_VALUE) {
        violated(Long.MAX_VALUE, hold + " never ended, and nobody was told");
      }
    }
    for (Wait wait : history.waits) {
      if (wait.ended == null) {
        violated(wait.began.world(), wait + " never ended");
      }
    }
  }

  private void updates(Hold hold) {
    if (hold.updates.isEmpty()) {
      return;
    }
    Map<String, Long> stored = new HashMap<>();
    for (Commit commit : history.commitsOf(hold.key)) {
      if (commit.after().data() != null) {
        stored.putIfAbsent(commit.after().data(), commit.at());
      }
    }
    for (Hold.Update update : hold.updates) {
      boolean isStored =
          IntStream.rangeClosed(update.number(), hold.updatesAsked)
              .mapToObj(number -> stored.get(Hold.Update.text(hold, number)))
              .anyMatch(at -> at != null && at <= update.at());
      if (!isStored) {
        violated(
            update.at(), hold + ": update " + update.number() + " was confirmed and is not stored");
      }
    }
  }

  private void inTime(Wait wait) {
    if (wait.ended != null && wait.limit != null) {
      long over = wait.ended.monotonic() - wait.began.monotonic() - wait.limit.toNanos();
      long at = wait.ended.world();
      if (over > longest(wait) && !wait.node.wasHindered(at - 2 * over, at)) {
        violated(at, wait + " took " + Duration.ofNanos(over).toMillis() + " ms beyond its limit");
      }
    }
  }

  /** A write that is under way when the time is up; one try may need more of them, and looks. */
  private static long longest(Wait wait) {
    Duration two = Duration.ofSeconds(2);
    LeaseTerms terms = wait.node.terms;
    Duration longest = terms.heartbeat().compareTo(two) > 0 ? terms.heartbeat() : two;
    int requests = Duration.ZERO.equals(wait.limit) ? 6 : 1;
    return longest.plusMillis(500).multipliedBy(requests).toNanos();
  }
}
