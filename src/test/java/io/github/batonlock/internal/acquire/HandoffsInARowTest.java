package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockRequest;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets a lock that one client hands from waiter to waiter, 32 times in a row. */
class HandoffsInARowTest {
  private static final int USERS = 40;
  private static final int ROUNDS = 60;

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final SplittableRandom random = new SplittableRandom(1);
  private int there;

  /** Of the many users of one client, who want the lock again as soon as they have had it. */
  private void keepTakingHere(Duration hold) {
    if (!world.isEnding()) {
      a.acquire(LockRequest.Builder::waitForever)
          .thenAccept(
              lock ->
                  a.machine.after(
                      hold.multipliedBy(1 + random.nextInt(30)).dividedBy(16),
                      () -> {
                        lock.closeAsync();
                        keepTakingHere(hold);
                      }));
    }
  }

  /** Of the only user of another client, who wants it again a while after that. */
  private void keepTakingThere(Duration hold) {
    if (!world.isEnding()) {
      b.acquire(LockRequest.Builder::waitForever)
          .thenAccept(
              lock -> {
                there++;
                lock.closeAsync();
                b.machine.after(hold.multipliedBy(8), () -> keepTakingThere(hold));
              });
    }
  }

  /** The longer its users keep the lock, the more rarely others look, and the longer it waits. */
  @ParameterizedTest
  @ValueSource(ints = {50, 1_000, 2_000})
  void anotherClient_getsTheLockInMostPauses_howeverLongUsersKeepIt(int holdMillis) {
    Duration hold = Duration.ofMillis(holdMillis);
    for (int i = 0; i < USERS; i++) {
      keepTakingHere(hold);
    }
    keepTakingThere(hold);
    world.time.advance(hold.multipliedBy(33 * ROUNDS));

    assertThat(there).isBetween(ROUNDS * 3 / 4, ROUNDS);
  }
}
