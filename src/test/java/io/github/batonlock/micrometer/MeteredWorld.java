package io.github.batonlock.micrometer;

import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.World;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Clients on virtual time, each with meters in a registry of its own. */
final class MeteredWorld {
  final World world;
  private final Map<String, MeterRegistry> registries = new LinkedHashMap<>();

  MeteredWorld(World world) {
    this.world = world;
  }

  /** A process with one client and its meters. */
  record Metered(World.Node node, BatonMetrics metrics, MeterRegistry registry) {
    double gauge(String name) {
      return registry.get(name).gauge().value();
    }

    double counter(String name, String... tags) {
      return registry.get(name).tags(tags).counter().count();
    }

    long timed(String name, String... tags) {
      return registry.get(name).tags(tags).timer().count();
    }
  }

  Metered process(String owner) {
    return process(owner, builder -> {});
  }

  Metered process(String owner, Consumer<BatonMetrics.Builder> options) {
    BatonMetrics.Builder builder = BatonMetrics.builder();
    options.accept(builder);
    BatonMetrics metrics = new BatonMetrics(builder, clock());
    MeterRegistry registry = registry();
    metrics.bindTo(registry);
    registries.put(owner, registry);
    return new Metered(world.node(owner, config -> {}, metrics), metrics, registry);
  }

  /** A process whose meters are not read any more. */
  void isGone(String owner) {
    registries.remove(owner);
  }

  /** Histograms of this registry forget nothing, as those of Prometheus. */
  private MeterRegistry registry() {
    MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock());
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public DistributionStatisticConfig configure(
                  Meter.Id id, DistributionStatisticConfig config) {
                return DistributionStatisticConfig.builder()
                    .expiry(Duration.ofDays(1))
                    .build()
                    .merge(config);
              }
            });
    return registry;
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public long wallTime() {
        return VirtualTime.EPOCH + world.time.elapsed().toMillis();
      }

      @Override
      public long monotonicTime() {
        return world.time.nanos();
      }
    };
  }

  /** What a scrape of all processes shows now. */
  Scrape scrape() {
    return Scrape.of(world.time.elapsed(), registries);
  }
}
