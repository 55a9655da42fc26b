package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A client of another make at the same table: it puts whole items without a token, keeps no margin
 * at the end of its lease, and stands still now and then.
 */
final class ForeignClient {
  private static final Duration LEASE = Duration.ofSeconds(8);
  private static final Duration STEP = Duration.ofSeconds(2);

  private final SimulatedWorld world;
  private final LockKey key;
  private final BooleanSupplier mayBegin;

  /** As slow as a clock may be: its lease is over late. */
  private final double rate;

  private @Nullable String version;
  private @Nullable String seen;
  private long seenSince;
  private long sentAt;
  private long grantedAt;

  /**
   * What its user believed.
   *
   * @param key the lock
   * @param from since when he had it
   * @param to when he stopped, by his release or by the end of his lease
   */
  record Belief(LockKey key, long from, long to) {}

  ForeignClient(SimulatedWorld world, BooleanSupplier mayBegin) {
    this.world = world;
    this.key = world.keys.get(0);
    this.mayBegin = mayBegin;
    this.rate = world.scenario.slowest();
  }

  void start() {
    later();
  }

  private void later() {
    boolean standsStill = world.chance(8);
    Duration delay = standsStill ? world.upTo(LEASE.multipliedBy(2)) : STEP;
    world.time.schedule(delay.toNanos(), this::step);
  }

  private void step() {
    if (version == null) {
      if (mayBegin.getAsBoolean()) {
        look();
        later();
      }
    } else if (world.now() - sentAt > lease()) {
      lost();
      later();
    } else {
      holdOn();
      later();
    }
  }

  private long lease() {
    return (long) (LEASE.toNanos() / rate);
  }

  private void look() {
    Row row = Row.of(world.table.row(key));
    if (!row.isHeld()) {
      put(false);
      granted();
    } else if (!row.version().equals(seen)) {
      seen = row.version();
      seenSince = world.now();
    } else if (world.now() - seenSince > Duration.ofMillis(row.leaseMillis()).toNanos() / rate) {
      put(false);
      granted();
    }
  }

  private void granted() {
    grantedAt = world.now();
    seen = null;
  }

  private void holdOn() {
    if (!Row.of(world.table.row(key)).isHeld()
        || !Row.of(world.table.row(key)).version().equals(version)) {
      lost();
    } else if (world.chance(5) || !mayBegin.getAsBoolean()) {
      world.history.foreign.add(new Belief(key, grantedAt, world.now() - 1));
      put(true);
      version = null;
    } else {
      put(false);
    }
  }

  /** Its user learns nothing of it: he goes on until his lease is over. */
  private void lost() {
    world.history.foreign.add(new Belief(key, grantedAt, sentAt + lease()));
    version = null;
  }

  private void put(boolean released) {
    version = new UUID(world.random.nextLong(), world.random.nextLong()).toString();
    sentAt = world.now();
    Map<String, AttributeValue> row =
        new HashMap<>(
            Map.of(
                "ownerName", AttributeValue.fromS("foreign"),
                "leaseDuration", AttributeValue.fromS(Long.toString(LEASE.toMillis())),
                "recordVersionNumber", AttributeValue.fromS(version),
                "data", AttributeValue.fromB(SdkBytes.fromUtf8String("foreign"))));
    if (released) {
      row.put("isReleased", AttributeValue.fromS("1"));
    }
    world.table.put(key, "foreign client", row);
  }
}
