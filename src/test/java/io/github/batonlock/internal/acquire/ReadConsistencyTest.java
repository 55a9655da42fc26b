package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.CountedSemaphore;
import io.github.batonlock.recipe.SharedExclusiveLock;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Who reads strongly consistently ("look"), which costs twice as much, and who does not ("poll"),
 * which may show what was.
 */
class ReadConsistencyTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private List<String> sent(World.Node node) {
    return node.store.trace().stream().map(line -> line.substring(line.indexOf(' ') + 1)).toList();
  }

  @Test
  void waiter_whileTheLockIsHeld_polls() {
    a.acquired();
    b.acquire(r -> r.waitForever());
    world.seconds(30);
    assertThat(sent(b)).startsWith("acquire", "poll").containsOnly("acquire", "poll");
  }

  @Test
  void waiter_whileASessionKeepsTheLock_pollsBoth() {
    a.acquired(r -> r.leases(Leases.shared()));
    b.acquire(r -> r.waitForever());
    world.seconds(30);
    assertThat(sent(b)).startsWith("acquire", "poll").containsOnly("acquire", "poll");
  }

  /** One look decides: it has to see what is so. */
  @Test
  void tryAcquire_ofALockThatASessionKeeps_looksAtTheSession() throws InterruptedException {
    a.acquired(r -> r.leases(Leases.shared()));
    assertThat(b.client.tryAcquire("k")).isEmpty();
    assertThat(sent(b)).containsExactly("acquire", "look");
  }

  @Test
  void waiter_forALockWhoseSessionIsMissing_looksBeforeItBelievesThat() {
    a.acquired(r -> r.leases(Leases.shared()));
    LockKey session =
        world.table.keys().stream()
            .filter(key -> key.partitionKey().startsWith("baton.session/"))
            .findFirst()
            .orElseThrow();
    world.table.removeRow(session);
    b.acquire(r -> r.waitForever());
    world.time.advance(Duration.ofMillis(20));
    assertThat(sent(b)).containsExactly("acquire", "poll", "look");
  }

  @Test
  void inspect_ofALock_looks() {
    b.client.inspect("k");
    assertThat(sent(b)).containsExactly("look");
  }

  @Test
  void requestRelease_ofALock_looksWhoHoldsIt() {
    a.acquired();
    assertThat(b.client.requestRelease(LockKey.of("k"), "why", Duration.ofSeconds(1))).isPresent();
    assertThat(sent(b)).containsExactly("look", "ask");
  }

  @Test
  void heartbeat_withoutAnAnswer_isLookedFor() {
    a.acquired();
    a.store.failNext("heartbeat", Fault.ANSWER_LOST);
    world.seconds(15);
    assertThat(sent(a)).contains("look").doesNotContain("poll");
  }

  /** A first answer that shows nothing may be out of date. */
  @Test
  void watch_thatSeesNoItemAtFirst_looksOnceAndPollsFromThen() {
    LockWatch watch = b.client.watch(LockKey.of("k"), state -> {});
    world.seconds(30);
    assertThat(sent(b)).startsWith("poll", "look", "poll");
    assertThat(b.store.count("look")).isEqualTo(1);
    watch.close();
  }

  @Test
  void watch_whileTheHolderLives_polls() {
    a.acquired();
    LockWatch watch = b.client.watch(LockKey.of("k"), state -> {});
    world.seconds(60);
    assertThat(sent(b)).hasSizeGreaterThan(10).containsOnly("poll");
    watch.close();
  }

  @Test
  void watch_thatIsToSayThatTheHolderIsDead_looks() {
    a.acquired();
    LockWatch watch = b.client.watch(LockKey.of("k"), state -> {});
    world.seconds(12);
    a.machine.pause();
    world.seconds(60);
    assertThat(watch.current().liveness()).isEqualTo(Liveness.DEAD);
    assertThat(b.store.count("look")).isBetween(1L, 2L);
    watch.close();
  }

  /** The caller counts on it that a permit which is free is seen so; later, on the next look. */
  @Test
  void searchForAPermit_firstLooksAtEach_thenPolls() {
    for (int permit = 0; permit < 3; permit++) {
      int number = permit;
      a.acquired(r -> r.key("s/" + number));
    }
    CompletableFuture<Hold> permit =
        CountedSemaphore.of(b.client, "s", 3).acquireAsync(Duration.ofSeconds(10));
    world.seconds(5);
    assertThat(sent(b)).startsWith("acquire", "look", "look", "poll", "poll");
    assertThat(b.store.count("look")).isEqualTo(2);
    permit.cancel(false);
  }

  @Test
  void reader_beforeAndAfterItTakesAPlace_pollsTheGate() throws InterruptedException {
    SharedExclusiveLock lock = SharedExclusiveLock.of(b.client, LockRequest.of("rw"), 2);
    lock.acquireShared(Duration.ofSeconds(1)).close();
    assertThat(sent(b)).containsExactly("poll", "acquire", "poll", "release");
  }
}
