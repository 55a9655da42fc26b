package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lines of a client's waiters, one for each lock that somebody waits for. On the loop. */
final class Lines {
  private final Core core;
  private final Map<LockKey, Line> byKey = new HashMap<>();

  Lines(Core core) {
    this.core = core;
  }

  /** Joins at the end. */
  Line join(Acquisition waiter) {
    Line line = byKey.computeIfAbsent(waiter.key(), key -> new Line(core));
    line.add(waiter);
    return line;
  }

  /** Leaves, wherever in line; whoever is first then goes on. */
  void leave(Acquisition waiter) {
    Line line = byKey.get(waiter.key());
    if (line == null || !line.contains(waiter)) {
      return;
    }
    boolean wasFirst = line.isFirst(waiter);
    line.remove(waiter);
    Acquisition next = line.first();
    if (next == null) {
      byKey.remove(waiter.key());
    } else if (wasFirst) {
      core.loop.execute(next::becameFirst);
    }
  }

  /** A hold of this client is over: in which way, others will tell. */
  void holdEnded(LockKey key) {
    Acquisition first = first(key);
    if (first != null) {
      first.holdEnded();
    }
  }

  /** This client has freed the lock. */
  void released(LockKey key) {
    Acquisition first = first(key);
    if (first != null) {
      first.lockWasReleased();
    }
  }

  /**
   * Who gets the lock from a hold that ends by its holder's wish.
   *
   * @return null if it is to be freed for everybody
   */
  @Nullable Acquisition nextHolder(LockKey key) {
    Line line = byKey.get(key);
    return line == null ? null : line.nextHolder();
  }

  private @Nullable Acquisition first(LockKey key) {
    Line line = byKey.get(key);
    return line == null ? null : line.first();
  }
}
