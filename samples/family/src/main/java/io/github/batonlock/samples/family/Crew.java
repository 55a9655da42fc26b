package io.github.batonlock.samples.family;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** People at work, each on a thread of his own. */
final class Crew implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> work = new ArrayList<>();

  /** What somebody does. */
  interface Work {
    void run() throws Exception;
  }

  void start(Work task) {
    work.add(
        threads.submit(
            () -> {
              task.run();
              return null;
            }));
  }

  /** Waits until all are done; fails with the first who failed. */
  void join() throws Exception {
    for (Future<?> each : work) {
      each.get();
    }
    work.clear();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
