package io.github.batonlock.simulation;

import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.recipe.FairLock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Workers who stand in a queue for one lock. */
final class FairStory extends PossessionStory {
  /** Since when those had waited who were given a turn, by its fencing token. */
  private final Map<Long, Long> turns = new HashMap<>();

  FairStory(SimulatedWorld world) {
    super(world);
  }

  @Override
  Tool tool(Node node) {
    FairLock lock = FairLock.of(node.client, request("f"));
    return patience -> {
      long since = world.now();
      CompletableFuture<Hold> turn = lock.acquireAsync(patience);
      return new Wish("turn", turn.thenApply(given -> begun(given, since)), turn);
    };
  }

  private @Nullable Hold begun(@Nullable Hold turn, long since) {
    if (turn != null) {
      turns.put(turn.fencingToken(), since);
    }
    return turn;
  }

  @Override
  String lineOf(String what) {
    return what;
  }

  /** Its ticket ends with its lease. */
  @Override
  boolean keepsItsPlace(Node node, long since) {
    return Health.isGood(node, since, world.now());
  }

  /** One after another, those who died are outwaited. */
  @Override
  int leasesUntilOneIsServed() {
    long dead = world.history.nodes.stream().filter(Node::isCrashed).count();
    return 2 + (int) dead * WORKERS_PER_NODE;
  }

  /** The lock, then the ticket. */
  @Override
  int releases() {
    return 2;
  }

  @Override
  void end() {
    new FairOrder(world, LockKey.of("f"), turns, this::violatedByTheRecipe).check();
  }

  @Override
  String problem(List<Claim> held) {
    return held.size() > 1 ? "more than one has the turn" : null;
  }
}
