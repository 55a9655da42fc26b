package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How long after a dead holder's last heartbeat a waiting client has the lock, and what waiting
 * costs; over holders that die at every moment of their interval. Requests take 4 ms.
 */
class TakeoverTimeTest {
  private static final int HOLDERS = 50;

  private final List<Long> beyondTheLease = new ArrayList<>();
  private double readsASecond;

  /** When the requests of a process were sent, in milliseconds. */
  private static LongStream times(World.Node node) {
    return node.store.trace().stream()
        .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf(' '))));
  }

  private static long lastWrite(World.Node node) {
    return times(node).max().orElseThrow();
  }

  private static long reads(World.Node node) {
    return node.store.count("poll") + node.store.count("look");
  }

  private void dies(Leases leases, long leaseMillis, long beatMillis, int number) {
    World world = new World();
    World.Node holder =
        world.node(
            "a",
            config -> {
              config.leaseDuration = Duration.ofMillis(leaseMillis);
              config.heartbeatInterval = Duration.ofMillis(beatMillis);
              config.leases = leases;
            });
    World.Node waiter = world.node("b");
    holder.acquired();
    world.time.advance(Duration.ofMillis(beatMillis * (number * 37 % 100) / 100));
    CompletableFuture<HeldLock> waiting = waiter.acquire(r -> r.waitForever());
    // First it looks often: many locks are held for moments.
    world.time.advance(Duration.ofMillis(5 * beatMillis));
    long began = world.time.elapsed().toMillis();
    long before = reads(waiter);
    world.time.advance(Duration.ofMillis(10 * beatMillis + beatMillis * number / HOLDERS));
    holder.machine.pause();
    world.until("the waiter has the lock", Duration.ofMillis(3 * leaseMillis), waiting::isDone);
    long ended = world.time.elapsed().toMillis();
    beyondTheLease.add(ended - lastWrite(holder) - leaseMillis);
    readsASecond += (reads(waiter) - before) * 1_000.0 / (ended - began) / HOLDERS;
    world.assertNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({
    "20000, 5000, own, 1.0",
    "10000, 2500, own, 1.0",
    "4000, 1000, own, 1.15",
    "20000, 5000, shared, 1.25"
  })
  void waiter_hasTheLockMillisecondsAfterTheLease_withAboutOneReadASecond(
      long leaseMillis, long beatMillis, String kind, double mostReads) {
    Leases leases = kind.equals("own") ? Leases.own() : Leases.shared();
    for (int i = 0; i < HOLDERS; i++) {
      dies(leases, leaseMillis, beatMillis, i);
    }
    beyondTheLease.sort(null);
    assertThat(beyondTheLease.get(0)).isPositive();
    assertThat(beyondTheLease.get(HOLDERS / 2)).isLessThan(150);
    // Two items are looked at where a lock names a session: the lock, and the session.
    assertThat(readsASecond).isLessThan(mostReads);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void waiter_thatHasSeenFewHeartbeats_takesOverSoon_withFiveRequests(int beats) {
    long leaseMillis = 3_000;
    long beatMillis = 750;
    List<Long> requests = new ArrayList<>();
    for (int number = 0; number < HOLDERS; number++) {
      World world = new World();
      World.Node holder =
          world.node("a", config -> config.leaseDuration = Duration.ofMillis(leaseMillis));
      World.Node waiter = world.node("b");
      holder.acquired();
      world.time.advance(Duration.ofMillis(beatMillis * (number * 37 % 100) / 100));
      CompletableFuture<HeldLock> waiting = waiter.acquire(r -> r.waitForever());
      world.time.advance(Duration.ofMillis(beats * beatMillis + beatMillis * number / HOLDERS));
      holder.machine.pause();
      long last = lastWrite(holder);
      world.until("the waiter has the lock", Duration.ofMillis(3 * leaseMillis), waiting::isDone);
      beyondTheLease.add(world.time.elapsed().toMillis() - last - leaseMillis);
      requests.add(times(waiter).filter(at -> at > last).count());
      world.assertNothingIsLeft();
    }
    beyondTheLease.sort(null);
    requests.sort(null);
    // 1.05 leases.
    assertThat(beyondTheLease.get(HOLDERS / 2)).isLessThan(leaseMillis / 20);
    assertThat(requests.get(HOLDERS / 2)).isLessThanOrEqualTo(5);
    assertThat(requests.get(HOLDERS - 1)).isLessThanOrEqualTo(7);
  }
}
