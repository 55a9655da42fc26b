package io.github.batonlock.simulation;

import io.github.batonlock.Revocation.Reason;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hold with limits of its own ends by them: nobody believes in it after one is reached, its user
 * is told in time and never before, and until he has stopped its client gives the lock to nobody
 * for the rest of the lease.
 */
final class LimitCheck extends Check {
  static final Set<Reason> REASONS =
      EnumSet.of(Reason.WORKER_DIED, Reason.HELD_TOO_LONG, Reason.STALLED);

  private static final long MOMENT = Duration.ofMillis(50).toNanos();
  private static final long NEVER = Long.MAX_VALUE;

  LimitCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Hold hold : history.holds) {
      for (Reason reason : REASONS) {
        believed(hold, reason);
        late(hold, reason);
      }
      if (isLostByLimit(hold)) {
        early(hold, hold.told.get(0));
        keptUntilStopped(hold, hold.told.get(0));
      }
    }
  }

  static boolean isLostByLimit(Hold hold) {
    return !hold.told.isEmpty() && REASONS.contains(hold.told.get(0).revocation().reason());
  }

  /** When a hold that has begun then is over by a limit, as known then; on the node's own clock. */
  private long reached(Hold hold, Reason reason, Reading begun, Reading asOf) {
    return switch (reason) {
      case HELD_TOO_LONG -> after(begun, hold.request.maxHold().orElse(null));
      case STALLED -> after(pulse(hold, begun, asOf), hold.request.stallLimit().orElse(null));
      case WORKER_DIED -> {
        Reading death = hold.request.whileAlive().map(history.deaths::get).orElse(null);
        boolean isDead = death != null && death.world() <= asOf.world();
        yield isDead ? Math.max(death.monotonic(), begun.monotonic()) : NEVER;
      }
      default -> throw new IllegalArgumentException(reason.toString());
    };
  }

  private static long after(Reading from, @Nullable Duration limit) {
    return limit == null ? NEVER : from.monotonic() + limit.toNanos();
  }

  private static Reading pulse(Hold hold, Reading begun, Reading asOf) {
    Reading last = begun;
    for (Reading pulse : hold.pulses) {
      last = pulse.world() <= asOf.world() ? pulse : last;
    }
    return last;
  }

  private void believed(Hold hold, Reason reason) {
    for (Hold.Belief belief : hold.beliefs) {
      Reading at = belief.at();
      if (at.monotonic() > reached(hold, reason, hold.grantedAt, at)) {
        violated(at.world(), hold + " was believed when it was over: " + reason);
        return;
      }
    }
  }

  /** Nothing but the end of a worker is looked for once in a while only. */
  private void late(Hold hold, Reason reason) {
    Reading over = over(hold);
    if (over == null) {
      return;
    }
    long patience = reason == Reason.WORKER_DIED ? hold.node.terms.heartbeat().toNanos() : 0;
    long reached = reached(hold, reason, hold.grantedAt, over);
    long late = reached == NEVER ? 0 : over.monotonic() - reached - patience;
    if (late > MOMENT && !hold.node.wasHindered(over.world() - late, over.world())) {
      violated(
          over.world(),
          hold
              + " went on for "
              + Duration.ofNanos(late).toMillis()
              + " ms when it was over: "
              + reason);
    }
  }

  private static @Nullable Reading over(Hold hold) {
    if (!hold.told.isEmpty()) {
      return hold.told.get(0).at();
    }
    boolean wasClosing = hold.closeAskedAt != NEVER;
    return hold.closedAt != null || wasClosing ? hold.closedAt : hold.crashedAt;
  }

  private void early(Hold hold, Hold.Told told) {
    Reason reason = told.revocation().reason();
    if (told.at().monotonic() < reached(hold, reason, soonestBegun(hold), told.at())) {
      violated(told.at().world(), hold + " was lost too early: " + reason);
    }
  }

  /** A process that stands still, or has no thread, learns late that its hold has begun. */
  private Reading soonestBegun(Hold hold) {
    Send grant = history.send(hold.lineage);
    return grant != null && hold.node.wasHindered(grant.at().world(), hold.grantedAt.world())
        ? grant.at()
        : hold.grantedAt;
  }

  /** By the clock of its process, or in fact: a suspended one learns that from its wall clock. */
  private static boolean isOver(Hold hold, Reading answered, Reading at) {
    long lease = hold.node.terms.lease().toNanos();
    return at.monotonic() - answered.monotonic() >= lease || at.world() - answered.world() >= lease;
  }

  private void keptUntilStopped(Hold hold, Hold.Told told) {
    Reading begun = soonestBegun(hold);
    if (hold.node.wasHindered(begun.world(), told.at().world())) {
      // The lock was lost before its user was told, and its lease counts from a renewal before
      // that.
      return;
    }
    for (Commit commit : history.commitsOf(hold.key)) {
      Send send = commit.send();
      boolean isOwn = send != null && send.node() == hold.node;
      if (!isOwn || commit.at() < told.at().world()) {
        continue;
      }
      boolean gives =
          commit.before().isHeld()
              && history.lineage(commit.before().version()).equals(hold.lineage)
              && !history.lineage(commit.after().version()).equals(hold.lineage);
      Reading at = send.at();
      boolean mayGive =
          hold.closeAskedAt <= at.world()
              || hold.node.isClosing()
              || isOver(hold, told.answeredAt(), at);
      // If an operator puts an earlier state of the item back, the client may free it as a
      // leftover.
      if (gives && !mayGive && commit.at() < interferedAt(hold)) {
        violated(commit.at(), hold + " was given away before its user had stopped");
      }
    }
  }
}
