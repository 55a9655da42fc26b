package io.github.batonlock.simulation;

import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Workers who want something, have it for a while, and give it back; what they may have at a time
 * is for the kinds of stories to say. After calm nobody has waited for long.
 */
abstract class PossessionStory extends RecipeStory {
  static final int WORKERS_PER_NODE = 2;

  /** How many of them, working for so long at most, have all had their turn in that time. */
  private static final int SHARES_OF_A_LEASE = 16;

  private final List<Claim> claims = new ArrayList<>();
  private final List<Waiting> waits = new ArrayList<>();

  /** When a worker of a process had something, or waited for it, for the last time. */
  private final Map<Node, Long> usedUntil = new HashMap<>();

  private final Anger anger;
  private long lastBegan;

  PossessionStory(SimulatedWorld world) {
    super(world);
    anger = new Anger(world);
  }

  /** A possession of a worker. */
  record Claim(Node node, String what, Hold held) {
    boolean isHeldNow() {
      return !node.isCrashed() && !node.machine.isPaused() && held.isHeld();
    }

    @Override
    public String toString() {
      return what + " of " + node;
    }
  }

  /**
   * A worker's wait for a wish.
   *
   * @param node the process of the worker
   * @param what the name of the wish
   * @param since when the wait began
   * @param until before this time the wait goes on, even if the process's clock is a tenth fast
   */
  private record Waiting(Node node, String what, long since, long until) {}

  /** What workers of a process use. */
  interface Tool {
    /** Some wish: what it is called, and how it is asked for; waits for so long at most. */
    Wish wish(Duration patience);
  }

  /**
   * Something that a worker wants.
   *
   * @param what its name
   * @param future what the worker goes on with
   * @param given the future that the library gave for it
   */
  record Wish(String what, CompletableFuture<? extends Hold> future, CompletableFuture<?> given) {
    Wish(String what, CompletableFuture<? extends Hold> future) {
      this(what, future, future);
    }
  }

  /** For the workers of a new process. */
  abstract Tool tool(Node node);

  /** What is wrong with these being held at a time; null if nothing is. */
  abstract String problem(List<Claim> held);

  final LockRequest request(String key) {
    List<Leases> leases = world.scenario.leases();
    return LockRequest.builder()
        .key(LockKey.of(key))
        .leases(leases.get(world.random.nextInt(leases.size())))
        .build();
  }

  /** How long a worker waits at most. */
  final Duration patience(Node node) {
    return world.chance(4)
        ? world.upTo(node.terms.lease())
        : world.scenario.lease().multipliedBy(20);
  }

  @Override
  final void begin(Node node) {
    Tool tool = tool(node);
    for (int i = 0; i < WORKERS_PER_NODE; i++) {
      later(node, node.terms.lease().dividedBy(8), () -> want(node, tool));
    }
  }

  private void want(Node node, Tool tool) {
    if (!mayBegin(node)) {
      return;
    }
    Duration patience = patience(node);
    Wish wish = tool.wish(patience);
    long until = world.now() + patience.toNanos() / 10 * 9;
    Waiting waiting = new Waiting(node, wish.what(), world.now(), until);
    waits.add(waiting);
    calls(UserCall.soonAfter(patience, node, "wait for " + wish.what())).until(wish.given());
    world.trace(() -> node + " wants " + wish.what());
    if (Abandonment.strikes(world)) {
      later(node, node.terms.lease(), () -> Abandonment.end(world, wish.given()));
    }
    wish.future()
        .whenComplete(
            (held, failure) -> {
              waits.remove(waiting);
              usedUntil.put(node, world.now());
              if (held == null && failure == null) {
                rest(node, tool);
              } else if (held != null) {
                inOrder(waiting);
                got(new Claim(node, wish.what(), held), tool);
              } else if (isDocumented(failure, node)) {
                rest(node, tool);
              } else {
                violated(node + " could not have " + wish.what() + ": " + failure);
              }
            });
  }

  /** What a worker does who is told that he has lost what he had. */
  private void revoked(Node node) {
    count("lost");
    anger.mayCloseClient(this, node);
    anger.mayThrow();
  }

  private void got(Claim claim, Tool tool) {
    count("got: " + claim.what);
    claims.add(claim);
    lastBegan = world.now();
    world.trace(() -> claim + " begins");
    Hold unused = claim.held.onRevoked(revocation -> revoked(claim.node));
    if (!claim.held.isHeld() && !isExcused(claim.node)) {
      violated(claim + " was returned, and is not held");
    }
    look();
    long share = isCalm() ? SHARES_OF_A_LEASE : world.chance(4) ? 1 : 4;
    later(claim.node, claim.node.terms.lease().dividedBy(share), () -> give(claim, tool));
  }

