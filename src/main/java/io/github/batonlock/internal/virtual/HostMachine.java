package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The machine of a process under test: a blocking call of the test's own thread moves the world's
 * time, one of the process's code gives the turn back to the world.
 *
 * <p>All code of the process runs on threads that take turns with the world, callbacks included, so
 * that each of them may block.
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class HostMachine extends Machine {
  /** How long code may keep the world waiting by waiting for what is not of the world. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final ThreadLocal<@Nullable HostMachine> CURRENT = new ThreadLocal<>();

  private final HostWorld world;
  private final String name;

  /** A machine with clocks that are right. */
  public HostMachine(HostWorld world, String name, RandomGenerator random) {
    super(world.time, random, 1.0);
    this.world = world;
    this.name = name;
  }

  /** The machine whose code the calling thread runs; null for none. */
  public static @Nullable HostMachine current() {
    return CURRENT.get();
  }

  /** Runs code of the process, which may block, on a thread of its own. */
  public void start(Runnable code) {
    UserThread thread = newThread();
    add(thread);
    world.time.schedule(0, () -> run(() -> thread.start(() -> runUserCode(code))));
  }

  /** Lets time pass. For code of the process, and for the test's own thread. */
  public void sleep(Duration duration) throws InterruptedException {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    after(duration, () -> over.complete(true));
    await(over);
  }

  @Override
  protected UserThread newThread() {
    return new UserThread(
        thread -> world.time.schedule(0, () -> run(thread::wakeInterrupted)), PATIENCE);
  }

  @Override
  protected void runUserCode(Runnable code) {
    CURRENT.set(this);
    try {
      super.runUserCode(code);
    } finally {
      CURRENT.remove();
    }
  }

  @Override
  protected void runCallback(Runnable task) {
    run(
        () -> {
          UserThread thread = newThread();
          add(thread);
          thread.start(() -> runUserCode(task));
        });
  }

  @Override
  public boolean execute(Runnable task) {
    world.check("of host '" + name + "'");
    return super.execute(task);
  }

  @Override
  public <T> T await(CompletableFuture<T> future) throws InterruptedException {
    world.check("of host '" + name + "'");
    if (UserThread.current() == null) {
      world.moveUntil("A blocking call of host '" + name + "' did not end", future::isDone);
    }
    return super.await(future);
  }
}
