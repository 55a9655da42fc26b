package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Workers that want one lock, and some of whom leave it closed for a while when they give it back.
 * No client gets it before that time is over, the one that has left it closed included.
 */
final class MinimumStory extends PossessionStory {
  private static final LockKey KEY = LockKey.of("closed");

  /** Clocks run up to 9.5 % fast: what a time is at least. */
  private static final double FASTEST = 1.1;

  private static final int LONGEST_IN_LEASES = 2;

  /** What a process has no time for any more, or what another process may do at once. */
  private static final Set<Reason> DOES_NOT_COUNT =
      EnumSet.of(
          Reason.LEASE_EXPIRED,
          Reason.TAKEN_OVER,
          Reason.ITEM_DELETED,
          Reason.ITEM_CHANGED,
          Reason.RELEASED_EXTERNALLY);

  /** A lock that a worker was given, by its token and its process. */
  private record Given(HeldLock lock, Duration atLeast) {}

  private final Map<Node, Map<Long, Given>> given = new HashMap<>();

  MinimumStory(SimulatedWorld world) {
    super(world);
  }

  @Override
  Tool tool(Node node) {
    return patience -> {
      LockRequest request = wanted(node, patience);
      CompletableFuture<HeldLock> acquired = node.client.acquireAsync(request);
      if (world.chance(8)) {
        later(node, node.terms.lease(), () -> acquired.cancel(false));
      }
      CompletableFuture<HeldLock> lock =
          acquired.thenApply(held -> held == null ? null : got(node, held, request));
      return new Wish(request.holdAtLeast().isPresent() ? "for long" : "for short", lock, acquired);
    };
  }

  private LockRequest wanted(Node node, Duration patience) {
    LockRequest.Builder request = request(KEY.partitionKey()).toBuilder().waitUpTo(patience);
    if (world.chance(2)) {
      Duration most = world.scenario.lease().multipliedBy(LONGEST_IN_LEASES);
      request.holdAtLeast(world.upTo(most).plusMillis(1));
    }
    if (world.chance(4) && !patience.isZero()) {
      request.requestRelease("wanted by " + node, Duration.ofMinutes(1));
    }
    if (world.chance(8)) {
      // Not over before its worker has seen the lock.
      Duration half = node.terms.lease().dividedBy(2);
      request.maxHold(half.plus(world.upTo(half)));
    }
    return request.build();
  }

  private HeldLock got(Node node, HeldLock lock, LockRequest request) {
    request
        .holdAtLeast()
        .ifPresent(
            atLeast ->
                given
                    .computeIfAbsent(node, first -> new HashMap<>())
                    .put(lock.fencingToken(), new Given(lock, atLeast)));
    return lock;
  }

  @Override
  @Nullable String problem(List<Claim> held) {
    return held.size() > 1 ? "more than one has the lock" : null;
  }

  /** Those that have it may leave it closed, one after another. */
  @Override
  int leasesUntilOneIsServed() {
    return 2 + 2 * LONGEST_IN_LEASES;
  }

  @Override
  void cut() {
    super.cut();
    checkClosed();
  }

  @Override
  void end() {
    checkClosed();
  }

  private void checkClosed() {
    Set<String> seen = new HashSet<>();
    Commit grant = null;
    boolean isClosed = false;
    for (Commit commit : world.history.commitsOf(KEY)) {
      Send send = commit.send();
      if (send == null) {
        grant = null;
      } else if (send.write() instanceof LockWrite.KeepClosed) {
        count("left closed");
        isClosed = true;
      } else if (send.isGrant() && seen.add(send.lineage())) {
        Given before = grant == null ? null : givenBy(grant);
        if (before != null) {
          notTooEarly(grant, before, commit, isClosed);
        }
        grant = commit;
        isClosed = false;
      }
    }
  }

  private @Nullable Given givenBy(Commit grant) {
    return given.getOrDefault(grant.send().node(), Map.of()).get(grant.after().token());
  }

  private void notTooEarly(Commit grant, Given before, Commit next, boolean wasClosed) {
    long passed = next.at() - grant.at();
    boolean isEarly = passed < before.atLeast().toNanos() / FASTEST;
    boolean isExcused =
        !wasClosed
            && (before
                    .lock()
                    .revocation()
                    .filter(end -> DOES_NOT_COUNT.contains(end.reason()))
                    .isPresent()
                || wasSilent(grant, next));
    count(wasClosed ? "got after it was closed" : "got otherwise");
    if (isEarly && !isExcused) {
      violatedByTheRecipe(
          "closed for "
              + before.atLeast()
              + " from "
              + grant
              + ", but given after "
              + Duration.ofNanos(passed)
              + ": "
              + next);
    }
  }

  /**
   * Whether no sign of the holder had been seen for as long as it can use its lease: the lease has
   * run out before a write could close the lock, or the holder is dead. The grant of a lock with a
   * shared lease is no sign: what counts is the session.
   */
  private boolean wasSilent(Commit grant, Commit next) {
    LockKey session = grant.send().session();
    long lastSign = session == null ? grant.at() : 0;
    for (Commit commit : world.history.commitsOf(session == null ? KEY : session)) {
      Send send = commit.send();
      boolean isSign =
          send != null
              && send.isRenewal()
              && (session != null || send.lineage().equals(grant.send().lineage()));
      if (isSign && commit.at() < next.at()) {
        lastSign = Math.max(lastSign, commit.at());
      }
    }
    Duration usable = grant.send().node().terms.usable();
    return next.at() - lastSign >= usable.toNanos() / FASTEST;
  }
}
