package io.github.batonlock.internal.hold;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.protocol.AskedRelease;
import java.util.List;
import java.util.function.Consumer;

/** The sessions of this client, as their own leases see them. */
public interface SessionEvents {
  /** Tells a session what happened to its lease. Any thread. */
  void tell(LockKey session, Consumer<LockListener> event);

  /** Tells a session that its release is not confirmed. On the loop. */
  void releaseUnconfirmed(LockKey session, LockException problem);

  /** The release requests that a heartbeat of a session has brought back, for any of its locks. */
  void asked(LockKey session, List<AskedRelease> asked);
}
