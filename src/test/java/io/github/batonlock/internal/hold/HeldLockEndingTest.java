package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.client.StillMachine;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.runtime.ClockReading;
import org.junit.jupiter.api.Test;

/** How a lock ends when something happens in the middle of it. */
class HeldLockEndingTest {
  private final StillMachine machine = new StillMachine();
  private final DefaultHeldLock lock = machine.granted();

  /** Regression: a holder who was slow to close was told that the lease had run out. */
  @Test
  void close_overtakenByRenewals_isARelease() {
    long usable = lock.terms().usable().toNanos();
    machine.whenAskedForTheTime(
        () -> {
          machine.advance(usable);
          lock.view(new LeaseView(new ClockReading(usable, 0), usable, null));
        });

    lock.discard();

    assertThat(lock.revocation()).isEmpty();
  }
}
