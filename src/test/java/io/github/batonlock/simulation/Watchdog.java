package io.github.batonlock.simulation;

import io.github.batonlock.internal.virtual.UserThread;
import io.github.batonlock.simulation.ChunkRun.Failed;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A thread that notices schedules which do not end: a loop inside one task, or a thread that waits
 * for itself. (A loop of tasks ends by the bound of {@link
 * io.github.batonlock.internal.virtual.VirtualTime}.)
 */
final class Watchdog implements AutoCloseable {
  /** A thousand times as long as a schedule takes; machines may be busy. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int FRAMES = 12;

  private final Duration patience;
  private final Consumer<Failed> told;
  private final Map<Thread, Running> running = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private record Running(long seed, long since) {}

  /**
   * Begins to watch.
   *
   * @param patience how long a schedule may take
   * @param told of each schedule that takes longer, once, on the watchdog's own thread
   */
  Watchdog(Duration patience, Consumer<Failed> told) {
    this.patience = patience;
    this.told = told;
    Thread thread = new Thread(this::watch, "watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /** The calling thread begins a schedule. */
  void begins(long seed) {
    running.put(Thread.currentThread(), new Running(seed, System.nanoTime()));
  }

  /** The calling thread has ended its schedule. */
  void ended() {
    running.remove(Thread.currentThread());
  }

  private void watch() {
    try {
      while (!closed.await(patience.toMillis() / 10 + 1, TimeUnit.MILLISECONDS)) {
        running.forEach(this::look);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a watchdog is never interrupted", e);
    }
  }

  private void look(Thread thread, Running schedule) {
    boolean isStuck = System.nanoTime() - schedule.since() > patience.toNanos();
    if (isStuck && running.remove(thread, schedule)) {
      told.accept(new Failed(schedule.seed(), describe(thread), true));
    }
  }

  private String describe(Thread thread) {
    String users =
        Thread.getAllStackTraces().entrySet().stream()
            .filter(each -> UserThread.isOne(each.getKey()))
            .filter(each -> each.getKey().getState() == Thread.State.RUNNABLE)
            .map(each -> "; code of a user: " + frames(each.getValue()))
            .collect(Collectors.joining());
    return "no end after "
        + patience.toSeconds()
        + " s, in "
        + frames(thread.getStackTrace())
        + users;
  }

  private static String frames(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .limit(FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < "));
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
