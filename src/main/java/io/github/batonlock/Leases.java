package io.github.batonlock;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By what a held lock is kept: by heartbeats of its own, or by those of a session that it shares
 * with other locks of the same client.
 *
 * <p>With its own lease (the default) a lock costs one write per heartbeat interval, and is lost or
 * kept for itself. With a shared lease all locks of a session together cost one write per interval,
 * and are kept or lost together. A client can have several sessions, each with a name that only it
 * knows: locks that may be lost together belong into one.
 *
 * <p>A shared lease has the duration and the heartbeat interval of its client. A session begins
 * with the first lock that needs it, which costs one write more, and ends a lease after the last of
 * its locks was released, or with the client: closing a client frees all its shared locks with one
 * write per session.
 *
 * <p><strong>With a shared lease, a holder learns late of what an operator does to its lock item.
 * </strong> Nothing is written to that item while the lock is held, so no answer tells that it was
 * deleted, edited, or marked as released. Each such item is read once in ten leases, and no more
 * than two a second of one client; until then, the holder and the next one may both believe in the
 * lock. {@link HeldLock#updateData} and {@link HeldLock#guard} notice it at once.
 *
 * <p><strong>Do not use shared leases on a table that clients of other libraries use, too</strong>
 * (the awslabs client, dynamolock): they know no sessions, see a version that does not move, and
 * take the lock from its living holder. Clients of Baton may mix both kinds of lease on one table.
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
   * A lease for each lock.
   *
   * @return the default
   */
  public static Leases own() {
    return OWN;
  }

  /**
   * One lease for all locks of the client that ask for it.
   *
   * @return the client's nameless session
   */
  public static Leases shared() {
    return SHARED;
  }

  /**
   * One lease for all locks of the client that name the same session.
   *
   * @param name not empty; means something within the client only, and is not stored
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
   * Whether locks share the lease.
   *
   * @return false for {@link #own}
   */
  public boolean isShared() {
    return session != null;
  }

  /**
   * The session's name.
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
