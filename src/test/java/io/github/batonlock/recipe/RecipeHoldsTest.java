package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.World;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What recipes give is a hold: its key and its token are those of one lock. */
class RecipeHoldsTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  /** The lock of which a hold has the key has its token, and gives a greater one to the next. */
  private void assertIsOf(String key, Hold hold) {
    assertThat(hold.key()).isEqualTo(LockKey.of(key));
    assertThat(hold.fencingToken())
        .isEqualTo(b.client.inspect(key).orElseThrow().fencingToken().orElseThrow());
    hold.close();
    HeldLock next = b.acquired(request -> request.key(key));
    assertThat(next.fencingToken()).isGreaterThan(hold.fencingToken());
    next.close();
    assertThatIllegalStateException().isThrownBy(hold::ensureHeld);
  }

  @Test
  void permit_isTheHoldOfItsLock() throws Exception {
    assertIsOf("k/0", CountedSemaphore.of(a.client, "k", 1).acquire(LONG));
  }

  @Test
  void reader_isTheHoldOfItsPermit_andAWriterThatOfTheGate() throws Exception {
    SharedExclusiveLock lock = SharedExclusiveLock.of(a.client, LockRequest.of("k"), 1);
    assertIsOf("k/0", lock.acquireShared(LONG));
    assertIsOf("k/gate", lock.acquireExclusive(LONG));
  }

  @Test
  void turn_isTheHoldOfTheLockItself() throws Exception {
    assertIsOf("k", FairLock.of(a.client, "k").acquire(LONG));
  }

  @Test
  void severalLocks_areTheHoldOfTheFirstOfThem() throws Exception {
    MultiLock.HeldLocks locks = MultiLock.of(a.client, "z", "x", "y").acquire(LONG);
    assertThat(locks.fencingToken(LockKey.of("x"))).isEqualTo(locks.fencingToken());
    assertIsOf("x", locks);
  }
}
