package io.github.batonlock.spring;

import io.github.batonlock.HeldLock;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.PerThread;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The locks of one registry that each thread holds, by their names. Any thread. */
final class ThreadHolds {
  private final PerThread<Map<String, ThreadHold>> holds = new PerThread<>();

  /** The hold of one thread, and how often it has locked. */
  @ConfinedTo(ConfinedTo.ONE_THREAD)
  static final class ThreadHold {
    final HeldLock lock;
    long count = 1;

    ThreadHold(HeldLock lock) {
      this.lock = lock;
    }
  }

  /** The hold of the calling thread; null if it has none. */
  @Nullable ThreadHold get(String name) {
    Map<String, ThreadHold> ofThread = holds.get();
    return ofThread == null ? null : ofThread.get(name);
  }

  /** The lock that the calling thread holds. */
  Optional<HeldLock> held(String name) {
    return Optional.ofNullable(get(name)).map(hold -> hold.lock);
  }

  void began(String name, HeldLock lock) {
    Map<String, ThreadHold> ofThread = holds.get();
    if (ofThread == null) {
      ofThread = new HashMap<>();
      holds.set(ofThread);
    }
    ofThread.put(name, new ThreadHold(lock));
  }

  void ended(String name) {
    Map<String, ThreadHold> ofThread = holds.get();
    if (ofThread != null && ofThread.remove(name) != null && ofThread.isEmpty()) {
      holds.remove();
    }
  }
}
