package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import org.jspecify.annotations.Nullable;

/**
 * One write on its way from a client to the table; the SDK's own retries are part of it.
 *
 * @param node who sent it
 * @param write what
 * @param at when, before the first attempt
 * @param lineage the granting write of the hold that it belongs to: its version
 */
record Send(Node node, LockWrite write, Reading at, String lineage) {

  boolean isGrant() {
    return write.isGrant();
  }

  boolean isRenewal() {
    return isGrant() || write instanceof LockWrite.Heartbeat;
  }

  /** The session that a granting write names; null for a lock with its own lease. */
  @Nullable LockKey session() {
    LockWrite.Grant grant = write.grant();
    return grant == null ? null : grant.session();
  }
}
