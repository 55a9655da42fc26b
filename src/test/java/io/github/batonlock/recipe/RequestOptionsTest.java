package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.testing.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A minimum time, in requests of recipes. */
class RequestOptionsTest {
  private static final LockRequest REQUEST =
      LockRequest.builder("job").holdAtLeast(Duration.ofMinutes(1)).build();

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static void assertRefused(String recipe, Runnable of) {
    assertThatIllegalArgumentException()
        .isThrownBy(of::run)
        .withMessageContaining(recipe)
        .withMessageContaining("'job'")
        .withMessageContaining("holdAtLeast");
  }

  @Test
  void holdAtLeast_ofARecipeOfSeveralLocks_isRefused() {
    LockClient client = a.client;

    assertRefused("FairLock", () -> FairLock.of(client, REQUEST));
    assertRefused("SharedExclusiveLock", () -> SharedExclusiveLock.of(client, REQUEST, 2));
    assertRefused("MultiLock", () -> MultiLock.ofRequests(client, List.of(REQUEST)));
  }

  /** A permit that stays closed for a minute limits a rate: each permit is given once a minute. */
  @Test
  void holdAtLeast_ofASemaphore_keepsItsPermits() throws InterruptedException {
    CountedSemaphore ofA = CountedSemaphore.of(a.client, REQUEST, 2);
    CountedSemaphore ofB = CountedSemaphore.of(b.client, REQUEST, 2);
    ofA.tryAcquire().orElseThrow().close();
    ofB.tryAcquire().orElseThrow().close();

    assertThat(ofA.tryAcquire()).isEmpty();
    assertThat(ofB.tryAcquire()).isEmpty();
    world.seconds(61);
    Optional<? extends Hold> next = ofA.tryAcquire();

    assertThat(next).isPresent();
  }
}
