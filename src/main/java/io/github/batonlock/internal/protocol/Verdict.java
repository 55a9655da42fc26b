package io.github.batonlock.internal.protocol;

import io.github.batonlock.Revocation;

/** What an answer means to a hold. */
public sealed interface Verdict {

  /**
   * One of the hold's versions stands in the item: the lease counts from that version's send.
   *
   * @param dataRevision the revision of the lock's data that was written with it
   */
  record Renewed(long dataRevision) implements Verdict {}

  /** The answer confirms nothing new; try again. */
  record Unconfirmed() implements Verdict {}

  /**
   * The lock is lost.
   *
   * @param reason why
   */
  record Lost(Revocation.Reason reason) implements Verdict {}

  /** See {@link Unconfirmed}. */
  Verdict UNCONFIRMED = new Unconfirmed();
}
