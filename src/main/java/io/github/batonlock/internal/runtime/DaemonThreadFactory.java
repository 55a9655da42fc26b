package io.github.batonlock.internal.runtime;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A factory of daemon threads. They inherit nothing from the thread that happens to need one:
 * neither its inheritable thread locals nor its class loader.
 */
final class DaemonThreadFactory implements ThreadFactory {
  private final String name;
  private final Maker maker;
  private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
  private final AtomicInteger count = new AtomicInteger();

  /** A factory of threads of some class. */
  @FunctionalInterface
  interface Maker {
    Thread make(Runnable task, String name);
  }

  /**
   * Creates a factory of plain threads.
   *
   * @param name of all, with a number behind it
   */
  DaemonThreadFactory(String name) {
    this(name, (task, numbered) -> new Thread(null, task, numbered, 0, false));
  }

  DaemonThreadFactory(String name, Maker maker) {
    this.name = name;
    this.maker = maker;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = maker.make(task, name + "-" + count.incrementAndGet());
    thread.setDaemon(true);
    thread.setContextClassLoader(classLoader);
    return thread;
  }
}
