package io.github.batonlock.internal.hold;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;

/**
 * The write that ends one hold and begins the next, both of this client (protocol section 3).
 *
 * <p>For the next holder it is a granting write like any other. For the former holder it is a
 * release. If it fails, an ordinary release follows; the condition of that release fails if the
 * handoff was applied after all.
 *
 * @param core the client
 * @param from the hold that ends
 * @param outcome is told how the release went
 */
@ConfinedTo(ConfinedTo.LOOP)
public record Handoff(HoldContext core, Releases.Job from, Releases.Outcome outcome) {

  public LockWrite write(LockWrite.Grant grant) {
    return new LockWrite.Handoff(from.key(), core.config.ownerName(), from.condition(core), grant);
  }

  public void answered(String version, WriteAnswer answer) {
    if (answer.applied() || answer.item().hasVersion(version)) {
      outcome.confirmed();
    } else if (canStillBeFreed(answer.item().state())) {
      core.releases.start(from, outcome);
    } else {
      outcome.notOurs(answer.item().state(), answer.retried());
    }
  }

  /**
   * Whether a release can still succeed: the item has a version that the write did not name, or a
   * release requires less of an item.
   */
  private boolean canStillBeFreed(ItemState state) {
    return state instanceof ItemState.NotALock || from.heldBy(core, state) != null;
  }

  /** No waiter wants the lock any more. */
  public void declined() {
    core.releases.start(from, outcome);
  }

  public void failed(LockStoreException failure) {
    outcome.failed(failure, false);
    core.releases.start(from, outcome);
  }
}
