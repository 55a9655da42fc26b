package io.github.batonlock;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a held lock's lease is renewed: by the lock's own heartbeats, or by those of a session shared
 * with other locks of the same client.
 *
 * <p>With its own lease (the default) a lock costs one write per heartbeat interval, and is lost
 * independently of other locks. With a shared lease all locks of a session together cost one write
 * per interval, and are kept or lost together. A client can have several sessions, each with a name
 * that only the client knows. Put locks that may be lost together into one session.
 *
 * <p>A shared lease has the duration and the heartbeat interval of its client. A session begins
 * with the first lock that needs it, which costs one additional write. It ends one lease after the
 * last of its locks was released, or with the client: closing a client frees all its shared locks
 * with one write per session.
 *
 * <p><strong>With a shared lease, a holder learns late that an operator changed its lock
 * item.</strong> No heartbeat writes that item while the lock is held, so no answer tells the
 * holder that the item was deleted, edited, or marked as released. The client reads each such item
 * once in ten leases, and at most two items a second; until then, this holder and the next one may
 * both believe that they hold the lock. {@link HeldLock#updateData} and {@link HeldLock#guard}
 * notice the change at once.
 *
 * <p><strong>Do not use shared leases on a table that clients of other libraries also use</strong>
 * (the awslabs client, dynamolock): those clients know no sessions, see a version that does not
 * change, and take over the lock from its living holder. Clients of Baton may mix both kinds of
 * lease on one table.
 *
 * <p>Immutable.
 */
public final class Leases {
  private static final Leases OWN = new Leases(null);
  private static final Leases SHARED = new Leases("");

  private final @Nullable String session;

  private Leases(@Nullable String session) {
    this.session = session;
  }

  /**
   * Gives each lock its own lease.
   *
   * @return the default
   */
  public static Leases own() {
    return OWN;
  }

  /**
   * Gives one lease to all locks of the client that ask for it.
   *
   * @return the client's nameless session
   */
  public static Leases shared() {
    return SHARED;
  }

  /**
   * Gives one lease to all locks of the client that name the same session.
   *
   * @param name not empty; has a meaning within the client only, and is not stored
   * @return the client's session of that name
   */
  public static Leases session(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "The name of a session must not be empty; use Leases.shared() for the nameless one");
    }
    return new Leases(name);
  }

  /**
   * Returns whether locks share the lease.
   *
   * @return false for {@link #own}
   */
  public boolean isShared() {
    return session != null;
  }

  /**
   * Returns the session's name.
   *
   * @return empty for {@link #own} and {@link #shared}
   */
  public Optional<String> sessionName() {
    return Optional.ofNullable(session).filter(name -> !name.isEmpty());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Leases that && Objects.equals(session, that.session);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(session);
  }

  @Override
  public String toString() {
    return session == null ? "own" : session.isEmpty() ? "shared" : "session '" + session + "'";
  }
}
