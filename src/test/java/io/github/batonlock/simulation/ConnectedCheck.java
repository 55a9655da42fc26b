package io.github.batonlock.simulation;

import io.github.batonlock.Revocation.Reason;
import java.time.Duration;

/**
 * A lease, own or shared, runs out only for want of a connection: not where, after its renewal was
 * due, the process ran and was connected for long enough to get one through (protocol section 8,
 * property 5).
 */
final class ConnectedCheck extends Check {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  ConnectedCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Hold hold : history.holds) {
      for (Hold.Told told : hold.told) {
        if (told.revocation().reason() == Reason.LEASE_EXPIRED) {
          expired(hold, told);
        }
      }
    }
  }

  /** When renewals of its lease began. */
  private long begun(Hold hold) {
    Commit opened = hold.session == null ? null : history.opened(hold.session);
    return opened == null ? hold.grantedAt.world() : opened.at();
  }

  /**
   * How much longer an attempt may take after a try without any answer: four times as long
   * (protocol section 5, "Slow tables"). The network may lose that one, too, and be well again
   * before its end.
   */
  private long stretched(Hold hold, Hold.Told told) {
    boolean mayTimeOut =
        scenario.conditions().contains(Condition.UNANSWERED)
            || scenario.conditions().contains(Condition.WRITES_UNANSWERED);
    boolean wasApplied = told.renewedAt().world() > told.answeredAt().world();
    long attempt = Math.min(SECOND, hold.node.terms.heartbeat().toNanos() / 2);
    return mayTimeOut && wasApplied ? 3 * attempt : 0;
  }

  private void expired(Hold hold, Hold.Told told) {
    Node node = hold.node;
    double rate = rate(scenario, node);
    long sinceDue = (long) ((usable(node) - node.terms.heartbeat().toNanos()) / rate);
    long at = told.at().world();
    long good = Health.longestGood(node, Math.max(at - sinceDue, begun(hold)), at);
    if (good * rate > recovery(scenario, node) + stretched(hold, told)) {
      violated(
          at,
          hold
              + " ran out although its process was connected for "
              + Duration.ofNanos(good).toMillis()
              + " ms when the renewal was due");
    }
  }
}
