package io.github.batonlock.crac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.World;
import java.util.concurrent.CompletableFuture;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checkpoints and restores, by the calls that a context makes, on a virtual clock. */
class CheckpointedClientTest {
  @RegisterExtension private final World world = new World();
  private final Context<Resource> context = Core.getGlobalContext();
  private int made;

  private CheckpointedClient resource(Leases leases) {
    return new CheckpointedClient(
        () -> world.node("p" + ++made, config -> config.leases = leases).client);
  }

  @Test
  void checkpoint_releasesTheLocks_andTheRestoredProcessHasAnotherClient() {
    CheckpointedClient locks = resource(Leases.own());
    LockClient before = locks.get();
    HeldLock lock = held(before);
    locks.beforeCheckpoint(context);
    assertThat(lock.isHeld()).isFalse();
    assertThat(world.isReleased()).isTrue();
    assertThatThrownBy(locks::get)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("A checkpoint is being taken");

    locks.afterRestore(context);
    assertThat(locks.get()).isNotSameAs(before);
    assertThat(locks.get().ownerName()).isNotEqualTo(before.ownerName());
    assertThat(held(locks.get()).fencingToken()).isGreaterThan(lock.fencingToken());
    locks.afterRestore(context);
    assertThat(made).isEqualTo(2);
    assertThat(locks).hasToString("CheckpointedClient(" + locks.get() + ")");
    locks.close();
    assertThat(locks).hasToString("CheckpointedClient(no client now)");
  }

  @Test
  void closing_isForGood_alsoBetweenCheckpointAndRestore() {
    CheckpointedClient locks = resource(Leases.own());
    locks.beforeCheckpoint(context);
    locks.close();
    locks.close();
    locks.afterRestore(context);
    assertThat(made).isEqualTo(1);
    assertThatThrownBy(locks::get).hasMessage("The CheckpointedClient is closed");
  }

  @Test
  void registering_withTheGlobalContext_takesNoMoreThanTheObject() {
    CheckpointedClient locks = CheckpointedClient.register(() -> world.node("p").client);
    assertThat(locks.get().ownerName()).isEqualTo("p");
    locks.close();
  }

  private HeldLock held(LockClient client) {
    CompletableFuture<HeldLock> acquired =
        client.acquireAsync(LockRequest.builder("k").waitForever().build());
    world.seconds(0.1);
    return acquired.join();
  }
}
