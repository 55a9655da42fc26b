package io.github.batonlock.testing;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.ClientHost;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.HostMachine;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * A host of a {@link LockTestbed}: one process with one lock client, which can be cut off from the
 * table, stopped and killed.
 *
 * <p>Each fault lasts until the method that ends it, or for the number of requests that it names.
 * {@code pause}, {@code suspend}, {@code kill} and {@code stepWallClock} need virtual time: on real
 * time a host is part of the process that runs the test, and these methods throw {@link
 * UnsupportedOperationException}.
 *
 * <p>On virtual time for the thread of the test; on real time safe for use by many threads.
 */
public final class TestHost {
  private static final String TABLE = "locks";
  private static final List<String> READS = List.of("poll", "look", "look-all", "list");

  private final String name;
  private final Stage stage;
  private final LockListener possessions;
  private final @Nullable HostMachine machine;

  @GuardedBy("this")
  private @Nullable LockClient client;

  @GuardedBy("this")
  private @Nullable FaultyStore store;

  @GuardedBy("this")
  private final List<CompletableFuture<?>> running = new ArrayList<>();

  @GuardedBy("this")
  private LockStoreException.@Nullable Kind refusal;

  @GuardedBy("this")
  private Duration latency;

  private volatile boolean cutOff;
  private volatile boolean stopped;
  private volatile boolean killed;

  @GuardedBy("this")
  private int throttled;

  @GuardedBy("this")
  private int answersToLose;

  /** The host of a stage. */
  TestHost(String name, Stage stage, Possessions possessions, Duration latency) {
    this.name = Objects.requireNonNull(name, "name");
    this.stage = stage;
    this.possessions = possessions.listener(this);
    this.latency = latency;
    this.machine = stage.machine(name);
  }

  /** {@return the name of the host, which is the owner name of its client by default} */
  public String name() {
    return name;
  }

  // The client.

  /** The client, which is built with these settings if there is none yet. */
  synchronized LockClient client(@Nullable Consumer<? super LockClient.Builder> settings) {
    if (killed) {
      throw new IllegalStateException(
          "Host '" + name + "' was killed; a process that starts anew is a host of another name");
    }
    LockClient there = client;
    if (there == null) {
      LockClient.Builder builder = LockClient.builder(new StandIn(), TABLE).ownerName(name);
      if (settings != null) {
        settings.accept(builder);
      }
      there = builder.build();
      client = there;
    } else if (settings != null) {
      throw new IllegalStateException(
          "Host '" + name + "' has a client already; its settings can be given only once");
    }
    return there;
  }

  /** Takes the place of an SDK client where the client is built. */
  private final class StandIn implements DynamoDbAsyncClient, ClientHost {
    @Override
    public LockClient start(
        ClientConfig config,
        @Nullable Executor requestExecutor,
        @Nullable Executor callbackExecutor,
        @Nullable LockListener listener) {
      LockListener all = listener == null ? possessions : possessions.andThen(listener);
      return stage.start(TestHost.this, config, requestExecutor, callbackExecutor, all);
    }

    @Override
    public String serviceName() {
      return "dynamodb";
    }

    @Override
    public void close() {}
  }

  /** The way of this host's requests to a table. */
  synchronized LockStore way(LockStore table) {
    FaultyStore way = new FaultyStore(stage.time(), table);
    way.latency(latency);
    way.faults(this::fault);
    way.refuseAll(refusal);
    store = way;
    return way;
  }

  private synchronized Fault fault(String operation) {
    if (cutOff) {
      return Fault.REQUEST_LOST;
    }
    if (throttled > 0) {
      throttled--;
      return Fault.THROTTLED;
    }
    if (answersToLose > 0 && !READS.contains(operation)) {
      answersToLose--;
      return Fault.ANSWER_LOST;
    }
    return Fault.NONE;
  }

  /** All requests are answered with this failure from now on; null for none. */
  synchronized void refuseAll(LockStoreException.@Nullable Kind kind) {
    refusal = kind;
    FaultyStore way = store;
    if (way != null) {
      way.refuseAll(kind);
    }
  }

  // Faults of the network and the table.

  /**
   * Cuts the host off from the table: its requests are lost from now on, and time out. A request
   * that has arrived already is still answered.
   */
  public void cutOff() {
    cutOff = true;
  }

  /** Ends {@link #cutOff}. */
  public void reconnect() {
    cutOff = false;
  }

  /** Applies the next write of this host in the table and loses its answer: the write times out. */
  public synchronized void loseNextAnswer() {
    answersToLose++;
  }

  /**
   * Throttles the next requests of this host: the table refuses them and asks to slow down.
   *
   * @param requests how many, positive
   */
  public synchronized void throttle(int requests) {
    if (requests < 1) {
      throw new IllegalArgumentException("throttle(" + requests + "): at least one request");
    }
    throttled += requests;
  }

