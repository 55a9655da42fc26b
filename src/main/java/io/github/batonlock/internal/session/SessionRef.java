package io.github.batonlock.internal.session;

import io.github.batonlock.Leases;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The session that will keep the lock of one acquisition, if the lease is shared. */
@ConfinedTo(ConfinedTo.LOOP)
public final class SessionRef {
  private final Sessions sessions;
  private final Leases leases;
  private @Nullable Session session;

  public SessionRef(Sessions sessions, Leases leases) {
    this.sessions = sessions;
    this.leases = leases;
  }

  /**
   * Whether a granting write can be sent now. A lock must not name a session that is not open yet.
   */
  public boolean isReady() {
    if (!leases.isShared()) {
      return true;
    }
    Session usable = sessions.usable(leases);
    if (usable == null) {
      return false;
    }
    use(usable);
    return usable.isOpen();
  }

  /** The open session; null for a lock with its own lease. */
  public @Nullable Session current() {
    return session;
  }

  /** Waits for the session, and opens it if no other acquisition has. */
  public void open(Consumer<Session> opened, Consumer<LockStoreException> failed) {
    Session opening = sessions.of(leases);
    use(opening);
    opening.whenOpen(opened, failed);
  }

  private void use(Session next) {
    if (next != session) {
      leave();
      session = next;
      next.enter(this);
    }
  }

  /** The acquisition no longer needs the session, or the session keeps its lock now. */
  public void leave() {
    Session before = session;
    session = null;
    if (before != null) {
      before.leave(this);
    }
  }
}
