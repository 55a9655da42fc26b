package io.github.batonlock.internal.protocol;

import io.github.batonlock.Revocation;

/** The meaning of an answer for a hold. */
public sealed interface RenewalOutcome {

  /**
   * One of the hold's versions is in the item: the lease counts from that version's send.
   *
   * @param dataRevision the revision of the lock's data that was written with it
   */
  record Renewed(long dataRevision) implements RenewalOutcome {}

  /** The answer confirms nothing new: the holder has to try again. */
  record Unconfirmed() implements RenewalOutcome {}

  /**
   * The lock is lost.
   *
   * @param reason why
   */
  record Lost(Revocation.Reason reason) implements RenewalOutcome {}

  /** See {@link Unconfirmed}. */
  RenewalOutcome UNCONFIRMED = new Unconfirmed();
}
