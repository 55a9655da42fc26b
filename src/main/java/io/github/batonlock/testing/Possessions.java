package io.github.batonlock.testing;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.virtual.WorldTime;
import io.github.batonlock.testing.LockHistory.Event;
import io.github.batonlock.testing.LockHistory.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the clients of a testbed hold and wait for, written into its history. Any thread. */
final class Possessions {
  private final LockHistory history;
  private final WorldTime time;

  @GuardedBy("this")
  private final List<Possession> open = new ArrayList<>();

  @GuardedBy("this")
  private final Map<String, Integer> waits = new TreeMap<>();

  private record Possession(TestHost host, HeldLock lock) {}

  Possessions(LockHistory history, WorldTime time) {
    this.history = history;
    this.time = time;
  }

  /** Tells of the locks of one host. */
  LockListener listener(TestHost host) {
    return new LockListener() {
      @Override
      public void acquired(HeldLock lock) {
        begins(new Possession(host, lock));
      }

      @Override
      public void released(HeldLock lock) {
        ends(new Possession(host, lock), Kind.RELEASED, "");
      }

      @Override
      public void releaseUnconfirmed(HeldLock lock, LockException failure) {
        ends(new Possession(host, lock), Kind.RELEASED, "unconfirmed");
      }

      @Override
      public void revoked(HeldLock lock, Revocation revocation) {
        ends(new Possession(host, lock), Kind.REVOKED, revocation.reason().toString());
      }

      @Override
      public void waitBegan(LockKey key) {
        waits(host, key, 1);
      }

      @Override
      public void waitEnded(LockKey key) {
        waits(host, key, -1);
      }
    };
  }

  private synchronized void begins(Possession possession) {
    open.add(possession);
    // Of a lock that is over already, it is only known that it was held before now.
    Duration from = possession.lock().isHeld() ? time.elapsed() : Duration.ZERO;
    write(Kind.ACQUIRED, possession, from, "");
    observe(possession.lock().key());
  }

  @SuppressWarnings("ReferenceEquality") // The same hold, not an equal one.
  private synchronized void ends(Possession possession, Kind kind, String detail) {
    open.removeIf(each -> each.lock() == possession.lock());
    write(kind, possession, time.elapsed(), detail);
  }

  private synchronized void waits(TestHost host, LockKey key, int more) {
    int unused = waits.merge(host.name() + " " + key, more, Integer::sum);
  }

  /** Asks all holders of a lock, of all locks for null, whether they count it as held. */
  synchronized void observe(@Nullable LockKey key) {
    for (Possession each : open) {
      boolean isOfKey = key == null || each.lock().key().equals(key);
      if (isOfKey && each.host().isRunning() && each.lock().isHeld()) {
        write(Kind.HELD, each, time.elapsed(), "");
      }
    }
  }

  private void write(Kind kind, Possession possession, Duration from, String detail) {
    history.record(
        new Event(
            kind,
            possession.host().name(),
            possession.lock().key(),
            possession.lock().fencingToken(),
            from,
            time.elapsed(),
            detail));
  }

  /** What a host holds and waits for, for people. */
  synchronized String describe(TestHost host) {
    List<String> parts = new ArrayList<>();
    open.stream()
        .filter(each -> each.host().equals(host))
        .map(Possession::lock)
        .map(
            lock ->
                "holds '%s' (token %d, %s left)"
                    .formatted(
                        lock.key(),
                        lock.fencingToken(),
                        lock.remaining().toMillis() / 1000.0 + " s"))
        .forEach(parts::add);
    String prefix = host.name() + " ";
    waits.entrySet().stream()
        .filter(each -> each.getKey().startsWith(prefix) && each.getValue() > 0)
        .map(each -> "waits for '" + each.getKey().substring(prefix.length()) + "'")
        .forEach(parts::add);
    return parts.isEmpty() ? "holds and waits for nothing" : String.join(", ", parts);
  }

  /** The violations of the history, except of some locks. */
  List<String> violations(Predicate<LockKey> isExcused) {
    return history.found().stream()
        .filter(each -> !isExcused.test(each.key()))
        .map(HistoryChecker.Violation::text)
        .toList();
  }
}
