package io.github.batonlock.internal.protocol;

import io.github.batonlock.LockKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The versions that this client has seen, and since when. They are kept across calls.
 *
 * <p>The observations of a waiter are kept as long as it waits, whatever their number. All others
 * share a bounded memory. An observation saves the time that it has lasted, so the one that saves
 * least is forgotten first: one of a holder that was seen alive, which will be observed anew
 * anyway; then one of a holder that was seen for the shortest time, which is the newest. To forget
 * the one not used for longest would be wrong: a caller that visits more locks in turn than there
 * is room for would lose each observation before its next visit, and never take a lock over. Only
 * observations without a look for ten minutes go first.
 *
 * <p>Uses the monotonic clock only: a larger value would be the unsafe direction for a waiter. Used
 * by one thread.
 */
public final class Observations {
  /**
   * Usually much longer than a lease: a caller that has not come back by then may never come back.
   */
  private static final long UNUSED = Duration.ofMinutes(10).toNanos();

  /** The size of an entry besides its texts. */
  private static final int OVERHEAD_BYTES = 300;

  private final Limit locks;
  private final Limit bytes;
  private final Limit replaced;
  private final Map<LockKey, Entry> byKey = new HashMap<>();

  /** Observations that no waiter keeps; the one without a look for longest first. */
  private final Map<LockKey, Entry> shared = new LinkedHashMap<>(16, 0.75f, true);

  /** The same observations; the one that saves least last. */
  private final TreeSet<Entry> byUse = new TreeSet<>(Observations::compareUse);

  private long sharedBytes;
  private long made;

  /** The observation of one lock. */
  private static final class Entry {
    final LockKey key;
    @Nullable Observation seen;
    @Nullable Long missingSince;
    int waiters;

    /** A number for each observation, in the order in which they began. */
    long began;

    long lookedAt;
    long bytes;

    Entry(LockKey key) {
      this.key = key;
    }

    boolean isAlive() {
      return seen != null && !seen.replaced().isEmpty();
    }

    boolean isEmpty() {
      return seen == null && missingSince == null;
    }
  }

  /**
   * Creates an empty memory.
   *
   * @param locks how many are observed besides those with waiters
   * @param bytes how much memory they take, about
   * @param replaced how many replaced versions of each are remembered
   */
  public Observations(Limit locks, Limit bytes, Limit replaced) {
    this.locks = locks;
    this.bytes = bytes;
    this.replaced = replaced;
  }

  /**
   * Records a held lock.
   *
   * @param key the lock
   * @param item the item that was read
   * @param now the monotonic clock, read after the answer was in hand
   * @return the observation of this version, begun now or earlier
   */
  public Observation see(LockKey key, LockItem item, long now) {
    Observation before = of(key);
    Observation after =
        before == null ? Observation.first(item, now) : before.next(item, now, replaced);
    looked(key, after, null, now);
    return after;
  }

  /**
   * Records that there is no item where one has to be.
   *
   * @param key the session
   * @param now the monotonic clock, read after the answer was in hand
   * @return since when it has been missing
   */
  public long missing(LockKey key, long now) {
    Entry known = byKey.get(key);
    Long before = known == null ? null : known.missingSince;
    long since = before == null ? now : before;
    looked(key, null, since, now);
    return since;
  }

  /**
   * How many observations are kept for waiters.
   *
   * @return zero when there are no waiters
   */
  public int waitersOwn() {
    return (int) byKey.values().stream().filter(entry -> entry.waiters > 0).count();
  }

  private void looked(
      LockKey key, @Nullable Observation seen, @Nullable Long missingSince, long now) {
    Entry entry = byKey.computeIfAbsent(key, Entry::new);
    unshare(entry);
    boolean isNew =
        entry.isEmpty()
            || (seen == null) != (entry.seen == null)
            || (seen != null && entry.seen != null && seen.since() != entry.seen.since());
    entry.began = isNew ? ++made : entry.began;
    entry.seen = seen;
    entry.missingSince = missingSince;
    entry.lookedAt = now;
    if (entry.waiters == 0) {
      share(entry);
      forgetBeyondTheBound(now);
    }
  }

  private static int compareUse(Entry a, Entry b) {
    int order = Boolean.compare(a.isAlive(), b.isAlive());
    return order == 0 ? Long.compare(a.began, b.began) : order;
  }

  private void share(Entry entry) {
    entry.bytes = bytesOf(entry);
    sharedBytes += entry.bytes;
    shared.put(entry.key, entry);
    byUse.add(entry);
  }

  private void unshare(Entry entry) {
    if (shared.remove(entry.key) != null) {
      byUse.remove(entry);
      sharedBytes -= entry.bytes;
    }
  }

  private static long bytesOf(Entry entry) {
    Observation seen = entry.seen;
    long texts = entry.key.partitionKey().length();
    texts += entry.key.sortKey().map(String::length).orElse(0);
    if (seen != null) {
      texts += seen.version().length() + seen.replaced().stream().mapToLong(String::length).sum();
    }
    return OVERHEAD_BYTES + texts;
  }

  private void forgetBeyondTheBound(long now) {
    boolean tooMany = shared.size() > locks.most();
    while (!shared.isEmpty() && (tooMany || sharedBytes > bytes.most())) {
      (tooMany ? locks : bytes).passed().run();
      Iterator<Entry> longestUnused = shared.values().iterator();
      Entry oldest = longestUnused.next();
      Entry least = now - oldest.lookedAt > UNUSED ? oldest : byUse.last();
      unshare(least);
      byKey.remove(least.key);
      tooMany = shared.size() > locks.most();
    }
  }

  /**
   * The observation of a lock.
   *
   * @param key the lock
   * @return null if this client has seen no holder
   */
  public @Nullable Observation of(LockKey key) {
    Entry entry = byKey.get(key);
    return entry == null ? null : entry.seen;
  }

  /**
   * Whether an item shows a version that this client has seen replaced.
   *
   * @param key the lock
   * @param item the item that was read
   * @return true for an item that is out of date, unless an old item was restored
   */
  public boolean hasSeenReplaced(LockKey key, LockItem item) {
    Observation seen = of(key);
    return seen != null && seen.replaced().contains(item.version());
  }

  /**
   * A waiter observes a lock from now on: its observation is not forgotten for lack of room.
   *
   * @param key the lock, or a session
   */
  public void retain(LockKey key) {
    Entry entry = byKey.computeIfAbsent(key, Entry::new);
    unshare(entry);
    entry.waiters++;
  }

  /**
   * A waiter no longer observes a lock.
   *
   * @param key as often as it was retained
   * @param now the monotonic clock
   */
  public void release(LockKey key, long now) {
    Entry entry = byKey.get(key);
    if (entry == null || entry.waiters == 0) {
      throw new IllegalStateException("'" + key + "' is not retained");
    }
    entry.waiters--;
    if (entry.waiters == 0) {
      if (entry.isEmpty()) {
        byKey.remove(key);
      } else {
        share(entry);
        forgetBeyondTheBound(now);
      }
    }
  }

  /**
   * Forgets a lock that was seen free or taken.
   *
   * @param key the lock
   */
  public void forget(LockKey key) {
    Entry entry = byKey.get(key);
    if (entry != null) {
      forget(entry);
      if (entry.waiters == 0) {
        byKey.remove(key);
      }
    }
  }

  private void forget(Entry entry) {
    unshare(entry);
    entry.seen = null;
    entry.missingSince = null;
  }

  /** Forgets everything: the clock that timed the observations was wrong. */
  public void clear() {
    byKey.values().forEach(this::forget);
    byKey.values().removeIf(entry -> entry.waiters == 0);
  }
}
