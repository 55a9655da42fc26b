package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Workers who want one lock, and some of whom ask its holder to finish. Most of those who are asked
 * do; what they give back goes to who has asked, or is free a lease later.
 */
final class AskingStory extends PossessionStory {
  private static final LockKey KEY = LockKey.of("asked-for");

  /** Clocks run up to 9.5 % fast: what a lease is at least. */
  private static final double FASTEST = 1.1;

  private final Anger anger;

  /** Between two looks of a waiter, at most. */
  private static final Duration POLL = Duration.ofSeconds(2);

  AskingStory(SimulatedWorld world) {
    super(world);
    anger = new Anger(world);
  }

  @Override
  Tool tool(Node node) {
    return patience -> {
      boolean asks = world.chance(2);
      CompletableFuture<HeldLock> acquired = acquire(node, asks, patience);
      CompletableFuture<HeldLock> lock =
          acquired.thenApply(held -> held == null ? null : oblige(node, held));
      return new Wish(asks ? "asked for" : "waited for", lock, acquired);
    };
  }

  @Override
  String lineOf(String what) {
    return KEY.partitionKey();
  }

  private CompletableFuture<HeldLock> acquire(Node node, boolean asks, Duration patience) {
    LockRequest.Builder request = request(KEY.partitionKey()).toBuilder().waitUpTo(patience);
    if (asks && !patience.isZero()) {
      request.requestRelease("wanted by " + node, Duration.ofMinutes(1));
    }
    CompletableFuture<HeldLock> acquired = node.client.acquireAsync(request.build());
    // Who gives up takes his request back.
    if (world.chance(4)) {
      later(node, node.terms.lease(), () -> acquired.cancel(false));
    }
    return acquired;
  }

  private HeldLock oblige(Node node, HeldLock lock) {
    return lock.onReleaseRequested(
        asked -> {
          count("told");
          if (!world.chance(4)) {
            later(node, node.terms.lease().dividedBy(8), () -> discard(lock));
          }
          anger.mayThrow();
        });
  }

  private static void discard(HeldLock lock) {
    CompletableFuture<Void> unused = lock.closeAsync();
  }

  @Override
  @Nullable String problem(List<Claim> held) {
    return held.size() > 1 ? "more than one has the lock" : null;
  }

  @Override
  void cut() {
    super.cut();
    checkKept();
  }

  @Override
  void end() {
    checkKept();
  }

  /**
   * What is kept for an asker goes to no other before a lease is over, and all being well the asker
   * soon has it, or it is free if the asker has gone.
   */
  private void checkKept() {
    Commit kept = null;
    for (Commit commit : world.history.commits) {
      if (commit.key().equals(KEY)) {
        if (kept != null && isTakenByAnother(commit, kept)) {
          violatedByTheRecipe("kept: " + kept + ", but taken: " + commit);
        }
        wasSoonTaken(kept, commit.at());
        boolean isKept = isKeptFor(commit) != null;
        count("kept", isKept);
        count("taken by whom it was kept for", kept != null && isTakenBy(commit, isKeptFor(kept)));
        kept = isKept ? commit : null;
      }
    }
    wasSoonTaken(kept, world.now());
  }

  private void wasSoonTaken(@Nullable Commit kept, long at) {
    if (kept == null || mayBeAskedLate()) {
      return;
    }
    for (Node node : world.history.nodes) {
      // Since before he asked, or he may have gone and could not say so.
      long from = kept.at() - world.scenario.lease().multipliedBy(2).toNanos();
      boolean isAsker = node.isOpen() && node.toString().equals(isKeptFor(kept));
      if (isAsker && at - kept.at() > soon(node) && Health.isGood(node, from, at)) {
        violatedByTheRecipe("kept: " + kept + ", and nobody came for it until " + at);
      }
    }
  }

  private long soon(Node node) {
    Duration staleness =
        world.scenario.has(Scenario.Hazard.STALE_READS) ? Faults.MAX_STALENESS : Duration.ZERO;
    Duration most = POLL.plus(staleness).plusSeconds(1);
    return (long) (most.toNanos() * FASTEST) + Check.recovery(world.scenario, node);
  }

  /** A request that arrives when its sender has taken it back stands until somebody obliges. */
  private boolean mayBeAskedLate() {
    return world.scenario.conditions().contains(Condition.DUPLICATING)
        || world.scenario.conditions().contains(Condition.LATE);
  }

  private void count(String what, boolean happened) {
    if (happened) {
      count(what);
    }
  }

  private static @Nullable String isKeptFor(Commit commit) {
    return commit.send() != null
            && commit.send().write() instanceof LockWrite.Handoff handoff
            && handoff.askedBy() != null
        ? handoff.grant().ownerName()
        : null;
  }

  private boolean isTakenByAnother(Commit commit, Commit kept) {
    long lease = Duration.ofMillis(kept.after().leaseMillis()).toNanos();
    return commit.send() != null
        && commit.send().isGrant()
        && !isTakenBy(commit, isKeptFor(kept))
        && commit.at() - kept.at() < lease / FASTEST;
  }

  private static boolean isTakenBy(Commit commit, @Nullable String owner) {
    LockWrite.Grant grant = commit.send() == null ? null : commit.send().write().grant();
    return grant != null && grant.ownerName().equals(owner);
  }
}
