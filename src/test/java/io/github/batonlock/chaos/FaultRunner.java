package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import io.github.batonlock.support.EngineProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Makes the faults of a script happen: a thread for each lane of each worker. */
final class FaultRunner {
  private static final long LONGEST_WAIT_FOR_A_HOLD = Duration.ofSeconds(2).toNanos();

  private final List<ChaosWorker> workers;
  private final EngineProcess engine;
  private final FencedResource resource;
  private final History history;

  FaultRunner(
      List<ChaosWorker> workers, EngineProcess engine, FencedResource resource, History history) {
    this.workers = workers;
    this.engine = engine;
    this.resource = resource;
    this.history = history;
  }

  /**
   * Runs a script, from now on; done when all faults are over, or could not be made.
   *
   * @param latest no fault begins later
   */
  CompletableFuture<Void> start(List<Fault> script, Duration latest) {
    Map<String, List<Fault>> lanes = new TreeMap<>();
    for (Fault fault : script) {
      lanes
          .computeIfAbsent(fault.worker() + " " + fault.kind().lane(), k -> new ArrayList<>())
          .add(fault);
    }
    long end = System.nanoTime() + latest.toNanos();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    lanes.forEach((name, faults) -> all.add(inBackground("lane " + name, faults, end)));
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> inBackground(String name, List<Fault> faults, long end) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                runLane(faults, end);
                done.complete(null);
              } catch (Throwable t) {
                done.completeExceptionally(t);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private void runLane(List<Fault> faults, long end) throws Exception {
    for (Fault fault : faults) {
      long due = System.nanoTime() + fault.calmMillis() * 1_000_000;
      if (due >= end) {
        return;
      }
      awaitTime(due);
      if (fault.worker() >= 0 && fault.millis() > Settings.LEASE.toMillis()) {
        awaitHold(workers.get(fault.worker()).name());
      }
      run(fault);
    }
  }

  /** What lasts longer than a lease does most to a worker that holds a lock. */
  private void awaitHold(String worker) {
    long begin = System.nanoTime();
    while (!resource.hasWrittenSince(worker, begin)
        && System.nanoTime() - begin < LONGEST_WAIT_FOR_A_HOLD) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void run(Fault fault) throws Exception {
    long from = System.nanoTime();
    begin(fault);
    awaitTime(from + fault.millis() * 1_000_000);
    end(fault);
    String who = fault.worker() < 0 ? "table" : workers.get(fault.worker()).name();
    history.write(new Event(from, System.nanoTime(), who, Kind.FAULT, "", 0, fault.kind().name()));
  }

  private static void awaitTime(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void begin(Fault fault) throws Exception {
    if (fault.kind() == Fault.Kind.STOP_TABLE) {
      engine.signal("STOP");
      return;
    }
    ChaosWorker worker = workers.get(fault.worker());
    Proxy proxy = worker.proxy();
    switch (fault.kind()) {
      case CUT -> proxy.cut(false);
      case RESET -> proxy.cut(true);
      case STALL -> both(proxy, Traffic.STALL);
      case STALL_ANSWERS -> proxy.answers(Traffic.STALL);
      case LOSE_REQUESTS -> proxy.requests(Traffic.LOSE);
      case LOSE_ANSWERS -> proxy.answers(Traffic.LOSE);
      case END_REQUESTS -> proxy.requests(Traffic.END);
      case END_ANSWERS -> proxy.answers(Traffic.END);
      case SLOW -> both(proxy, Traffic.slow(fault.amount() / 4, fault.amount()));
      case THROTTLE -> both(proxy, Traffic.throttled(fault.amount()));
      case KILL -> worker.kill();
      case STOP -> worker.signal("STOP");
      case WALL_FORWARD -> worker.clock().step(fault.amount());
      case WALL_BACK -> worker.clock().step(-fault.amount());
      case LINK_DOWN -> worker.namespace().linkDown();
      case DROP_INCOMING -> worker.namespace().loseAll("INPUT");
      case DROP_OUTGOING -> worker.namespace().loseAll("OUTPUT");
      case DROP_SOME -> worker.namespace().loseSome(fault.amount() / 100.0);
      case STOP_TABLE -> throw new IllegalStateException();
    }
  }

  private static void both(Proxy proxy, Traffic traffic) {
    proxy.requests(traffic);
    proxy.answers(traffic);
  }

  private void end(Fault fault) throws Exception {
    switch (fault.kind().lane()) {
      case TABLE -> engine.signal("CONT");
      case NETWORK -> workers.get(fault.worker()).proxy().heal();
      case LINK ->
          workers.get(fault.worker()).namespace().heal(fault.kind() != Fault.Kind.LINK_DOWN);
      case PROCESS -> {
        ChaosWorker worker = workers.get(fault.worker());
        if (fault.kind() == Fault.Kind.KILL) {
          worker.start();
          worker.awaitReady();
        } else {
          worker.signal("CONT");
        }
      }
      case CLOCK -> {}
    }
  }
}
