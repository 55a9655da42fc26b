package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A release whose answer was lost, and which others have used before it is tried again. */
class ReleaseTriedAgainTest implements LockListener {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> {}, this);
  private final World.Node b = world.node("b");
  private final List<String> told = new ArrayList<>();

  @Override
  public void released(HeldLock lock) {
    told.add("released");
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    told.add("unconfirmed: " + failure.getMessage());
  }

  @Test
  void release_whoseFirstTryWasApplied_isARelease_thoughOthersHaveTheLockBeforeTheNext() {
    HeldLock lock = a.acquired();
    a.store.failNext("release", Fault.BROKEN_AFTER);
    CompletableFuture<Void> released = lock.closeAsync();
    world.until("the release is applied", Duration.ofSeconds(1), world::isReleased);
    HeldLock others = b.acquired();
    world.seconds(6);

    assertThat(a.store.count("release")).isGreaterThan(1);
    assertThat(released).isCompleted();
    assertThat(told).containsExactly("released");
    assertThat(others.isHeld()).isTrue();
  }
}
