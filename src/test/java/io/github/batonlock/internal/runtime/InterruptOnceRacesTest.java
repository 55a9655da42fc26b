package io.github.batonlock.internal.runtime;

import io.github.batonlock.races.ModelChecking;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that ends while it is told to stop: the interrupt arrives in it, or never. */
@Timeout(600)
class InterruptOnceRacesTest {

  @Test
  void interrupt_inAnyOrderWithTheEnd_staysWithinTheWork() {
    ModelChecking.of(Model.class)
        .asIf(Undisturbed.class)
        .scenario("work isInterruptedLater work", "interrupt interrupt")
        .check();
  }

  /** A thread that works now and then, and others who tell it to stop. */
  public static class Model {
    private volatile InterruptOnce current;

    @Operation(nonParallelGroup = "worker")
    public boolean work() {
      current = new InterruptOnce();
      current.ended();
      return Thread.interrupted();
    }

    /** What the thread does later. */
    @Operation(nonParallelGroup = "worker")
    public boolean isInterruptedLater() {
      return Thread.interrupted();
    }

    @Operation(nonParallelGroup = "revoker")
    public void interrupt() {
      InterruptOnce work = current;
      if (work != null) {
        work.interrupt();
      }
    }
  }

  /** A thread that is never told anything but in its work. */
  public static class Undisturbed {
    public boolean work() {
      return false;
    }

    public boolean isInterruptedLater() {
      return false;
    }

    public void interrupt() {}
  }
}
