package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How a reader tries to enter a {@link SharedExclusiveLock}.
 *
 * <pre>
 *   look at the gate --open--&gt; take a permit --&gt; look again --open--&gt; enter
 *      | closed                                    | closed
 *      v                                           v
 *   not yet                                     give the permit back, not yet
 * </pre>
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class SharedEntry implements Step<Hold> {
  private final RecipeSupport support;
  private final LockKey gate;
  private final PermitScanner permits;
  private final Executor serial;
  private boolean taking;

  SharedEntry(RecipeSupport support, LockKey gate, PermitScanner permits, Executor serial) {
    this.support = support;
    this.gate = gate;
    this.permits = permits;
    this.serial = serial;
  }

  @Override
  public CompletableFuture<TryOutcome<Hold>> tryOnce(PendingAcquisition<Hold> reader) {
    return support
        .mayBeFree(gate, false, reader.patience())
        .thenComposeAsync(
            open ->
                open
                    ? takePermit(reader)
                    : CompletableFuture.completedFuture(TryOutcome.notYet(null)),
            serial);
  }

  private CompletableFuture<TryOutcome<Hold>> takePermit(PendingAcquisition<Hold> reader) {
    taking = true;
    return reader
        .hand()
        .begin(() -> permits.enter(reader.left()).future())
        .whenCompleteAsync((permit, failure) -> taking = false, serial)
        .thenComposeAsync(permit -> lookAgain(permit, reader), serial);
  }

  private CompletableFuture<TryOutcome<Hold>> lookAgain(
      Hold permit, PendingAcquisition<Hold> reader) {
    return Acquiring.attempt(() -> support.mayBeFree(gate, false, reader.patience()))
        .handleAsync((open, failure) -> ended(permit, open, failure), serial);
  }

  private static TryOutcome<Hold> ended(
      Hold permit, @Nullable Boolean open, @Nullable Throwable failure) {
    // A permit that was lost meanwhile no longer keeps writers out.
    if (open != null && open && permit.isHeld()) {
      return TryOutcome.got(permit);
    }
    CompletableFuture<Void> unused = permit.closeAsync();
    return failure == null ? TryOutcome.notYet(null) : TryOutcome.of(failure);
  }

  @Override
  public boolean mayStillGetIt() {
    return taking;
  }

  @Override
  public @Nullable Throwable soFar() {
    return taking ? permits.whyNoneYet() : null;
  }

  @Override
  public boolean tellsSoon() {
    return !taking;
  }
}
