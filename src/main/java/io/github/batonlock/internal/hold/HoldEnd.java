package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation;

/** How a hold ended. The first ending wins and never changes. */
sealed interface HoldEnd {

  /** The holder released the lock. */
  record Released() implements HoldEnd {}

  /**
   * The hold was ended without the holder's consent.
   *
   * @param revocation what happened
   */
  record Revoked(Revocation revocation) implements HoldEnd {}
}
