package io.github.batonlock.spring;

import io.github.batonlock.internal.runtime.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.integration.support.locks.DistributedLock;

/**
 * The lock objects of one registry, by their names. A lock that is in use stays; of the others, the
 * one that was used least recently is evicted. An evicted object still works, and is the object of
 * its name again if it is used before another one is made. Any thread.
 */
final class LockCache {
  private final int capacity;
  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * A lock in the cache.
   *
   * @param users the threads that hold the lock or acquire it
   * @param usedAt when it was used, in nanoseconds
   */
  private record Entry(DistributedLock lock, int users, long usedAt) {}

  LockCache(int capacity, LongSupplier nanoTime) {
    this.capacity = capacity;
    this.nanoTime = nanoTime;
  }

  synchronized DistributedLock obtain(String name, Function<String, DistributedLock> make) {
    Entry known = entries.get(name);
    Entry entry = known == null ? added(name, make.apply(name)) : known;
    change(name, entry, 0);
    return entry.lock;
  }

  /** A thread begins to use a lock: it is not evicted before the thread has ended that. */
  synchronized void begins(String name, DistributedLock lock) {
    Entry known = entries.get(name);
    change(name, known == null ? added(name, lock) : known, 1);
  }

  synchronized void ends(String name) {
    change(name, Objects.requireNonNull(entries.get(name)), -1);
  }

  synchronized void touch(String name) {
    change(name, Objects.requireNonNull(entries.get(name)), 0);
  }

  private void change(String name, Entry entry, int users) {
    entries.put(name, new Entry(entry.lock, entry.users + users, nanoTime.getAsLong()));
  }

  private Entry added(String name, DistributedLock lock) {
    evictUnused();
    if (entries.size() >= capacity) {
      throw new CannotAcquireLockException(
          "Lock '"
              + name
              + "' does not fit into the registry: all "
              + capacity
              + " locks of its cache are in use; unlock some, or set a higher cacheCapacity");
    }
    return new Entry(lock, 0, nanoTime.getAsLong());
  }

  private void evictUnused() {
    Iterator<Entry> eldest = entries.values().iterator();
    while (entries.size() >= capacity && eldest.hasNext()) {
      if (eldest.next().users == 0) {
        eldest.remove();
      }
    }
  }

  synchronized void expire(long millis) {
    long now = nanoTime.getAsLong();
    long age = TimeUnit.MILLISECONDS.toNanos(millis);
    entries.values().removeIf(entry -> entry.users == 0 && now - entry.usedAt >= age);
  }
}
