package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clocks that turn out to be wrong, more than once or while somebody waits. Lease 20 s. */
class WrongClockTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private long tooFastMillis;

  @BeforeEach
  void tellDates() {
    world.table.setServerDate(
        () ->
            Instant.ofEpochSecond(
                (VirtualTime.EPOCH + world.time.elapsed().toMillis() - tooFastMillis) / 1_000));
  }

  /** The clock of everybody here has just run ahead by as much. */
  private void clockRanAhead() {
    tooFastMillis += 10_000;
  }

  @Test
  void waiter_forALockOfASilentHolder_startsOver() {
    a.acquired();
    a.machine.crash();
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(15);
    clockRanAhead();
    world.seconds(19);
    assertThat(waiting).isNotDone();
    world.seconds(4);
    assertThat(waiting).isCompleted();
  }

  @Test
  void waiter_forALockOfASessionThatIsMissing_startsOver() {
    HeldLock lock = a.acquired(request -> request.leases(Leases.shared()));
    a.machine.crash();
    LockKey session = lock.session().orElseThrow();
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.table.removeRow(session);
    world.seconds(15);
    clockRanAhead();
    world.seconds(19);
    assertThat(waiting).isNotDone();
    world.seconds(6);
    assertThat(waiting).isCompleted();
  }

  @Test
  void lock_thatIsSuspectAgain_isAskedAboutAtOnce_asAtFirst() {
    HeldLock lock = a.acquired();
    for (int step = 1; step <= 3; step++) {
      a.machine.stepWallClock(Duration.ofHours(1));
      assertThat(lock.isHeld()).isFalse();
      world.time.advance(Duration.ofMillis(5));
      assertThat(lock.isHeld()).as("step %s", step).isTrue();
      world.seconds(60);
    }
  }
}
