package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Fault.Kind;
import io.github.batonlock.chaos.Fault.Lane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Which faults happen: the same for the same seed, length and abilities of the workers.
 *
 * <p>Of each lane of a worker there is one fault at a time, in this order; lanes overlap as they
 * like. Times are between faults, so that a worker which needs long to start again on a busy
 * machine is not killed before it has begun to work. The first fault of the first process is its
 * end, so that there is one in the shortest run.
 */
final class FaultScript {
  private FaultScript() {}

  /** Makes one; for each worker the lanes that it has, and the kinds that this machine can do. */
  static List<Fault> make(
      long seed, long lengthMillis, List<Set<Lane>> workers, Set<Kind> possible) {
    List<Fault> faults = new ArrayList<>();
    for (int worker = 0; worker < workers.size(); worker++) {
      for (Lane lane : workers.get(worker)) {
        addLane(faults, seed, lengthMillis, worker, lane, possible);
      }
    }
    addLane(faults, seed, lengthMillis, -1, Lane.TABLE, possible);
    return faults;
  }

  private static void addLane(
      List<Fault> faults, long seed, long length, int worker, Lane lane, Set<Kind> possible) {
    List<Kind> kinds =
        Arrays.stream(Kind.values()).filter(k -> k.lane() == lane && possible.contains(k)).toList();
    if (kinds.isEmpty()) {
      return;
    }
    var random =
        new SplittableRandom(seed + 1_000_003L * (worker + 1) + 7_919L * lane.name().hashCode());
    List<Kind> bag = new ArrayList<>();
    for (long at = 0; true; ) {
      if (bag.isEmpty()) {
        // Each kind once before any comes twice.
        bag.addAll(kinds);
      }
      Kind kind = bag.remove(random.nextInt(bag.size()));
      if (worker == 0 && at == 0 && bag.remove(Kind.KILL)) {
        bag.add(kind);
        kind = Kind.KILL;
      }
      long millis = lane == Lane.CLOCK ? 0 : Math.min(length / 2, length(lane, random));
      long calm = random.nextLong(300, Math.min(length / 4, longestCalm(lane)));
      at += calm + millis;
      if (at > length) {
        return;
      }
      faults.add(new Fault(calm, millis, worker, kind, amount(kind, random)));
    }
  }

  /** The longest time without a fault in a lane. */
  private static long longestCalm(Lane lane) {
    return switch (lane) {
      case NETWORK, LINK, CLOCK -> 4_000;
      case PROCESS -> 12_000;
      case TABLE -> 25_000;
    };
  }

  /**
   * Some are shorter than what a lease survives, some a little longer, some longer than a lease.
   */
  private static long length(Lane lane, SplittableRandom random) {
    long lease = Settings.LEASE.toMillis();
    int dice = random.nextInt(10);
    if (lane == Lane.TABLE || dice < 4) {
      return random.nextLong(100, lease / 2);
    }
    return dice < 7 ? random.nextLong(lease / 2, lease) : random.nextLong(lease, 3 * lease);
  }

  private static int amount(Kind kind, SplittableRandom random) {
    return switch (kind) {
      case SLOW -> random.nextInt(50, 900);
      case THROTTLE -> random.nextInt(500, 20_000);
      case WALL_FORWARD, WALL_BACK -> random.nextInt(300, 60_000);
      case DROP_SOME -> random.nextInt(5, 40);
      default -> 0;
    };
  }
}
