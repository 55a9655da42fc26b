package io.github.batonlock.internal.client;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;

/**
 * The write that ends one hold and begins the next, both of this client (protocol section 3).
 *
 * <p>To the next holder it is a granting write like any other. To the former one it is a release:
 * where it fails, an ordinary release follows, whose condition fails if the handoff has landed
 * after all.
 *
 * @param core the client
 * @param from the hold that ends
 * @param outcome who is told how that went
 */
@ConfinedTo(ConfinedTo.LOOP)
record Handoff(Core core, Releases.Job from, Releases.Outcome outcome) {

  LockWrite write(LockWrite.Grant grant) {
    return new LockWrite.Handoff(from.key(), core.config.ownerName(), from.condition(core), grant);
  }

  void answered(String version, WriteAnswer answer) {
    if (answer.applied() || answer.item().hasVersion(version)) {
      outcome.confirmed();
    } else if (canStillBeFreed(answer.item().state())) {
      core.releases.start(from, outcome);
    } else {
      outcome.notOurs(answer.item().state(), answer.retried());
    }
  }

  /** By a version that was not named, or because a release asks less of an item. */
  private boolean canStillBeFreed(ItemState state) {
    return state instanceof ItemState.NotALock || from.heldBy(core, state) != null;
  }

  /** Nobody wants the lock any more. */
  void declined() {
    core.releases.start(from, outcome);
  }

  void failed(LockStoreException failure) {
    outcome.failed(failure, false);
    core.releases.start(from, outcome);
  }
}
