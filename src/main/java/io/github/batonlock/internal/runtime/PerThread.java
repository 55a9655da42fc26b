package io.github.batonlock.internal.runtime;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A value of each thread, kept here and not in the thread. A pooled thread outlives the program's
 * classes; a {@link ThreadLocal} would keep the value, and with it their class loader. Any thread.
 *
 * @param <T> the value
 */
public final class PerThread<T> {
  private final Map<Thread, T> values = Collections.synchronizedMap(new WeakHashMap<>());

  /** The value of the calling thread; null if it has none. */
  public @Nullable T get() {
    return values.get(Thread.currentThread());
  }

  public void set(T value) {
    values.put(Thread.currentThread(), value);
  }

  public void remove() {
    values.remove(Thread.currentThread());
  }
}
