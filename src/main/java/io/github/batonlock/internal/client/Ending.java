package io.github.batonlock.internal.client;

import io.github.batonlock.Revocation;

/** How a hold ended; the first ending wins and stays. */
sealed interface Ending {

  /** By its holder. */
  record Released() implements Ending {}

  /**
   * Without its holder's consent.
   *
   * @param revocation what happened
   */
  record Revoked(Revocation revocation) implements Ending {}
}
