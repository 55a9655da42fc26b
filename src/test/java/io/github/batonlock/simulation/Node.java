package io.github.batonlock.simulation;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.client.CutCalls;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.virtual.Blocked;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.UserThread;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process with one client, from its start to its crash or close. */
final class Node {
  private static final long TELLING_ROUND_TRIP = Duration.ofSeconds(2).toNanos();

  final int number;
  final int place;
  final LeaseTerms terms;
  final Machine machine;
  final UnreliableExecutor executor;
  final Link link;

  /** What the client's listener has counted; null where it is not to count. */
  final @Nullable EventCounter events;

  final LockClient client;
  final Reading startedAt;

  /** Since when the node has been well connected and running, or not; in the order of time. */
  final List<Health> health = new ArrayList<>();

  private final SimulatedWorld world;
  private final String name;
  private final List<Pause> pauses = new ArrayList<>();
  private long pausedAt;
  private long wentOnAt;
  private final List<Blocked> blocked = new ArrayList<>();
  private Duration wallError = Duration.ZERO;
  private boolean crashed;
  private boolean closing;
  private long closingAt = Long.MAX_VALUE;
  private long crashedAt = Long.MAX_VALUE;
  private boolean unaware;
  private final List<Long> wallChanges = new ArrayList<>();
  private long closedAt = Long.MAX_VALUE;

  /** From when on a holder here had no excuse, or had one. */
  record Health(long since, boolean good) {}

  private record Pause(long from, long to) {}

  Node(SimulatedWorld world, int number, int place, String name, LockListener listener) {
    this.world = world;
    this.number = number;
    this.place = place;
    this.name = name;
    this.terms = world.scenario.terms().get(place);
    SplittableRandom random = world.random.split();
    this.machine = new UserMachine(random, world.scenario.rates().get(place));
    this.executor = new UnreliableExecutor(world, machine);
    this.link = new Link(world, this);
    LockListener told = mayBeAngry(listener);
    this.events = world.hearsEvents ? new EventCounter(told) : null;
    this.client = DefaultLockClient.start(config(), machine, link, events == null ? told : events);
    this.startedAt = reading();
    health.add(new Health(world.now(), true));
  }

  private LockListener mayBeAngry(LockListener listener) {
    return world.scenario.has(Scenario.Hazard.ANGRY_CALLBACKS)
        ? new AngryListener(listener, new Anger(world))
        : listener;
  }

  private ClientConfig config() {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    boolean shared = world.scenario.has(Scenario.Hazard.SHARED_OWNER_NAME);
    draft.ownerName = shared ? "everybody" : name;
    draft.leaseDuration = terms.lease();
    draft.heartbeatInterval = terms.heartbeat();
    draft.takeoverAtFirstSight = world.scenario.tableClockError() != null;
    draft.maxTableClockError = world.scenario.tableClockError();
    draft.releasedItemRetention = world.scenario.retention();
    draft.bounds =
        world.scenario.bounds().onReached(bound -> world.happened("bound reached: " + bound));
    return draft.build();
  }

  /** Blocks user threads of the simulation, and never moves the world's time instead. */
  private final class UserMachine extends Machine {
    UserMachine(SplittableRandom random, double rate) {
      super(world.time, random, rate);
    }

    @Override
    protected void waitFor(CompletableFuture<?> future) throws InterruptedException {
      if (UserThread.current() == null) {
        throw new AssertionError("the world's own thread must not block");
      }
      super.waitFor(future);
    }
  }

  Reading reading() {
    return new Reading(world.now(), machine.nanoTime(), machine.epochMillis());
  }

  /** Runs blocking code of the user's on a thread, now or after a pause. */
  void block(Runnable code) {
    UserThread thread = new UserThread();
    add(thread);
    machine.run(() -> thread.start(code));
  }

  /** A user begins with code that may block, and may be interrupted. */
  void add(Blocked code) {
    blocked.removeIf(Blocked::isEnded);
    blocked.add(code);
  }

