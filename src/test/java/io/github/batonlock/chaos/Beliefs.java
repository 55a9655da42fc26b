package io.github.batonlock.chaos;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.chaos.Event.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Asks locks, without a pause, whether they are held, and writes down each yes that matters.
 *
 * <p>A yes is a claim about one instant between the two readings of the clock around the question,
 * no more: a process can be stopped right after it. Of a lock's many claims the first, the last,
 * and some in between are kept. Locks are asked for a while after their end, too: nothing may
 * revive them.
 */
final class Beliefs {
  private static final long PAUSE = Duration.ofMillis(2).toNanos();
  private static final long BETWEEN_LINES = Duration.ofMillis(25).toNanos();
  private static final long AFTER_END = Duration.ofSeconds(1).toNanos();

  private final History history;
  private final Map<HeldLock, Claims> watched = new ConcurrentHashMap<>();

  Beliefs(History history) {
    this.history = history;
  }

  /** What the sampling thread knows of one lock; only it uses this. */
  private static final class Claims {
    private long writtenAt;
    private long lastFrom;
    private long lastTo;
    private boolean unwritten;
    private long silentSince;
  }

  /** Asks this lock from now on, until it is over. */
  void watch(HeldLock lock) {
    watched.put(lock, new Claims());
  }

  /** Asks once, in one of the ways there are; a yes is written down before this returns. */
  boolean ask(HeldLock lock, RandomGenerator random) {
    long from = System.nanoTime();
    boolean held = answer(lock, random.nextInt(3));
    long to = System.nanoTime();
    if (held) {
      write(lock, from, to);
    }
    return held;
  }

  private static boolean answer(HeldLock lock, int way) {
    try {
      switch (way) {
        case 0 -> {
          return lock.isHeld();
        }
        case 1 -> lock.ensureHeld();
        default -> lock.ensureHeldFor(Duration.ofMillis(50));
      }
      return true;
    } catch (LockNotHeldException e) {
      return false;
    }
  }

  /** Samples until the thread is interrupted. */
  void run() {
    while (!Thread.currentThread().isInterrupted()) {
      watched.forEach(this::sample);
      LockSupport.parkNanos(PAUSE);
    }
  }

  private void sample(HeldLock lock, Claims claims) {
    long from = System.nanoTime();
    boolean held = lock.isHeld();
    long to = System.nanoTime();
    if (held) {
      claims.silentSince = 0;
      claims.lastFrom = from;
      claims.lastTo = to;
      claims.unwritten = true;
      if (from - claims.writtenAt >= BETWEEN_LINES) {
        writeLast(lock, claims);
      }
      return;
    }
    if (claims.unwritten) {
      writeLast(lock, claims);
    }
    if (claims.silentSince == 0) {
      claims.silentSince = to;
    } else if (to - claims.silentSince > AFTER_END) {
      watched.remove(lock);
    }
  }

  private void writeLast(HeldLock lock, Claims claims) {
    claims.unwritten = false;
    claims.writtenAt = claims.lastFrom;
    write(lock, claims.lastFrom, claims.lastTo);
  }

  private void write(HeldLock lock, long from, long to) {
    history.add(from, to, Kind.HELD, lock.key().partitionKey(), lock.fencingToken(), "");
  }
}