  /**
   * Sets how long a request of this host is on its way, and its answer again. Default: 2 ms on
   * virtual time, 0 otherwise.
   *
   * @param oneWay not negative
   */
  public synchronized void latency(Duration oneWay) {
    if (oneWay.isNegative()) {
      throw new IllegalArgumentException("latency " + oneWay + "; it cannot be negative");
    }
    latency = oneWay;
    FaultyStore way = store;
    if (way != null) {
      way.latency(oneWay);
    }
  }

  // Faults of the process and its machine.

  /**
   * Stops the process, as {@code SIGSTOP} or a long garbage collection does: none of its code runs
   * until {@link #resume}, while its clocks go on.
   */
  public void pause() {
    machine("pause").pause();
    stopped = true;
  }

  /**
   * Suspends the machine of the process: none of its code runs until {@link #resume}, and its
   * monotonic clock stands still. Its wall clock goes on.
   */
  public void suspend() {
    machine("suspend").sleep();
    stopped = true;
  }

  /** Ends {@link #pause} or {@link #suspend}: what became due meanwhile happens at once. */
  public void resume() {
    machine("resume").goOn();
    stopped = false;
  }

  /**
   * Kills the process, as {@code kill -9} does: none of its code ever runs again, and its locks are
   * not released. Code of {@link #start} fails with an {@link IllegalStateException}.
   */
  public void kill() {
    machine("kill").crash();
    killed = true;
    List<CompletableFuture<?>> ended;
    synchronized (this) {
      ended = List.copyOf(running);
    }
    ended.forEach(
        code ->
            code.completeExceptionally(
                new IllegalStateException("Host '" + name + "' was killed while its code ran")));
  }

  /**
   * Steps the wall clock of the host.
   *
   * @param step forward, or back if negative
   */
  public void stepWallClock(Duration step) {
    machine("stepWallClock").stepWallClock(step);
  }

  HostMachine machine(String what) {
    if (machine == null) {
      throw new UnsupportedOperationException(
          what
              + " of host '"
              + name
              + "' needs virtual time (BatonExtension.virtual()): on real time the host is part of"
              + " this process. To keep it from its table, use cutOff()");
    }
    return machine;
  }

  // Code of the process.

  /**
   * Runs code as this process does: on a thread of its own, beside the test and the other hosts.
   * The code may block in calls of a client, in {@link LockTestbed#await} and in {@link #sleep}. It
   * stops and dies with the host.
   *
   * @param <T> the result
   * @param code what to run; on virtual time it begins when the time next moves
   * @return what the code returned or threw; wait for it by {@link LockTestbed#await}
   */
  public <T extends @Nullable Object> CompletableFuture<T> start(Callable<T> code) {
    CompletableFuture<T> result = new CompletableFuture<>();
    synchronized (this) {
      running.removeIf(CompletableFuture::isDone);
      running.add(result);
    }
    stage.run(this, () -> complete(result, code));
    return result;
  }

  private static <T extends @Nullable Object> void complete(
      CompletableFuture<T> result, Callable<T> code) {
    try {
      result.complete(code.call());
    } catch (Exception | AssertionError e) {
      result.completeExceptionally(e);
    }
  }

  /**
   * Returns an executor whose tasks run as code of {@link #start} does, each on a thread of its
   * own: for services that are given their threads. On virtual time the testbed fails at its end if
   * a task has thrown.
   *
   * @return an executor that never blocks the caller
   */
  public Executor executor() {
    return task -> stage.run(this, task);
  }

  /**
   * Lets time pass in code that runs on this host, or in the test itself: what {@code Thread.sleep}
   * is on real time.
   *
   * @param duration how long, by the clock of this host
   * @throws InterruptedException if the thread is interrupted, as by the revocation of the lock
   *     that its work runs under
   */
  public void sleep(Duration duration) throws InterruptedException {
    stage.sleep(this, duration);
  }

  /**
   * Returns the wall clock of this host, for services that take a clock.
   *
   * @return in UTC
   */
  public Clock clock() {
    return stage.clock(this);
  }

  /** Whether its code runs now. */
  boolean isRunning() {
    return !stopped && !killed;
  }

  /** What is wrong with it, for people. */
  String condition() {
    List<String> parts = new ArrayList<>();
    if (killed) {
      parts.add("killed");
    }
    if (stopped) {
      parts.add("stopped");
    }
    if (cutOff) {
      parts.add("cut off");
    }
    synchronized (this) {
      if (refusal != null) {
        parts.add("its table fails with " + refusal);
      }
      if (throttled > 0) {
        parts.add("throttled for " + throttled + " requests more");
      }
    }
    return parts.isEmpty() ? "running" : String.join(", ", parts);
  }

  /** Ends the host: as by a kill, or by closing its client where it is part of this process. */
  void end() {
    if (machine != null) {
      if (!killed) {
        kill();
      }
      return;
    }
    LockClient there;
    synchronized (this) {
      there = client;
    }
    if (there != null) {
      there.close();
    }
  }

  @Override
  public String toString() {
    return "TestHost(" + name + ", " + condition() + ")";
  }
}