  /** For code of {@link #block}: lets time pass. */
  void pass(Duration duration) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    machine.after(duration, () -> over.complete(null));
    machine.awaitUninterruptibly(over);
  }

  /** Interrupts one of the users that block, if there is any. */
  void interruptSomebody() {
    blocked.removeIf(Blocked::isEnded);
    if (!blocked.isEmpty() && !machine.isPaused()) {
      blocked.get(world.random.nextInt(blocked.size())).interrupt();
    }
  }

  void connect(Condition condition) {
    link.condition(condition);
    noteHealth();
  }

  /** The world or this node's clocks have changed. */
  void noteHealth() {
    boolean good = link.condition().isConnected() && !machine.isPaused() && !crashed;
    if (health.get(health.size() - 1).good() != good) {
      health.add(new Health(world.now(), good));
    }
  }

  /** Stands still from now on. */
  void standStill(Consumer<Machine> how) {
    how.accept(machine);
    pausedAt = world.now();
    noteHealth();
  }

  /** Goes on after a pause. */
  void goOn(Consumer<Machine> how) {
    how.accept(machine);
    pauses.add(new Pause(pausedAt, world.now()));
    noteHealth();
  }

  /** Goes on after a hypervisor's pause, of which only the next answer with a date will tell. */
  void goOnUnaware() {
    unaware = true;
    wentOnAt = world.now();
    goOn(Machine::thaw);
  }

  /**
   * An answer has come. Slow ones tell the client nothing about its clock, nor do those that were
   * given before it stood still, or in its first moments. Dates are cut to the second.
   */
  void heard(@Nullable Instant date, long sent) {
    long since = VirtualTime.EPOCH + Duration.ofNanos(wentOnAt).toMillis();
    boolean tells = date != null && date.toEpochMilli() + 1_000 > since;
    if (tells && machine.nanoTime() - sent <= TELLING_ROUND_TRIP) {
      unaware = false;
    }
  }

  /** Whether its clock has stood still, and nothing could tell it so yet. */
  boolean isUnaware() {
    return unaware;
  }

  /** Whether the process stood still at some time of this, or within a moment before its end. */
  boolean stoodStill(long from, long to) {
    return pauses.stream().anyMatch(pause -> pause.to() >= from && pause.from() <= to);
  }

  /** Whether a callback may have come late: the process stood still, or had no thread for it. */
  boolean wasHindered(long from, long to) {
    return stoodStill(from, to) || executor.hadNoThread(from, to);
  }

  /** How far the wall clock is off from now on, besides its rate. */
  void wallError(Duration error) {
    wallChanges.add(world.now());
    machine.stepWallClock(error.minus(wallError));
    wallError = error;
  }

  /** Whether the wall clock was stepped at some time of this. */
  boolean wallChangedWithin(long from, long to) {
    return wallChanges.stream().anyMatch(at -> at >= from && at <= to);
  }

  Duration wallError() {
    return wallError;
  }

  void crash() {
    crashed = true;
    crashedAt = world.now();
    dismantle();
    noteHealth();
  }

  /** The world is over before its time: nothing may be asked of what would have come. */
  void cut() {
    health.add(new Health(world.now(), false));
    pauses.add(new Pause(machine.isPaused() ? pausedAt : world.now(), Long.MAX_VALUE));
  }

  /** The world is over. */
  void dismantle() {
    machine.crash();
    link.crash();
    blocked.forEach(Blocked::kill);
    blocked.clear();
  }

  /** Closes the client by the blocking call, or by that call cut where it blocks. */
  void close() {
    closing = true;
    closingAt = world.now();
    UserCall call = UserCall.within(terms.lease().dividedBy(2), this, "close of its client");
    world.history.calls.add(call);
    if (world.scenario.has(Scenario.Hazard.THREADS)) {
      block(
          () -> {
            client.close();
            call.end();
            closedAt = world.now();
          });
    } else {
      machine.run(
          () ->
              CutCalls.of(client)
                  .close()
                  .thenRun(
                      () ->
                          machine.run(
                              () -> {
                                call.end();
                                closedAt = world.now();
                              })));
    }
  }

  boolean isCrashed() {
    return crashed;
  }

  /** Whether users may still begin something here. */
  boolean isOpen() {
    return !crashed && !closing;
  }

  /** Whether it lived at some time, and had not begun to close. */
  boolean isOpenAt(long at) {
    return at < closingAt;
  }

  /** Whether it lived at some time, as {@link #isOpenAt}, or was killed later. */
  boolean livedAt(long at) {
    return at < crashedAt && isOpenAt(at);
  }

  /** A call that gives something back here: it takes as long as a request may take, at most. */
  UserCall release(String what) {
    return release(what, 1);
  }

  /** The same for several requests, one after another. */
  UserCall release(String what, int requests) {
    long attempt = Math.min(Duration.ofSeconds(1).toNanos(), terms.usable().toNanos() / 2);
    long longest = Math.max(terms.heartbeat().toNanos(), 2 * attempt);
    boolean mayWait = world.scenario.has(Scenario.Hazard.EXECUTORS);
    Duration outage = mayWait ? UnreliableExecutor.LONGEST_OUTAGE : Duration.ZERO;
    return UserCall.within(outage.plusNanos(requests * longest), this, "close of " + what);
  }

  boolean hasFullItems() {
    return world.scenario.has(Scenario.Hazard.FULL_ITEMS);
  }

  boolean isClosing() {
    return closing;
  }

  /** When closing its client has returned; never is the end. */
  long closedAt() {
    return closedAt;
  }

  boolean isClosed() {
    return closedAt != Long.MAX_VALUE;
  }

  @Override
  public String toString() {
    return name;
  }
}
