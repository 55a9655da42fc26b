package io.github.batonlock.testing;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.virtual.HostClock;
import io.github.batonlock.internal.virtual.HostMachine;
import io.github.batonlock.internal.virtual.HostWorld;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.internal.virtual.WorldTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Machines on virtual time, and a table in memory. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class VirtualStage implements Stage {
  private static final Duration LIMIT = Duration.ofHours(1);

  private final HostWorld world;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<HostMachine> machines = new ArrayList<>();
  private final MemoryTable table = new MemoryTable(this::serverDate);

  VirtualStage(Supplier<String> state) {
    this.world = new HostWorld(LIMIT, state);
  }

  /** As DynamoDB tells it: whole seconds. */
  private Instant serverDate() {
    long millis = VirtualTime.EPOCH + world.time.elapsed().toMillis();
    return Instant.ofEpochSecond(millis / 1000);
  }

  @Override
  public WorldTime time() {
    return world.time;
  }

  @Override
  public void limit(Duration longest) {
    world.limit(longest);
  }

  @Override
  public HostMachine machine(String host) {
    world.enter();
    HostMachine machine = new HostMachine(world, host, random.split());
    machines.add(machine);
    return machine;
  }

  @Override
  public LockClient start(
      TestHost host,
      ClientConfig config,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      LockListener listener) {
    return DefaultLockClient.start(
        config, host.machine("a client"), host.way(table.of(config)), listener);
  }

  @Override
  public void advance(Duration duration) {
    refuseHosts("advance");
    world.advance(duration);
  }

  @Override
  public void until(String what, BooleanSupplier isSo) {
    refuseHosts("await and advanceUntil");
    world.enter();
    try {
      world.moveUntil(what, isSo);
    } catch (InterruptedException e) {
      throw WorldTime.interrupted(what, e);
    }
  }

  private static void refuseHosts(String what) {
    if (HostMachine.current() != null) {
      throw new IllegalStateException(
          "Code of a host cannot move the time by "
              + what
              + "; it lets time pass by TestHost.sleep, and waits for a future by"
              + " LockTestbed.await");
    }
  }

  @Override
  public void run(TestHost host, Runnable code) {
    host.machine("code").start(code);
  }

  @Override
  public void sleep(TestHost host, Duration duration) throws InterruptedException {
    host.machine("sleep").sleep(duration);
  }

  @Override
  public Clock clock(TestHost host) {
    return new HostClock(host.machine("a clock"), ZoneOffset.UTC);
  }

  @Override
  public List<String> misuses() {
    List<String> all = new ArrayList<>(world.misuses());
    for (HostMachine machine : machines) {
      machine.uncaught().forEach(thrown -> all.add("Code of a host threw " + thrown));
    }
    return all;
  }

  @Override
  public InMemoryLockStore rows() {
    return table.rows();
  }

  @Override
  public void close() {
    machines.forEach(HostMachine::crash);
  }
}
