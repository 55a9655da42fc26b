package io.github.batonlock.testing;

import io.github.batonlock.internal.time.CallbackExecutor;
import io.github.batonlock.internal.time.Clock;
import io.github.batonlock.internal.time.EventLoop;
import io.github.batonlock.internal.time.Platform;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A machine on virtual time, for one client: clocks, a loop and threads.
 *
 * <p>Its clocks may run at another rate than the world's. It may be paused, suspended, frozen, have
 * its wall clock stepped, and crash.
 */
public class Machine implements Platform, Clock, EventLoop {
  private static final long AWAKE = -1;

  private final VirtualTime time;
  private final RandomGenerator random;
  private final double rate;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private final CallbackExecutor callbacks;
  private Runnable beforeCallback = () -> {};
  private Runnable beforeThread = () -> {};
  private long wallOffsetMillis;
  private long unseenNanos;
  private long asleepSince = AWAKE;
  private boolean paused;
  private boolean shutDown;
  private boolean crashed;

  /**
   * A machine.
   *
   * @param time the world
   * @param random for the client
   * @param rate how fast both of its clocks run; 1.0 is right
   */
  public Machine(VirtualTime time, RandomGenerator random, double rate) {
    this.time = time;
    this.random = random;
    this.rate = rate;
    this.callbacks =
        new CallbackExecutor(
            task -> takeAfter(beforeCallback, task), task -> takeAfter(beforeThread, task), this);
  }

  /** Steps the wall clock. */
  public void stepWallClock(Duration step) {
    wallOffsetMillis += step.toMillis();
  }

  /**
   * The machine has been suspended for this long: the world and the wall clock went on, its
   * monotonic clock and everything on it stood still.
   */
  public void suspend(Duration duration) {
    sleep();
    time.advance(duration);
    wake();
  }

  /** The process has been stopped for this long; its clocks went on (SIGSTOP, SIGCONT). */
  public void pause(Duration duration) {
    pause();
    time.advance(duration);
  }

  /** From now on nothing runs; the clocks go on. */
  public void pause() {
    paused = true;
  }

  /** From now on nothing runs, and the monotonic clock stands still. */
  public void sleep() {
    paused = true;
    asleepSince = time.elapsed().toNanos();
  }

  /** Goes on after a pause; what became due meanwhile happens at once. */
  public void resume() {
    paused = false;
    while (!held.isEmpty()) {
      Runnable next = held.poll();
      time.schedule(0, () -> runHere(next));
    }
  }

  /** Goes on after a suspend, of which the monotonic clock saw nothing. */
  public void wake() {
    unseenNanos += byOwnClock(time.elapsed().toNanos() - asleepSince);
    asleepSince = AWAKE;
    resume();
  }

  /** Goes on after a hypervisor's pause, of which neither clock saw anything. */
  public void thaw() {
    long frozen = byOwnClock(time.elapsed().toNanos() - asleepSince);
    wallOffsetMillis -= Duration.ofNanos(frozen).toMillis();
    wake();
  }

  /** Nothing runs here any more, and nobody hears of it. */
  public void crash() {
    crashed = true;
    shutDown = true;
    held.clear();
  }

  public boolean isPaused() {
    return paused;
  }

  public boolean isShutDown() {
    return shutDown;
  }

  /** Does something on this machine, once it is not paused. */
  public void run(Runnable task) {
    if (crashed) {
      return;
    }
    if (paused) {
      held.add(task);
    } else {
      task.run();
    }
  }

  private void runHere(Runnable task) {
    run(
        () -> {
          if (!shutDown) {
            task.run();
          }
        });
  }

  private long byOwnClock(long worldNanos) {
    return rate == 1.0 ? worldNanos : (long) (worldNanos * rate);
  }

  @Override
  public Clock clock() {
    return this;
  }

  @Override
  public long nanoTime() {
    long world = asleepSince == AWAKE ? time.elapsed().toNanos() : asleepSince;
    return byOwnClock(world) - unseenNanos;
  }

  @Override
  public long epochMillis() {
    return VirtualTime.EPOCH
        + Duration.ofNanos(byOwnClock(time.elapsed().toNanos())).toMillis()
        + wallOffsetMillis;
  }

  @Override
  public EventLoop loop() {
    return this;
  }

  @Override
  public boolean execute(Runnable task) {
    if (shutDown) {
      return false;
    }
    time.schedule(0, () -> runHere(task));
    return true;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    DueTimer timer = new DueTimer(nanoTime() + Math.max(0, delayNanos), () -> runHere(task));
    timer.arm();
    return timer;
  }

  /** Does something later by this machine's clock, also after the client has shut down. */
  public Timer after(Duration delay, Runnable task) {
    DueTimer timer = new DueTimer(nanoTime() + delay.toNanos(), () -> run(task));
    timer.arm();
    return timer;
  }

  /** Fires by the machine's monotonic clock, which may have stood still meanwhile. */
  private final class DueTimer implements Timer {
    private final long due;
    private final Runnable task;
    private Timer armed = () -> {};
    private boolean cancelled;

    DueTimer(long due, Runnable task) {
      this.due = due;
      this.task = task;
    }

    void arm() {
      long left = due - nanoTime();
      armed = time.schedule(rate == 1.0 ? left : (long) Math.ceil(left / rate), this::fire);
    }

    private void fire() {
      run(this::fireHere);
    }

    private void fireHere() {
      if (cancelled) {
        return;
      }
      if (nanoTime() < due) {
        arm();
      } else {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      armed.cancel();
    }
  }

  @Override
  public Executor requests() {
    return task -> time.schedule(0, task);
  }

  /** Also after the client has shut down: user code is never dropped. */
  @Override
  public Executor callbacks() {
    return callbacks;
  }

  private void takeAfter(Runnable before, Runnable task) {
    before.run();
    time.schedule(0, () -> run(task));
  }

  /** What the user's callback executor does before it takes a task, from now on; it may throw. */
  public void beforeCallback(Runnable action) {
    beforeCallback = action;
  }

  /** What is done before the client gets a thread of its own for a callback; it may throw. */
  public void beforeThread(Runnable action) {
    beforeThread = action;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /** A blocking call moves the world's time until it has what it waits for. */
  @Override
  public <T> T await(CompletableFuture<T> future) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    while (!future.isDone()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      waitFor(future);
    }
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    }
  }

  /**
   * Lets something happen that may complete a future. Returns without it, too.
   *
   * @param future what somebody waits for
   * @throws InterruptedException if the waiting thread is interrupted
   */
  protected void waitFor(CompletableFuture<?> future) throws InterruptedException {
    if (!time.runNext(Long.MAX_VALUE)) {
      throw new AssertionError("a blocking call would wait for ever");
    }
  }

  @Override
  public void shutdown(boolean interruptCallbacks) {
    shutdown();
  }

  @Override
  public void shutdown() {
    shutDown = true;
    time.schedule(0, () -> run(callbacks::loopEnded));
  }
}
