package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import io.github.batonlock.support.ChildJvm;
import io.github.batonlock.support.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One worker of the run: a process at a time, whose place is taken by another when it is killed.
 */
final class ChaosWorker implements AutoCloseable {
  private static final Duration LONGEST_START = Duration.ofMinutes(2);

  private final Place place;
  private final Proxy proxy;
  private final @Nullable FaketimeClock clock;
  private final @Nullable Namespace namespace;
  private int life;
  private ChildJvm jvm;
  private CountDownLatch ready;

  /**
   * Where it works.
   *
   * @param name of the worker
   * @param sdk {@code sync} or {@code async}
   * @param folder for histories
   * @param table the lock table
   * @param seed for what it does
   * @param resource what it writes to
   * @param history the harness's
   */
  record Place(
      String name,
      String sdk,
      Path folder,
      String table,
      long seed,
      FencedResource resource,
      History history) {}

  ChaosWorker(
      Place place, Proxy proxy, @Nullable FaketimeClock clock, @Nullable Namespace namespace) {
    this.place = place;
    this.proxy = proxy;
    this.clock = clock;
    this.namespace = namespace;
  }

  /** What can be done to it. */
  Set<Fault.Lane> lanes() {
    Set<Fault.Lane> lanes = EnumSet.of(Fault.Lane.NETWORK, Fault.Lane.PROCESS);
    if (clock != null) {
      lanes.add(Fault.Lane.CLOCK);
    }
    if (namespace != null) {
      lanes.add(Fault.Lane.LINK);
    }
    return lanes;
  }

  String name() {
    return place.name();
  }

  String sdk() {
    return place.sdk();
  }

  Proxy proxy() {
    return proxy;
  }

  FaketimeClock clock() {
    return clock;
  }

  Namespace namespace() {
    return namespace;
  }

  /** One that lives by a clock of its own leaves the key alone whose tokens come from the clock. */
  private List<String> keys() {
    return clock == null ? Settings.KEYS : Settings.KEYS.stream().filter(Settings::isKept).toList();
  }

  private String who() {
    return place.name() + "." + life;
  }

  /** Starts its next life. */
  synchronized void start() {
    life++;
    String who = who();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(who, place.folder().toString(), proxy.endpoint().toString()));
    arguments.addAll(List.of(place.table(), place.sdk(), Long.toString(place.seed() + life)));
    arguments.addAll(keys());
    CountDownLatch nowReady = new CountDownLatch(1);
    ready = nowReady;
    var launch =
        new ChildJvm.Launch(
            ChaosWorkerMain.class,
            arguments,
            namespace == null ? List.of() : namespace.prefix(),
            clock == null ? Map.of() : clock.environment(),
            place.folder().resolve(place.name() + ".log"));
    ChildJvm[] started = new ChildJvm[1];
    CountDownLatch assigned = new CountDownLatch(1);
    started[0] =
        ChildJvm.start(
            launch,
            line -> {
              if (line.equals(ChaosWorkerMain.READY)) {
                nowReady.countDown();
              } else {
                awaitUninterruptibly(assigned);
                FenceLink.serve(place.resource(), who, line, started[0]::say);
              }
            });
    assigned.countDown();
    jvm = started[0];
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when its current life has begun to work. */
  void awaitReady() throws InterruptedException {
    CountDownLatch current;
    synchronized (this) {
      current = ready;
    }
    if (!current.await(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(who() + " did not start within " + LONGEST_START);
    }
  }

  /** Ends its life as {@code kill -9} does. */
  synchronized void kill() throws InterruptedException {
    long from = System.nanoTime();
    jvm.kill();
    place.history().write(new Event(from, System.nanoTime(), who(), Kind.KILLED, "", 0, ""));
  }

  synchronized void signal(String name) throws Exception {
    jvm.signal(name);
  }

  synchronized boolean isAlive() {
    return jvm != null && jvm.isAlive();
  }

  /** Ends its life in order; false if it does not end. */
  boolean quit() throws InterruptedException {
    jvm.say(ChaosWorkerMain.QUIT);
    return jvm.awaitEnd(Eventually.SOON.multipliedBy(3));
  }

  @Override
  public void close() throws Exception {
    if (jvm != null) {
      jvm.close();
    }
    proxy.close();
    if (namespace != null) {
      namespace.close();
    }
  }
}
