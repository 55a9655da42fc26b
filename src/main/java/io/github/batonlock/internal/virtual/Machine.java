package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.CallbackExecutor;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.OwnThread;
import io.github.batonlock.internal.runtime.Platform;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
@ConfinedTo(ConfinedTo.ONE_THREAD)
public class Machine implements Platform, EventLoop {
  private static final long AWAKE = -1;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final VirtualTime time;
  private final RandomGenerator random;
  private final double rate;
  private final Deque<Runnable> held = new ArrayDeque<>();
  private final CallbackExecutor callbacks;
  private final List<UserThread> threads = new ArrayList<>();
  private final List<String> threadNames = new ArrayList<>();
  private final List<Throwable> uncaught = new ArrayList<>();
  private Runnable beforeCallback = () -> {};
  private Runnable beforeThread = () -> {};
  private long wallOffsetMillis;
  private long unseenNanos;
  private long asleepSince = AWAKE;
  private boolean paused;
  private boolean shutDown;
  private boolean crashed;
  private boolean onLoop;
  private int timers;

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
    asleepSince = time.nanos();
  }

  /** Goes on after a pause; what became due meanwhile happens at once. */
  public void resume() {
    paused = false;
    while (!held.isEmpty()) {
      Runnable next = held.poll();
      time.schedule(0, () -> run(next));
    }
  }

  /** Goes on after a suspend, of which the monotonic clock saw nothing. */
  public void wake() {
    unseenNanos += byOwnClock(time.nanos() - asleepSince);
    asleepSince = AWAKE;
    resume();
  }

  /** Goes on after a hypervisor's pause, of which neither clock saw anything. */
  public void thaw() {
    long frozen = byOwnClock(time.nanos() - asleepSince);
    wallOffsetMillis -= frozen / NANOS_PER_MILLI;
    wake();
  }

  /** Goes on after whatever has stopped it. */
  public void goOn() {
    if (asleepSince != AWAKE) {
      wake();
    } else {
      resume();
    }
  }

  /** Nothing runs here any more, and no other machine hears of it. */
  public void crash() {
    crashed = true;
    shutDown = true;
    held.clear();
    threads.forEach(UserThread::kill);
    threads.clear();
  }

  public boolean isPaused() {
    return paused;
  }

  public boolean isShutDown() {
    return shutDown;
  }

  public boolean isCrashed() {
    return crashed;
  }

  /** How many timers of the client are neither due yet nor cancelled. */
  public int timers() {
    return timers;
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

  private long byOwnClock(long worldNanos) {
    return rate == 1.0 ? worldNanos : (long) (worldNanos * rate);
  }

  @Override
  public long nanoTime() {
    long world = asleepSince == AWAKE ? time.nanos() : asleepSince;
    return byOwnClock(world) - unseenNanos;
  }

  @Override
  public long epochMillis() {
    return VirtualTime.EPOCH + byOwnClock(time.nanos()) / NANOS_PER_MILLI + wallOffsetMillis;
  }

  @Override
  public EventLoop loop() {
    return this;
  }

  /** What the test does itself counts as a task of the loop: for tests of what belongs to it. */
  public Machine asLoop() {
    onLoop = true;
    return this;
  }

  /** Drops a task of the loop once that has been shut down. */
  private void runOnLoop(Runnable task) {
    if (paused) {
      run(() -> runOnLoop(task));
    } else if (!shutDown) {
      boolean before = onLoop;
      onLoop = true;
      try {
        task.run();
      } finally {
        onLoop = before;
      }
    }
  }

  @Override
  public boolean isCurrent() {
    return onLoop;
  }

  @Override
  public boolean execute(Runnable task) {
    if (shutDown) {
      return false;
    }
    time.schedule(0, () -> runOnLoop(task));
    return true;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    return new DueTimer(Math.max(0, delayNanos), task, true).arm();
  }

  /** Does something later by this machine's clock, also after the client has shut down. */
  public Timer after(Duration delay, Runnable task) {
    return new DueTimer(delay.toNanos(), task, false).arm();
  }

  /** Fires by the machine's monotonic clock, which may have stood still meanwhile. */
  private final class DueTimer implements Timer, Runnable {
    private final long due;
    private final Runnable task;
    private final boolean isOfLoop;
    private Timer armed = () -> {};
    private boolean cancelled;
    private boolean ended;

    DueTimer(long delayNanos, Runnable task, boolean isOfLoop) {
      this.due = nanoTime() + delayNanos;
      this.task = task;
      this.isOfLoop = isOfLoop;
      timers += isOfLoop ? 1 : 0;
    }

    Timer arm() {
      long left = due - nanoTime();
      armed = time.schedule(rate == 1.0 ? left : (long) Math.ceil(left / rate), this);
      return this;
    }

    @Override
    public void run() {
      if (cancelled) {
        return;
      }
      if (paused) {
        Machine.this.run(this);
      } else if (nanoTime() < due) {
        arm();
      } else if (isOfLoop) {
        end();
        runOnLoop(task);
      } else {
        Machine.this.run(task);
      }
    }

    @Override
    public void cancel() {
      armed.cancel();
      end();
      cancelled = true;
    }

    private void end() {
      timers -= isOfLoop && !ended ? 1 : 0;
      ended = true;
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
    time.schedule(0, () -> runCallback(task));
  }

  /** Runs user code that the client calls, once the machine is not paused. */
  protected void runCallback(Runnable task) {
    run(task);
  }

  /** What the user's callback executor does before it takes a task, from now on; it may throw. */
  public void beforeCallback(Runnable action) {
    beforeCallback = action;
  }

  /** What is done before the client gets a thread of its own for a callback; it may throw. */
  public void beforeThread(Runnable action) {
    beforeThread = action;
  }

  /** Also after the client has shut down. The thread takes turns with the world. */
  @Override
  public OwnThread startThread(String name, Runnable task) {
    beforeThread.run();
    UserThread thread = newThread();
    add(thread);
    threadNames.add(name);
    time.schedule(0, () -> run(() -> thread.start(() -> runUserCode(task))));
    return new OwnThread() {
      @Override
      public void interrupt() {
        time.schedule(0, () -> run(thread::interrupt));
      }

      @Override
      public boolean isCurrent() {
        return UserThread.current() == thread;
      }
    };
  }

  /** A thread that runs nothing yet. */
  protected UserThread newThread() {
    return new UserThread();
  }

  /** A crash ends the thread. */
  protected final void add(UserThread thread) {
    threads.removeIf(UserThread::isEnded);
    threads.add(thread);
  }

  /** Runs code on a thread of its own. */
  protected void runUserCode(Runnable code) {
    try {
      code.run();
    } catch (UserThread.Killed e) {
      throw e;
    } catch (Throwable t) {
      uncaught.add(t);
    }
  }

  /** The names of all threads that the client has made for one task each. */
  public List<String> threadNames() {
    return threadNames;
  }

  /** What went to the uncaught exception handlers of these threads. */
  public List<Throwable> uncaught() {
    return uncaught;
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
   * Lets something happen that may complete a future. Returns without it, too. A thread of user
   * code stands still meanwhile; the test's own thread moves the world.
   *
   * @param future what the caller waits for
   * @throws InterruptedException if the waiting thread is interrupted
   */
  protected void waitFor(CompletableFuture<?> future) throws InterruptedException {
    UserThread caller = UserThread.current();
    if (caller != null) {
      var unused =
          future.whenComplete(
              (value, failure) -> time.schedule(0, () -> run(() -> caller.wake(future))));
      caller.park(future);
    } else if (!time.runNext(Long.MAX_VALUE)) {
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
