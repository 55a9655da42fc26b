package io.github.batonlock.testing;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.virtual.HostMachine;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.WorldTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the hosts of a testbed run on: a time, machines and a table. */
interface Stage {
  WorldTime time();

  /** How long one wait may take from now on. */
  void limit(Duration longest);

  /** A machine that can be stopped; null where a host is part of this process. */
  @Nullable HostMachine machine(String host);

  /** Starts the client of a host. */
  LockClient start(
      TestHost host,
      ClientConfig config,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      LockListener listener);

  /** Lets time pass. */
  void advance(Duration duration);

  /** Lets time pass until something is so; fails at the limit. */
  void until(String what, BooleanSupplier isSo);

  /** Runs code on a thread of its own. */
  void run(TestHost host, Runnable code);

  /** Blocks the calling thread, which runs code of a host or of the test. */
  void sleep(TestHost host, Duration duration) throws InterruptedException;

  /** The wall clock of a host. */
  Clock clock(TestHost host);

  /** What was done that may not be done here. */
  List<String> misuses();

  /** The table's rows; fails where they are not in memory. */
  InMemoryLockStore rows();

  /** Ends all that runs. */
  void close();
}
