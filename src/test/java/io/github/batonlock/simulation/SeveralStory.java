package io.github.batonlock.simulation;

import io.github.batonlock.recipe.MultiLock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Workers who want several of a few locks at once; some by transactions, some in order. */
final class SeveralStory extends PossessionStory {
  private static final int KEYS = 4;

  SeveralStory(SimulatedWorld world) {
    super(world);
  }

  @Override
  Tool tool(Node node) {
    Map<String, MultiLock> known = new HashMap<>();
    return () -> {
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
      return new Wish(String.join("+", keys), chosen.acquireAsync(patience(node)));
    };
  }

  private MultiLock of(Node node, List<String> keys) {
    return MultiLock.ofRequests(node.client, keys.stream().map(this::request).toList());
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
