package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Hold;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reader is told whose time is up, when a failure of the table came in between. */
class PassingTroublesTest {
  private static final Duration WAIT = Duration.ofSeconds(10);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static SharedExclusiveLock of(World.Node node) {
    return SharedExclusiveLock.of(node.client, LockRequest.of("k"), 1);
  }

  private void failFor(double seconds) {
    b.store.failAll(Fault.THROTTLED);
    world.seconds(seconds);
    b.store.heal();
  }

  /** Behind a writer, and behind a reader who has the only permit. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failureThatHasPassed_isNotWhyAReaderWasNotLetIn(boolean writes) throws InterruptedException {
    if (writes) {
      of(a).acquireExclusive(WAIT);
    } else {
      of(a).acquireShared(WAIT);
    }
    CompletableFuture<? extends Hold> reader = of(b).acquireSharedAsync(WAIT);
    world.seconds(2);
    failFor(2);
    world.seconds(7);

    assertThatThrownBy(reader::join).hasCauseInstanceOf(LockNotAcquiredException.class);
  }

  @Test
  void failureThatGoesOn_isWhyAReaderWasNotLetIn() throws InterruptedException {
    of(a).acquireExclusive(WAIT);
    CompletableFuture<? extends Hold> reader = of(b).acquireSharedAsync(WAIT);
    world.seconds(2);
    failFor(9);

    assertThatThrownBy(reader::join).hasCauseInstanceOf(LockStoreException.class);
  }
}
