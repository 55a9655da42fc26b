package io.github.batonlock.internal.hold;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.internal.store.WriteAnswer;

/**
 * The release that reserves a lock for the client that has requested it (protocol section 3). It is
 * one write, which replaces that of an ordinary release.
 *
 * <p>From then on the item names that client, with a version that the client recognizes and takes
 * over at once. For all other clients the lock is like any other: free after a lease if that client
 * does not take it. If the lock cannot be reserved, or the write fails, an ordinary release
 * follows.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Reservation implements PendingWork.Unfinished {
  private static final long MICROS_PER_MILLI = 1_000;

  private final HoldContext core;
  private final Releases.Job from;
  private final AskedRelease asked;
  private final Releases.Outcome outcome;

  Reservation(HoldContext core, Releases.Job from, AskedRelease asked, Releases.Outcome outcome) {
    this.core = core;
    this.from = from;
    this.asked = asked;
    this.outcome = outcome;
  }

  /**
   * Whether the lock can be reserved for the client that requested it, and that client wants this.
   */
  static boolean isFor(AskedRelease asked, Releases.Job from) {
    return asked.reserve() && !from.delete() && RecordVersion.isOurs(asked.id());
  }

  void send() {
    core.work.begun(this);
    Timeouts timeouts = RequestTimeouts.patient(from.terms());
    core.requests.change(from.key(), timeouts.total(), turn -> send(turn, timeouts), this::failed);
  }

  private void send(Turn turn, Timeouts timeouts) {
    ClockReading sentAt = core.loop.now();
    String version = RecordVersion.recognizable(sentAt.epochMillis(), asked.id());
    LockWrite.Grant grant =
        new LockWrite.Grant(
            asked.askedBy(),
            from.terms().lease(),
            version,
            sentAt.epochMillis() * MICROS_PER_MILLI,
            null,
            UserAttributes.NONE);
    core.requests.write(
        turn,
        new LockWrite.Handoff(
            from.key(), core.config.ownerName(), from.condition(core), grant, asked.id()),
        timeouts,
        answer -> answered(version, answer),
        this::failed);
  }

  private void answered(String version, WriteAnswer answer) {
    if (answer.applied() || answer.item().hasVersion(version)) {
      core.observations.forget(from.key());
      outcome.confirmed();
    } else if (canStillBeFreed(answer.item().state())) {
      core.releases.start(from, outcome);
    } else {
      outcome.notOurs(answer.item().state(), answer.retried());
    }
    core.work.finished(this);
  }

  /** The request was withdrawn, or an operator has edited the item. */
  private boolean canStillBeFreed(ItemState state) {
    return state instanceof ItemState.NotALock || from.heldBy(core, state) != null;
  }

  private void failed(LockStoreException failure) {
    outcome.failed(failure, false);
    core.releases.start(from, outcome);
    core.work.finished(this);
  }

  @Override
  public void giveUpFinishing() {
    outcome.failed(Releases.notConfirmed(from.key()), true);
  }
}
