package io.github.batonlock.testing;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.virtual.HostMachine;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.RealTime;
import io.github.batonlock.internal.virtual.WorldTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The threads and clocks of this process, and a table in memory or in DynamoDB. */
final class RealStage implements Stage {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(2);

  private final RealTime time;
  private final Supplier<String> state;
  private final @Nullable MemoryTable memory;
  private final BiFunction<ClientConfig, Platform, LockStore> table;
  private volatile Duration limit = LIMIT;

  private RealStage(
      RealTime time,
      Supplier<String> state,
      @Nullable MemoryTable memory,
      BiFunction<ClientConfig, Platform, LockStore> table) {
    this.time = time;
    this.state = state;
    this.memory = memory;
    this.table = table;
  }

  /** A table in memory. */
  static RealStage inMemory(Supplier<String> state) {
    RealTime time = new RealTime();
    MemoryTable memory =
        new MemoryTable(() -> Instant.ofEpochSecond(Math.floorDiv(time.clock().millis(), 1000)));
    return new RealStage(time, state, memory, (config, platform) -> memory.of(config));
  }

  /** A table that requests reach in any other way. */
  static RealStage on(BiFunction<ClientConfig, Platform, LockStore> table, Supplier<String> state) {
    return new RealStage(new RealTime(), state, null, table);
  }

  @Override
  public WorldTime time() {
    return time;
  }

  @Override
  public void limit(Duration longest) {
    limit = longest;
  }

  @Override
  public @Nullable HostMachine machine(String host) {
    return null;
  }

  @Override
  public LockClient start(
      TestHost host,
      ClientConfig config,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      LockListener listener) {
    Platform platform = DefaultLockClient.platform(config, requestExecutor, callbackExecutor);
    return DefaultLockClient.start(
        config, platform, host.way(table.apply(config, platform)), listener);
  }

  @Override
  public void advance(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException e) {
      throw WorldTime.interrupted("Time was to pass", e);
    }
  }

  @Override
  public void until(String what, BooleanSupplier isSo) {
    long end = time.nanos() + limit.toNanos();
    while (!isSo.getAsBoolean()) {
      if (time.nanos() > end) {
        throw new AssertionError(
            "%s within %s s of real time. %s"
                .formatted(what, limit.toMillis() / 1000.0, state.get()));
      }
      try {
        time.sleep(LOOK);
      } catch (InterruptedException e) {
        throw WorldTime.interrupted(what, e);
      }
    }
  }

  @Override
  public void run(TestHost host, Runnable code) {
    time.start("baton-host-" + host.name(), code);
  }

  @Override
  public void sleep(TestHost host, Duration duration) throws InterruptedException {
    time.sleep(duration);
  }

  @Override
  public Clock clock(TestHost host) {
    return time.clock();
  }

  @Override
  public List<String> misuses() {
    return List.of();
  }

  @Override
  public InMemoryLockStore rows() {
    if (memory == null) {
      throw new UnsupportedOperationException(
          "The table of this testbed is in DynamoDB; change its items with your SDK client");
    }
    return memory.rows();
  }

  @Override
  public void close() {
    time.close();
  }
}
