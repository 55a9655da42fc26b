package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.client.StillMachine;
import io.github.batonlock.races.ModelChecking;
import io.github.batonlock.support.Platforms;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks that are registered while the lock is handed over, and lost, on other threads. */
@Timeout(600)
class RevocationCallbacksRacesTest {
  private static final DefaultHeldLock LOCK = new StillMachine().granted();
  private static final Revocation LOSS = LOCK.loss(Revocation.Reason.TAKEN_OVER);

  @Test
  void eachCallback_inAnyOrderOfEvents_runsOnce() {
    ModelChecking.of(Model.class)
        .ignoring(DefaultHeldLock.class)
        .scenario("add enable", "revoked add")
        .scenario("add add", "enable revoked")
        .scenario("addInternal add", "revoked enable")
        .check();
  }

  /** One lock's callbacks, each with a count of its runs. */
  public static class Model {
    private static final int USERS = 0;
    private static final int INTERNAL = 1;
    private static final int ENABLED = 2;
    private static final int REVOKED = 3;
    private static final int EVENTS = 4;

    private final RevocationCallbacks callbacks =
        new RevocationCallbacks(
            new CallbackDispatcher(Runnable::run, null, Platforms.warnings()), LOCK);
    private final AtomicIntegerArray happened = new AtomicIntegerArray(EVENTS);
    private final AtomicIntegerArray ran = new AtomicIntegerArray(EVENTS);

    @Operation
    public void add() {
      happened.incrementAndGet(USERS);
      callbacks.add(loss -> ran.incrementAndGet(USERS));
    }

    @Operation
    public void addInternal() {
      happened.incrementAndGet(INTERNAL);
      callbacks.addInternal(() -> ran.incrementAndGet(INTERNAL));
    }

    @Operation
    public void enable() {
      happened.incrementAndGet(ENABLED);
      callbacks.enable();
    }

    @Operation(runOnce = true)
    public void revoked() {
      happened.incrementAndGet(REVOKED);
      callbacks.revoked(LOSS);
    }

    @Validate
    public void ranOnceEach() {
      boolean revoked = happened.get(REVOKED) > 0;
      boolean told = revoked && happened.get(ENABLED) > 0;
      if (ran.get(USERS) != (told ? happened.get(USERS) : 0)
          || ran.get(INTERNAL) != (revoked ? happened.get(INTERNAL) : 0)) {
        throw new AssertionError("of " + happened + " ran " + ran);
      }
    }
  }
}
