package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.acquire.Acquisition;
import io.github.batonlock.internal.hold.ActiveHolds.Hold;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a client. Its steps have a fixed order: refuse new work, give up acquisitions, revoke
 * and tell, release, stop the threads.
 *
 * <p>Each lock is released when its callbacks have returned, or after half of the close timeout. A
 * lock under work of {@code callLocked} is released only when that work has ended.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Shutdown {
  private final Core core;
  private final int callers;
  private final Consumer<Boolean> stopThreads;
  private final Set<Hold> unreleased = new LinkedHashSet<>();
  private boolean stopped;

  /**
   * The shutdown for one closing of a client.
   *
   * @param callers how many callbacks themselves wait for it
   * @param stopThreads the last step; told whether all was done in time
   */
  Shutdown(Core core, int callers, Consumer<Boolean> stopThreads) {
    this.core = core;
    this.callers = callers;
    this.stopThreads = stopThreads;
  }

  void begin() {
    core.work.close();
    core.pending.all().forEach(Acquisition::clientClosed);
    core.observers.close();
    core.requests.closing();
    core.sessions.close();
    core.holds.holds().stream().filter(hold -> !hold.spec().isSession()).forEach(this::revoke);
    long timeout = core.config.closeTimeout().toNanos();
    core.loop.schedule(timeout / 2, this::stopWaitingForCallbacks);
    core.loop.schedule(timeout, () -> stop(false));
    core.work.onQuiet(this::stopIfDone);
    core.callbacks.onReturn(() -> core.loop.execute(this::stopIfDone));
    stopIfDone();
  }

  private void revoke(Hold hold) {
    DefaultHeldLock lock = hold.lock();
    unreleased.add(hold);
    lock.revoke(Revocation.Reason.CLIENT_CLOSED);
    CompletableFuture<Void> unused =
        CompletableFuture.allOf(lock.callbacks().done(), lock.callbacks().workDone())
            .whenComplete((done, failure) -> core.loop.execute(() -> release(hold)));
  }

  private void stopWaitingForCallbacks() {
    List.copyOf(unreleased).stream()
        .filter(hold -> hold.lock().callbacks().workDone().isDone())
        .forEach(this::release);
  }

  private void release(Hold hold) {
    if (unreleased.remove(hold)) {
      hold.releaseAtClose();
      stopIfDone();
    }
  }

  private void stopIfDone() {
    boolean quiet = core.callbacks.running() <= callers;
    if (quiet && unreleased.isEmpty() && !core.work.hasUnfinished()) {
      stop(true);
    }
  }

  private void stop(boolean inTime) {
    if (!stopped) {
      stopped = true;
      core.work.giveUpFinishing();
      unreleased.forEach(hold -> hold.leftAtClose(stillWorking(hold.key())));
      core.sessions.leftAtClose(stillWorking(null));
      stopThreads.accept(inTime);
    }
  }

  private static LockStoreException stillWorking(@Nullable LockKey key) {
    return new LockStoreException(
        LockStoreException.Kind.TIMED_OUT,
        false,
        "The LockClient was closed while callbacks or work under "
            + (key == null ? "another lock of the session" : "lock '" + key + "'")
            + " still ran: it was not released",
        null);
  }
}