  /** Whether a pause or a clock may have taken something on its way to the worker. */
  private boolean isExcused(Node node) {
    return GivenCheck.mayBeLostOnTheWay(world.scenario, node, world.now());
  }

  /** How many releases, one after another, give back what a worker has. */
  int releases() {
    return 1;
  }

  /** Who waits for the same as others of his process; null if it has no order. */
  @Nullable String lineOf(String what) {
    return null;
  }

  /** Whether what has happened since cannot have cost a worker its place. */
  boolean keepsItsPlace(Node node, long since) {
    return true;
  }

  /**
   * How many dead locks at once one who waits has to observe, although it waits for none of them: a
   * client that has no room for them forgets each before it has been silent for a lease.
   */
  int mostObservedWithoutWaiting() {
    return 1;
  }

  /** After how many, all being well, one of those who wait has got what it wants. */
  int leasesUntilOneIsServed() {
    return 2;
  }

  /** Workers of one process get what has an order in the order in which they came. */
  private void inOrder(Waiting served) {
    String line = lineOf(served.what);
    for (Waiting other : waits) {
      boolean cameBefore =
          line != null
              && other.node == served.node
              && line.equals(lineOf(other.what))
              && other.since < served.since;
      boolean isItsTurn = cameBefore && world.now() < other.until;
      if (isItsTurn && keepsItsPlace(other.node, other.since)) {
        violatedByTheRecipe(served + " was served before " + other);
      }
    }
  }

  private void give(Claim claim, Tool tool) {
    CompletableFuture<Void> closed = claim.held.closeAsync();
    calls(claim.node.release(claim.toString(), releases())).until(closed);
    closed.whenComplete(
        (nothing, failure) -> {
          claims.remove(claim);
          usedUntil.put(claim.node, world.now());
          world.trace(() -> claim + " is over");
          if (claim.held.isHeld()) {
            violated(claim + " was given back and is held still");
          }
          rest(claim.node, tool);
        });
  }

  private void rest(Node node, Tool tool) {
    later(node, node.terms.lease().dividedBy(8), () -> want(node, tool));
  }

  @Override
  final void look() {
    List<Claim> held = claims.stream().filter(Claim::isHeldNow).toList();
    String problem = problem(held);
    if (problem != null) {
      violatedByTheRecipe(problem + ": " + held);
    }
  }

  @Override
  final void settled() {
    int leases = leasesUntilOneIsServed();
    long longest = world.scenario.lease().multipliedBy(leases).toNanos();
    boolean somebodyWaits =
        waits.stream().anyMatch(wait -> wait.node.isOpen() && world.now() - wait.since > longest);
    boolean mayForget =
        world.scenario.bounds().of(Bound.OBSERVED_LOCKS) < mostObservedWithoutWaiting();
    if (somebodyWaits && !mayHaveGhosts() && !mayForget && world.now() - lastBegan > longest) {
      violated("nobody has got anything for " + leases + " leases, all being well: " + waits);
    }
  }

  /**
   * What no worker has is not kept: neither what was given back, nor what came for a worker who had
   * gone. A session may be kept for a lease after its last use.
   */
  @Override
  void given() {
    for (Node node : world.history.nodes) {
      long unusedFor = world.now() - usedUntil.getOrDefault(node, 0L);
      boolean isUsed =
          Stream.concat(claims.stream().map(Claim::node), waits.stream().map(Waiting::node))
              .anyMatch(node::equals);
      long patience = world.scenario.lease().multipliedBy(2).toNanos();
      if (node.isOpen() && !isUsed && unusedFor > patience) {
        long since = world.now() - (unusedFor - patience);
        keptFor(node, since);
      }
    }
  }

  private void keptFor(Node node, long since) {
    for (Send send : world.history.sends()) {
      boolean isRenewal = send.write() instanceof LockWrite.Heartbeat && send.node() == node;
      if (isRenewal && send.at().world() > since && Health.isGood(node, since, send.at().world())) {
        violated(node + " keeps " + send.write().key() + ", which nobody has");
        return;
      }
    }
  }

  /** What arrives late and names a session lasts as long as that (docs/reliability.md). */
  private boolean mayHaveGhosts() {
    return world.scenario.has(Scenario.Hazard.SHARED_LEASES)
        && !world.scenario.conditions().isEmpty();
  }

  @Override
  void end() {}
}
