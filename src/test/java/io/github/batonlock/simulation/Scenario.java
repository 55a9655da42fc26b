package io.github.batonlock.simulation;

import io.github.batonlock.Leases;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.protocol.LeaseTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What kind of world a seed makes: a few hazards out of many, so that each meets each other alone.
 *
 * @param terms each node's lease and heartbeat
 * @param rates how fast each node's clocks run
 * @param keys how many locks there are
 * @param conditions what happens to links, besides being healthy
 * @param hazards what else happens
 * @param leases by what users want their locks to be kept
 * @param tableClockError how far the dates of answers are off, and the clients' setting; null for
 *     clients that take no lock over at first sight
 * @param retention the clients' setting; null for none
 * @param bounds the clients' setting
 */
record Scenario(
    List<LeaseTerms> terms,
    List<Double> rates,
    int keys,
    List<Condition> conditions,
    Set<Hazard> hazards,
    List<Leases> leases,
    @Nullable Duration tableClockError,
    @Nullable Duration retention,
    Bounds bounds) {

  /** Within what U/L = 0.8 tolerates, and what the clients' watch over the clocks tolerates. */
  private static final double MAX_DRIFT = 0.095;

  /** Worlds without these are what they were before there were such hazards. */
  private static final List<Hazard> DRAWN_LAST =
      List.of(
          Hazard.LIMITS,
          Hazard.THREADS,
          Hazard.EXECUTORS,
          Hazard.ANGRY_CALLBACKS,
          Hazard.ABANDONED,
          Hazard.SILENT_CONDITIONS,
          Hazard.NO_TRANSACTIONS,
          Hazard.SMALL_BOUNDS,
          Hazard.FREEZES,
          Hazard.FULL_ITEMS);

  static final int FULL_ITEM_BYTES = 1_000;

  /** What may happen in a world, besides what happens to its links. */
  enum Hazard {
    /** Processes stand still for up to two leases; their clocks go on. */
    PAUSES,
    /** Machines are suspended: the wall clock goes on, the monotonic one does not. */
    SUSPENDS,
    /** Processes are killed, and started again. */
    CRASHES,
    /** Clients are closed, and others started. */
    CLOSES,
    /** Blocked threads of users are interrupted. */
    INTERRUPTS,
    /** Wall clocks are stepped, both ways. */
    WALL_STEPS,
    /** Eventually consistent reads show what was there seconds ago. */
    STALE_READS,
    /** Operators delete, free and bring back lock items. */
    OPERATORS,
    /** DynamoDB deletes released items whose time to live is over. */
    TTL,
    /** Locks are released by deleting their items. */
    DELETE_ON_RELEASE,
    /** Nodes use one and the same owner name. */
    SHARED_OWNER_NAME,
    /** Each node has a lease of its own. */
    MIXED_LEASES,
    /** Users look at their locks rarely. */
    RARE_CHECKS,
    /** A client of another make takes part; then no lease is shared. */
    FOREIGN_CLIENT,
    /** Some locks are kept by sessions of their clients, instead of by a lease of their own. */
    SHARED_LEASES,
    /** Many users of each process want the locks, for moments. */
    CROWDS,
    /** Clocks stop or run wild without anybody noticing: only tokens protect. */
    BROKEN_CLOCKS,
    /**
     * Hypervisors stop machines for so long that DynamoDB's dates tell; no clock of a machine does.
     */
    FREEZES,
    /** Some holds hang on a thread, a time, or pulses, besides their lease. */
    LIMITS,
    /** Blocking calls of users block threads; elsewhere they are cut in two where they block. */
    THREADS,
    /** Executors of callbacks reject tasks, throw, or find no thread for a while. */
    EXECUTORS,
    /** Callbacks and listeners of users throw errors, and close locks and clients. */
    ANGRY_CALLBACKS,
    /** Users complete the futures that they were given. */
    ABANDONED,
    /** DynamoDB sends no item with a failed condition. */
    SILENT_CONDITIONS,
    /** The table has no transactions, or loses them on the way. */
    NO_TRANSACTIONS,
    /** Each bound of the clients is the smallest that there can be, or little more. */
    SMALL_BOUNDS,
    /** Users' data takes nearly all the bytes that an item may have. */
    FULL_ITEMS
  }

  static Scenario of(SplittableRandom random) {
    Set<Hazard> hazards = EnumSet.noneOf(Hazard.class);
    for (Hazard hazard : Hazard.values()) {
      if (!DRAWN_LAST.contains(hazard) && random.nextInt(oneIn(hazard)) == 0) {
        hazards.add(hazard);
      }
    }
    if (hazards.contains(Hazard.FOREIGN_CLIENT)) {
      // It knows no sessions, and would take what they keep.
      hazards.remove(Hazard.SHARED_LEASES);
    }
    List<Condition> conditions = new ArrayList<>();
    for (Condition condition : Condition.values()) {
      if (random.nextInt(4) == 0) {
        conditions.add(condition);
      }
    }
    int nodes = random.nextInt(2, 5);
    boolean mixed = hazards.contains(Hazard.MIXED_LEASES);
    Duration error = random.nextInt(4) == 0 ? Duration.ofSeconds(random.nextInt(0, 5)) : null;
    boolean even = random.nextBoolean();
    double drift = even ? 0 : random.nextBoolean() ? MAX_DRIFT : 0.01;
    LeaseTerms common = terms(random);
    List<LeaseTerms> terms = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      terms.add(mixed ? terms(random) : common);
      rates.add(1 + (random.nextBoolean() ? drift : -drift));
    }
    int keys = keys(random, hazards);
    List<Leases> leases =
        hazards.contains(Hazard.SHARED_LEASES) ? leases(random) : List.of(Leases.own());
    Duration retention =
        hazards.contains(Hazard.TTL) ? Duration.ofSeconds(random.nextInt(1, 30)) : null;
    for (Hazard hazard : DRAWN_LAST) {
      if (random.nextInt(oneIn(hazard)) == 0) {
        hazards.add(hazard);
      }
    }
    if (error != null || hazards.contains(Hazard.BROKEN_CLOCKS)) {
      // Both clocks of a machine that has stood still say that less time has passed.
      hazards.remove(Hazard.FREEZES);
    }
    if (hazards.contains(Hazard.SHARED_LEASES)) {
      // A lock has no room to name its session then, and is refused.
      hazards.remove(Hazard.FULL_ITEMS);
    } else if (hazards.contains(Hazard.FULL_ITEMS) && retention == null) {
      // Nor has a released one for its time to live.
      retention = Duration.ofSeconds(random.nextInt(1, 30));
    }
    return new Scenario(
        List.copyOf(terms),
        List.copyOf(rates),
        keys,
        List.copyOf(conditions),
        hazards,
        leases,
        error,
        retention,
        hazards.contains(Hazard.SMALL_BOUNDS) ? small(random) : Bounds.DEFAULT);
  }

  /** The same without hazards other than these. */
  Scenario with(Set<Hazard> these) {
    Set<Hazard> left = EnumSet.copyOf(these);
    left.retainAll(hazards);
    return new Scenario(
        terms, rates, keys, conditions, left, leases, tableClockError, retention, bounds);
  }

  /** How large an item may be; as small where items are full as such an item is without data. */
  int mostItemBytes() {
    return has(Hazard.FULL_ITEMS) ? FULL_ITEM_BYTES : Bound.ITEM_BYTES.defaultValue();
  }

  /** From the least on, in four steps. */
  private static Bounds small(SplittableRandom random) {
    Bounds bounds = Bounds.DEFAULT;
    for (Bound bound : Bound.values()) {
      if (bound.isOfClient()) {
        int step = Math.max(1, bound.least() / 4);
        bounds = bounds.with(bound, bound.least() + step * random.nextInt(5));
      }
    }
    return bounds;
  }

  private static int oneIn(Hazard hazard) {
    return switch (hazard) {
      case BROKEN_CLOCKS -> 20;
      case SMALL_BOUNDS -> 3;
      case SHARED_LEASES -> 2;
      case CROWDS, THREADS, FREEZES, FULL_ITEMS -> 8;
      case EXECUTORS, ANGRY_CALLBACKS, ABANDONED, SILENT_CONDITIONS -> 6;
      default -> 4;
    };
  }

  /** Where leases are shared, a client often holds several locks. */
  private static int keys(SplittableRandom random, Set<Hazard> hazards) {
    if (hazards.contains(Hazard.CROWDS) && random.nextInt(4) == 0) {
      return random.nextInt(100, 3_000);
    }
    int most = hazards.contains(Hazard.SHARED_LEASES) ? 4 : 2;
    return random.nextInt(3) == 0 ? random.nextInt(2, most + 1) : 1;
  }

  private static List<Leases> leases(SplittableRandom random) {
    Leases first = Leases.session("first");
    Leases second = Leases.session("second");
    return switch (random.nextInt(4)) {
      case 0 -> List.of(Leases.shared());
      case 1 -> List.of(Leases.own(), Leases.shared());
      case 2 -> List.of(first, second);
      default -> List.of(Leases.own(), Leases.shared(), first, second);
    };
  }

  private static LeaseTerms terms(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> new LeaseTerms(Duration.ofSeconds(6), Duration.ofMillis(1_500));
      case 1 -> new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(2));
      case 2 -> new LeaseTerms(Duration.ofSeconds(12), Duration.ofMillis(3_200));
      default -> new LeaseTerms(Duration.ofSeconds(20), Duration.ofSeconds(5));
    };
  }

  boolean has(Hazard hazard) {
    return hazards.contains(hazard);
  }

  /** Whether clocks keep what the protocol assumes of them. */
  boolean clocksAreSound() {
    return !has(Hazard.BROKEN_CLOCKS);
  }

  /** The longest lease in this world. */
  Duration lease() {
    return terms.stream().map(LeaseTerms::lease).max(Duration::compareTo).orElseThrow();
  }

  double slowest() {
    return rates.stream().mapToDouble(rate -> rate).min().orElse(1);
  }

  @Override
  public String toString() {
    return terms.size()
        + " nodes with leases of "
        + terms.stream().map(t -> t.lease().toSeconds() + "s").distinct().toList()
        + " at rates "
        + rates
        + ", "
        + keys
        + " locks, hazards "
        + hazards
        + ", leases "
        + leases
        + ", links "
        + conditions
        + (tableClockError == null ? "" : ", first sight, dates off by " + tableClockError)
        + (retention == null ? "" : ", retention " + retention)
        + (has(Hazard.SMALL_BOUNDS) ? ", " + bounds : "");
  }
}
