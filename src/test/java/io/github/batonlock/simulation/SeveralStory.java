package io.github.batonlock.simulation;

import io.github.batonlock.LockRequest;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.recipe.MultiLock.HeldLocks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Workers who want several of a few locks at once; some by transactions, some in order. */
final class SeveralStory extends PossessionStory {
  private static final int KEYS = 4;

  SeveralStory(SimulatedWorld world) {
    super(world);
  }

  @Override
  Tool tool(Node node) {
    Map<String, MultiLock> known = new HashMap<>();
    return patience -> {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        if (world.chance(2)) {
          keys.add("m" + i);
        }
      }
      if (keys.isEmpty()) {
        keys.add("m0");
      }
      // Threads of a process share what has found out about the table's transactions.
      MultiLock lock =
          world.scenario.has(Scenario.Hazard.NO_TRANSACTIONS)
              ? known.computeIfAbsent(String.join("+", keys), unused -> of(node, keys))
              : of(node, keys);
      MultiLock chosen = world.chance(3) ? lock.inOrder() : lock;
      String what = String.join("+", keys);
      CompletableFuture<HeldLocks> locks = chosen.acquireAsync(patience);
      return new Wish(what, locks.thenApply(held -> isComplete(held, keys)), locks);
    };
  }

  /** All or none: what is given is what was asked for, and in the order of the keys. */
  private @Nullable HeldLocks isComplete(@Nullable HeldLocks held, List<String> keys) {
    if (held != null) {
      List<String> given = held.locks().stream().map(lock -> lock.key().partitionKey()).toList();
      if (!given.equals(keys)) {
        violated(keys + " were asked for, and " + given + " given");
      }
    }
    return held;
  }

  private MultiLock of(Node node, List<String> keys) {
    return MultiLock.of(node.client, keys.stream().map(this::request).toArray(LockRequest[]::new));
  }

  @Override
  String problem(List<Claim> held) {
    for (int i = 0; i < KEYS; i++) {
      String key = "m" + i;
      long holders = held.stream().filter(claim -> claim.what().contains(key)).count();
      if (holders > 1) {
        return holders + " hold " + key;
      }
    }
    return null;
  }
}
