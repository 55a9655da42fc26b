package io.github.batonlock.simulation;

import java.util.List;

/** Questions about when a process was running and connected. */
final class Health {
  private Health() {}

  /** Whether the process was running and connected all that time. */
  static boolean isGood(Node node, long from, long to) {
    return longestGood(node, from, to) >= to - from;
  }

  /** The longest time without a break, within some time, that it was running and connected. */
  static long longestGood(Node node, long from, long to) {
    List<Node.Health> changes = node.health;
    long longest = 0;
    for (int i = 0; i < changes.size(); i++) {
      long until = i + 1 < changes.size() ? changes.get(i + 1).since() : Long.MAX_VALUE;
      if (changes.get(i).good()) {
        long good = Math.min(until, to) - Math.max(changes.get(i).since(), from);
        longest = Math.max(longest, good);
      }
    }
    return longest;
  }
}
