package io.github.batonlock.internal.session;

import io.github.batonlock.Leases;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.SessionEvents;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The sessions of one client (protocol section 6). */
@ConfinedTo(ConfinedTo.LOOP)
public final class Sessions implements SessionEvents {
  /** Acquires the lease of a session with a new key. The result is completed on the loop. */
  public interface Opener {
    public CompletableFuture<Optional<DefaultHeldLock>> open(LockKey session);
  }

  private final ClientConfig config;
  private final EventLoop loop;
  private final RandomGenerator random;
  private final PendingWork work;
  private final Opener opener;
  private final Map<Leases, Session> usable = new HashMap<>();
  private final Map<LockKey, Session> byKey = new HashMap<>();

  public Sessions(
      ClientConfig config,
      EventLoop loop,
      RandomGenerator random,
      PendingWork work,
      Opener opener) {
    this.config = config;
    this.loop = loop;
    this.random = random;
    this.work = work;
    this.opener = opener;
  }

  /** The session for these leases; a new one if there is none that can be used. */
  Session of(Leases leases) {
    assert loop.isCurrent();
    Session current = usable.get(leases);
    if (current != null) {
      return current;
    }
    LockKey key = SessionKey.create(random, config.sortKeyName() != null);
    Session next = new Session(key, leases, this);
    usable.put(leases, next);
    byKey.put(next.key(), next);
    next.open(opener.open(key));
    return next;
  }

  /** The session for these leases, opening or open; null if there is none. */
  @Nullable Session usable(Leases leases) {
    assert loop.isCurrent();
    return usable.get(leases);
  }

  /** The session of this client with this key, if it can keep locks. */
  public @Nullable Session open(LockKey key) {
    assert loop.isCurrent();
    Session session = byKey.get(key);
    return session != null && session.isOpen() ? session : null;
  }

  /** No lock may be granted under this session from now on. */
  public void retire(Session session) {
    assert loop.isCurrent();
    usable.remove(session.leases(), session);
  }

  /** Nothing more will happen to this session. */
  void forget(Session session) {
    retire(session);
    byKey.remove(session.key());
  }

  @Override
  public void tell(LockKey key, Consumer<LockListener> event) {
    loop.execute(
        () -> {
          Session session = byKey.get(key);
          if (session != null) {
            event.accept(session);
          }
        });
  }

  @Override
  public void releaseUnconfirmed(LockKey key, LockException problem) {
    assert loop.isCurrent();
    Session session = byKey.get(key);
    if (session != null) {
      session.leftAtClose(problem);
      forget(session);
    }
  }

  /** The client has closed. Sessions that still wait for work under a lock have not ended. */
  public void leftAtClose(LockException problem) {
    assert loop.isCurrent();
    byKey.values().stream().filter(Session::isOpen).forEach(each -> each.leftAtClose(problem));
  }

  @Override
  public void asked(LockKey key, List<AskedRelease> asked) {
    assert loop.isCurrent();
    Session session = byKey.get(key);
    if (session != null) {
      asked.forEach(session::asked);
    }
  }

  public void count(Census census) {
    Set<Session> all = new HashSet<>(byKey.values());
    all.addAll(usable.values());
    census.add(Kept.SESSIONS, all.size());
    all.forEach(session -> session.count(census));
  }

  /** Ends a session when it has had no lock for a lease, or at once if the client is closing. */
  Timer endLater(Session session) {
    if (work.isClosing()) {
      session.endIfUnused();
      return () -> {};
    }
    return loop.schedule(config.terms().lease().toNanos(), session::endIfUnused);
  }

  /** The client closes. Sessions end when their locks have been given up. */
  public void close() {
    assert loop.isCurrent();
    List<Session> all = new ArrayList<>(usable.values());
    all.forEach(Session::endIfUnused);
  }
}
