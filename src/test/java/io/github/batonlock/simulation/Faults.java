package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What goes wrong, until it is told to stop: each hazard of the scenario every now and then. */
final class Faults {
  static final Duration MAX_STALENESS = Duration.ofSeconds(2);

  /**
   * Two dates are cut to a second, allow for half a second each way, and come with answers of up to
   * two seconds; and since the first a lease may have drifted by a tenth.
   */
  private static final Duration LEAST_FREEZE = Duration.ofSeconds(12);

  private final SimulatedWorld world;
  private final Population population;
  private final Duration lease;
  private boolean over;

  Faults(SimulatedWorld world, Population population) {
    this.world = world;
    this.population = population;
    this.lease = world.scenario.lease();
  }

  void start() {
    if (!world.scenario.conditions().isEmpty()) {
      everyNowAndThen(lease.dividedBy(2), this::link);
    }
    world.scenario.hazards().forEach(this::start);
  }

  private void start(Hazard hazard) {
    switch (hazard) {
      case PAUSES -> everyNowAndThen(lease.multipliedBy(2), this::pause);
      case SUSPENDS -> everyNowAndThen(lease.multipliedBy(2), this::suspend);
      case CRASHES -> everyNowAndThen(lease.multipliedBy(2), this::crash);
      case CLOSES -> everyNowAndThen(lease.multipliedBy(3), this::close);
      case WALL_STEPS -> everyNowAndThen(lease, this::stepWallClock);
      case STALE_READS -> world.table.staleness(MAX_STALENESS);
      case OPERATORS -> everyNowAndThen(lease.multipliedBy(2), this::operate);
      case BROKEN_CLOCKS -> everyNowAndThen(lease.multipliedBy(2), this::freeze);
      case FREEZES -> everyNowAndThen(lease.multipliedBy(3), this::freezeForLong);
      case TTL -> everyNowAndThen(lease, this::expire);
      case INTERRUPTS ->
          everyNowAndThen(lease.dividedBy(2), () -> population.someNode(Node::interruptSomebody));
      case FOREIGN_CLIENT ->
          new ForeignClient(world, () -> !population.story().isStopped()).start();
      case DELETE_ON_RELEASE,
          SHARED_OWNER_NAME,
          MIXED_LEASES,
          RARE_CHECKS,
          SHARED_LEASES,
          CROWDS,
          LIMITS,
          THREADS,
          ANGRY_CALLBACKS,
          ABANDONED,
          SMALL_BOUNDS,
          FULL_ITEMS -> {}
      case EXECUTORS ->
          everyNowAndThen(lease, () -> population.someNode(node -> node.executor.fail()));
      case SILENT_CONDITIONS -> world.table.sendNoItems();
      case NO_TRANSACTIONS -> loseTransactions();
    }
  }

  /** Everything is well from now on. */
  void stop() {
    over = true;
    world.calm();
    world.table.staleness(Duration.ZERO);
    population.open().forEach(node -> node.connect(Condition.HEALTHY));
  }

  private void everyNowAndThen(Duration interval, Runnable fault) {
    world.time.schedule(
        world.random.nextLong(2 * interval.toNanos()),
        () -> {
          if (!over) {
            fault.run();
            everyNowAndThen(interval, fault);
          }
        });
  }

  private void link() {
    population.someNode(this::disturb);
  }

  /** One condition for a while, then the next or none. */
  private void disturb(Node node) {
    List<Condition> conditions = world.scenario.conditions();
    Condition condition = conditions.get(world.random.nextInt(conditions.size()));
    world.trace(() -> "the link of " + node + " is " + condition);
    node.connect(condition);
    world.time.schedule(
        world.upTo(lease.multipliedBy(2)).toNanos(),
        () -> {
          if (!over && world.random.nextBoolean()) {
            disturb(node);
          } else {
            world.trace(() -> "the link of " + node + " is healthy");
            node.connect(Condition.HEALTHY);
          }
        });
  }

  private void pause() {
    standStill("paused", world.upTo(lease.multipliedBy(3)), Machine::pause, Machine::resume);
  }

  private void suspend() {
    standStill("suspended", world.upTo(lease.multipliedBy(3)), Machine::sleep, Machine::wake);
  }

  private void freeze() {
    standStill("frozen", world.upTo(lease.multipliedBy(3)), Machine::sleep, Machine::thaw);
  }

  /** So long that the next answer with a date shows it, whatever was known of the clocks before. */
  private void freezeForLong() {
    Duration duration = LEAST_FREEZE.plus(world.upTo(lease.multipliedBy(2)));
    population.someNode(
        node -> standStill(node, "frozen", duration, Machine::sleep, node::goOnUnaware));
  }

  private void standStill(
      String how, Duration duration, Consumer<Machine> begin, Consumer<Machine> end) {
    population.someNode(node -> standStill(node, how, duration, begin, () -> node.goOn(end)));
  }

  private void standStill(
      Node node, String how, Duration duration, Consumer<Machine> begin, Runnable goOn) {
    if (node.machine.isPaused()) {
      return;
    }
    world.trace(() -> node + " is " + how);
    node.standStill(begin);
    world.time.schedule(
        duration.toNanos(),
        () -> {
          world.trace(() -> node + " goes on");
          goOn.run();
          if (!node.isCrashed() && world.random.nextBoolean()) {
            population.story().wokeUp(node);
          }
        });
  }

  private void crash() {
    population.someNode(
        node -> {
          world.trace(() -> node + " crashes");
          population.crash(node);
          population.restartLater(node);
        });
  }

  private void close() {
    population.someNode(
        node -> {
          node.executor.mayFail(2);
          population.close(node);
        });
  }

  private void stepWallClock() {
    long millis = Duration.ofHours(1).toMillis();
    // Stepped back while it was suspended, a wall clock hides the suspend: nothing can be done.
    boolean onlyForward = world.scenario.has(Hazard.SUSPENDS);
    population.someNode(
        node -> {
          long least = onlyForward ? node.wallError().toMillis() : -millis;
          Duration error = Duration.ofMillis(world.random.nextLong(least, millis + 1));
          world.trace(() -> "the wall clock of " + node + " is off by " + error);
          node.wallError(error);
        });
  }

  /** A replica in another Region costs a table its transactions; removed, it has them again. */
  private void loseTransactions() {
    if (world.random.nextBoolean()) {
      world.table.transactions(false);
    } else {
      everyNowAndThen(lease, () -> world.table.transactions(world.random.nextBoolean()));
    }
  }

  private void expire() {
    world.table.keys().forEach(world.table::expire);
  }

  private void operate() {
    List<LockKey> keys = world.table.keys();
    LockKey key =
        keys.isEmpty() || world.random.nextBoolean()
            ? world.someKey()
            : keys.get(world.random.nextInt(keys.size()));
    Map<String, AttributeValue> row = world.table.row(key);
    @Nullable Map<String, AttributeValue> old = world.table.someOldRow(key);
    switch (world.random.nextInt(3)) {
      case 0 -> world.table.put(key, "operator", null);
      case 1 -> {
        if (row != null) {
          Map<String, AttributeValue> freed = new HashMap<>(row);
          freed.put("isReleased", AttributeValue.fromS("1"));
          world.table.put(key, "operator", freed);
        }
      }
      default -> {
        if (old != null) {
          world.table.put(key, "operator", old);
        }
      }
    }
  }
}
