package io.github.batonlock.internal.runtime;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes daemon threads, which take over nothing from the thread that happens to need one: neither
 * its inheritable thread locals nor its class loader.
 */
final class Daemons implements ThreadFactory {
  private final String name;
  private final Maker maker;
  private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
  private final AtomicInteger count = new AtomicInteger();

  /** Makes a thread of some class. */
  @FunctionalInterface
  interface Maker {
    Thread make(Runnable task, String name);
  }

  /**
   * Plain threads.
   *
   * @param name of all, with a number behind it
   */
  Daemons(String name) {
    this(name, (task, numbered) -> new Thread(null, task, numbered, 0, false));
  }

  Daemons(String name, Maker maker) {
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
