package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callbacks that do not return while a client closes. Lease 20 s; closing takes 10 s at most. */
class HangingCallbackTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");

  /** What the callback does is no work under the lock, which others wait for. */
  @Test
  void callbackThatDoesNotReturn_keepsItsLockForHalfTheTimeThatClosingMayTake() {
    HeldLock lock = a.acquired();
    List<Boolean> free = new ArrayList<>();
    lock.onRevoked(
        lost -> {
          world.seconds(4.9);
          free.add(world.isReleased());
          world.seconds(0.2);
          free.add(world.isReleased());
          world.seconds(20);
        });
    Duration before = world.time.elapsed();
    a.client.close();

    assertThat(free).containsExactly(false, true);
    assertThat(world.time.elapsed().minus(before)).isGreaterThan(Duration.ofSeconds(20));
  }
}
