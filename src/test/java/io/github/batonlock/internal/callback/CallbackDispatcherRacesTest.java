package io.github.batonlock.internal.callback;

import io.github.batonlock.races.ModelChecking;
import io.github.batonlock.support.Platforms;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** User code that returns while somebody begins to wait for all of it to have returned. */
@Timeout(600)
class CallbackDispatcherRacesTest {

  @Test
  void lastReturn_whileAWaitForItBegins_isNotMissed() {
    ModelChecking.of(Model.class)
        .scenario("run callbackRuns isInside", "awaitQuiet")
        .scenario("run callbackRuns callbackRuns", "run awaitQuiet")
        .check();
  }

  /** Callbacks that were handed out, and one who waits for them as closing a client does. */
  public static class Model {
    private final Deque<Runnable> handedOut = new ArrayDeque<>();
    private final CallbackDispatcher callbacks =
        new CallbackDispatcher(this::handOut, null, Platforms.warnings());
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final AtomicBoolean seenQuiet = new AtomicBoolean();

    private synchronized void handOut(Runnable callback) {
      handedOut.add(callback);
    }

    private synchronized Runnable next() {
      return handedOut.poll();
    }

    @Operation
    public void run() {
      callbacks.run("callback", returned::incrementAndGet);
    }

    @Operation
    public void callbackRuns() {
      Runnable callback = next();
      if (callback != null) {
        callback.run();
      }
    }

    @Operation
    public boolean isInside() {
      return callbacks.isInside();
    }

    @Operation(runOnce = true)
    public void awaitQuiet() {
      callbacks.onReturn(this::look);
      look();
      waiting.set(true);
    }

    private void look() {
      if (callbacks.running() == 0) {
        seenQuiet.set(true);
      }
    }

    @Validate
    public void quietWasSeen() {
      if (callbacks.running() != handedOut.size()) {
        throw new AssertionError(callbacks.running() + " run, of " + handedOut.size());
      }
      if (waiting.get() && handedOut.isEmpty() && !seenQuiet.get()) {
        throw new AssertionError("all has returned, and nobody has noticed");
      }
    }
  }
}
