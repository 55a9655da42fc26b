package io.github.batonlock.internal.client;

import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sessions of one client (protocol section 6). */
@ConfinedTo(ConfinedTo.LOOP)
final class Sessions {
  private final Core core;
  private final Map<Leases, Session> usable = new HashMap<>();
  private final Map<LockKey, Session> byKey = new HashMap<>();

  Sessions(Core core) {
    this.core = core;
  }

  /** The session for these leases; a new one if there is none that can be used. */
  Session of(Leases leases) {
    assert core.loop.isCurrent();
    Session current = usable.get(leases);
    if (current != null) {
      return current;
    }
    Session next = new Session(core, leases);
    usable.put(leases, next);
    byKey.put(next.key(), next);
    next.open();
    return next;
  }

  /** The session for these leases, opening or open; null if there is none. */
  @Nullable Session usable(Leases leases) {
    assert core.loop.isCurrent();
    return usable.get(leases);
  }

  /** The session of this client with this key, if it can keep locks. */
  @Nullable Session open(LockKey key) {
    Session session = byKey.get(key);
    return session != null && session.isOpen() ? session : null;
  }

  /** No lock may be granted under this session from now on. */
  void retire(Session session) {
    assert core.loop.isCurrent();
    usable.remove(session.leases(), session);
  }

  /** Nothing more will happen to this session. */
  void forget(Session session) {
    retire(session);
    byKey.remove(session.key());
  }

  /** Tells a session what happened to its lease. Any thread. */
  void tell(LockKey key, Consumer<LockListener> event) {
    core.loop.execute(
        () -> {
          Session session = byKey.get(key);
          if (session != null) {
            event.accept(session);
          }
        });
  }

  /** The release requests that a heartbeat of a session has brought back, for any of its locks. */
  void asked(LockKey key, List<AskedRelease> asked) {
    assert core.loop.isCurrent();
    Session session = byKey.get(key);
    if (session != null) {
      asked.forEach(session::asked);
    }
  }

  void count(Census census) {
    Set<Session> all = new HashSet<>(byKey.values());
    all.addAll(usable.values());
    census.add(Kept.SESSIONS, all.size());
    all.forEach(session -> session.count(census));
  }

  /** The client closes. Sessions end when their locks have been given up. */
  void close() {
    assert core.loop.isCurrent();
    List<Session> all = new ArrayList<>(usable.values());
    all.forEach(Session::endIfUnused);
  }
}
