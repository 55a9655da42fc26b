package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Hold;
import io.github.batonlock.Leases;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers and writers on virtual time. Lease 20 s, usable 16 s, beat 5 s; requests 4 ms. */
class SharedExclusiveLockTest {
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final World.Node c = world.node("c");

  private static SharedExclusiveLock of(World.Node node) {
    return of(node, Leases.own());
  }

  private static SharedExclusiveLock of(World.Node node, Leases leases) {
    return SharedExclusiveLock.of(
        node.client, LockRequest.builder().key("k").leases(leases).build(), 4);
  }

  @Test
  void readers_enterTogether_upToTheirNumber() throws InterruptedException {
    List<Hold> readers = new ArrayList<>();
    for (World.Node node : List.of(a, b, a, b)) {
      readers.add(of(node).tryAcquireShared().orElseThrow());
    }
    assertThat(readers).allMatch(Hold::isHeld);
    assertThat(of(c).tryAcquireShared()).isEmpty();
    assertThat(of(c).tryAcquireExclusive()).isEmpty();
    readers.get(0).close();
    assertThat(of(c).tryAcquireShared()).isPresent();
  }

  @Test
  void reader_costsAWrite_andTwoReads() throws InterruptedException {
    Hold reader = of(a).tryAcquireShared().orElseThrow();
    assertThat(a.store.trace())
        .extracting(line -> line.replaceAll("[0-9]+ ", ""))
        .containsExactly("poll", "acquire", "poll");
    reader.close();
    assertThat(a.store.trace()).hasSize(4);
  }

  @Test
  void writer_isAlone_andCostsAWriteForTheGateAndEachPermit() throws InterruptedException {
    Hold writer = of(a).tryAcquireExclusive().orElseThrow();
    assertThat(a.store.count("acquire")).isEqualTo(5);
    assertThat(a.store.trace()).hasSize(5);
    assertThat(of(b).tryAcquireShared()).isEmpty();
    assertThat(of(a).tryAcquireShared()).isEmpty();
    assertThat(of(b).tryAcquireExclusive()).isEmpty();
    assertThat(of(a).tryAcquireExclusive()).isEmpty();
    // The reader of another client has looked at the gate; its writer has tried it.
    assertThat(b.store.trace())
        .extracting(line -> line.replaceAll("[0-9]+ ", ""))
        .containsExactly("poll", "acquire");
    writer.close();
    assertThat(writer.isHeld()).isFalse();
    assertThatThrownBy(writer::ensureHeld).isInstanceOf(IllegalStateException.class);
    assertThat(of(b).tryAcquireShared()).isPresent();
  }

  @Test
  void writersTokens_grow() throws InterruptedException {
    long before = 0;
    for (World.Node node : List.of(a, b, a, c)) {
      try (Hold writer = of(node).tryAcquireExclusive().orElseThrow()) {
        assertThat(writer.fencingToken()).isGreaterThan(before);
        before = writer.fencingToken();
      }
    }
  }

  @Test
  void writerThatWaits_letsReadersOut_butNobodyIn() throws InterruptedException {
    Hold first = of(a).tryAcquireShared().orElseThrow();
    Hold second = of(b).tryAcquireShared().orElseThrow();
    CompletableFuture<Hold> writer = of(c).acquireExclusiveAsync(LONG);
    world.seconds(1);
    CompletableFuture<? extends Hold> late = of(a).acquireSharedAsync(LONG);
    assertThat(of(b).tryAcquireShared()).isEmpty();
    world.seconds(30);
    assertThat(writer).isNotDone();
    assertThat(late).isNotDone();
    first.close();
    second.close();
    world.seconds(2);
    assertThat(writer).isCompleted();
    assertThat(late).isNotDone();
    writer.join().close();
    world.seconds(2);
    assertThat(late).isCompleted();
  }

  @Test
  void writer_getsItsTurn_whileReadersKeepComing() {
    int[] entered = new int[1];
    for (World.Node node : List.of(a, b)) {
      SharedExclusiveLock lock = of(node);
      for (int i = 0; i < 4; i++) {
        keepReading(node, lock, entered);
      }
    }
    world.seconds(10);
    assertThat(entered[0]).isGreaterThan(20);
    CompletableFuture<Hold> writer = of(c).acquireExclusiveAsync(LONG);
    world.seconds(4);
    assertThat(writer).isCompleted();
    int before = entered[0];
    world.seconds(10);
    assertThat(entered[0]).isEqualTo(before);
    writer.join().close();
    world.seconds(5);
    assertThat(entered[0]).isGreaterThan(before + 5);
  }

  private void keepReading(World.Node node, SharedExclusiveLock lock, int[] entered) {
    if (world.isEnding()) {
      return;
    }
    lock.acquireSharedAsync(LONG)
        .thenAccept(
            held -> {
              entered[0]++;
              node.machine.after(
                  Duration.ofMillis(700),
                  () -> {
                    held.closeAsync();
                    keepReading(node, lock, entered);
                  });
            });
  }

  @Test
  void waitingReaders_costLessThanTwoReadsASecond_howeverManyWait() throws InterruptedException {
    Hold writer = of(a).tryAcquireExclusive().orElseThrow();
    SharedExclusiveLock lock = of(b);
    for (int i = 0; i < 50; i++) {
      lock.acquireSharedAsync(LONG);
    }
    world.seconds(20);
    int before = b.store.trace().size();
    world.seconds(60);
    assertThat(b.store.trace().size() - before).isBetween(50, 62);
    assertThat(b.store.count("acquire")).isZero();
    assertThat(writer.isHeld()).isTrue();
  }

  @Test
  void waitingWriter_costsLessThanAReadASecond_forEachReader() throws InterruptedException {
    Hold reader = of(a).tryAcquireShared().orElseThrow();
    CompletableFuture<Hold> writer = of(b, Leases.shared()).acquireExclusiveAsync(LONG);
    world.seconds(20);
    long polls = b.store.count("poll");
    int all = b.store.trace().size();
    world.seconds(60);
    assertThat(b.store.count("poll") - polls).isBetween(30L, 62L);
    // Besides, its session's heartbeats.
    assertThat(b.store.trace().size() - all).isBetween(40, 62 + 13);
    reader.close();
    world.seconds(2);
    assertThat(writer).isCompleted();
  }

  @Test
  void deadReader_isOutwaited_aLeaseLong() throws InterruptedException {
    Hold dead = of(a).tryAcquireShared().orElseThrow();
    CompletableFuture<Hold> writer = of(b).acquireExclusiveAsync(LONG);
    world.seconds(12);
    a.machine.crash();
    world.seconds(14.9);
    assertThat(writer).isNotDone();
    world.seconds(6.5);
    assertThat(writer).isCompleted();
    assertThat(dead.isHeld()).isFalse();
  }

  /** With own leases, the gate's is outwaited first, and then those of the permits. */
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void deadWriter_isOutwaited_inTwoLeasesOrOneShared(boolean inside, boolean shared)
      throws InterruptedException {
    Leases leases = shared ? Leases.shared() : Leases.own();
    Hold reader = of(c, leases).tryAcquireShared().orElseThrow();
    CompletableFuture<Hold> dead = of(a, leases).acquireExclusiveAsync(LONG);
    world.seconds(1);
    if (inside) {
      reader.close();
    }
    world.seconds(2);
    assertThat(dead.isDone()).isEqualTo(inside);
    CompletableFuture<? extends Hold> nextReader = of(b, leases).acquireSharedAsync(LONG);
    CompletableFuture<Hold> nextWriter = of(c, leases).acquireExclusiveAsync(LONG);
    world.seconds(1);
    a.machine.crash();
    reader.close();
    world.seconds(14);
    assertThat(nextReader).isNotDone();
    assertThat(nextWriter).isNotDone();
    world.seconds(shared ? 9 : 30);
    assertThat(nextWriter.isDone() || nextReader.isDone()).isTrue();
    (nextWriter.isDone() ? nextWriter : nextReader).join().close();
    world.seconds(3);
    assertThat(nextWriter).isCompleted();
    nextWriter.join().close();
    world.seconds(3);
    assertThat(nextReader).isCompleted();
  }

  @Test
  void writersLoss_isToldOnce_andStopsItAtOnce() throws InterruptedException {
    Hold writer = of(a).tryAcquireExclusive().orElseThrow();
    List<Revocation> told = new ArrayList<>();
    writer.onRevoked(told::add);
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(20);
    assertThat(told).hasSize(1);
    assertThat(writer.isHeld()).isFalse();
    assertThat(writer.remaining()).isZero();
    assertThat(writer.revocation()).contains(told.get(0));
    assertThatThrownBy(writer::ensureHeld).isInstanceOf(LockRevokedException.class);
    writer.onRevoked(told::add);
    world.seconds(0.1);
    assertThat(told).hasSize(2);
  }

  @Test
  void writerThatLosesItsGateWhileItWaits_beginsAgain() throws InterruptedException {
    Hold reader = of(a).tryAcquireShared().orElseThrow();
    CompletableFuture<Hold> writer = of(b).acquireExclusiveAsync(LONG);
    world.seconds(2);
    b.machine.pause(Duration.ofSeconds(30));
    CompletableFuture<Hold> other = of(c).acquireExclusiveAsync(LONG);
    world.seconds(30);
    b.machine.resume();
    world.seconds(5);
    reader.close();
    world.seconds(25);
    assertThat(other).isCompleted();
    assertThat(writer).isNotDone();
    other.join().close();
    world.seconds(25);
    assertThat(writer).isCompleted();
    assertThat(writer.join().fencingToken()).isGreaterThan(other.join().fencingToken());
  }

  @Test
  void refusedWriter_namesWhoWasInside_andLeavesNothingBehind() throws InterruptedException {
    Hold reader = of(a).tryAcquireShared().orElseThrow();
    assertThatThrownBy(() -> of(b).acquireExclusive(Duration.ofSeconds(2)))
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.holder().orElseThrow().ownerName()).isEqualTo("a"));
    assertThat(of(c).tryAcquireShared()).isPresent();
    assertThat(reader.isHeld()).isTrue();
  }

  @Test
  void cancelledEntries_leaveNothingBehind() throws InterruptedException {
    Hold reader = of(a).tryAcquireShared().orElseThrow();
    CompletableFuture<Hold> writer = of(b).acquireExclusiveAsync(LONG);
    world.seconds(1);
    CompletableFuture<? extends Hold> late = of(c).acquireSharedAsync(LONG);
    world.seconds(1);
    late.cancel(false);
    writer.cancel(false);
    reader.close();
    world.seconds(1);
    assertThat(of(c).tryAcquireExclusive()).isPresent();
  }

  @Test
  void outage_isToldToWhoWaits() {
    a.store.failAll(Fault.THROTTLED);
    CompletableFuture<? extends Hold> reader = of(a).acquireSharedAsync(Duration.ofSeconds(3));
    CompletableFuture<Hold> writer = of(a).acquireExclusiveAsync(Duration.ofSeconds(3));
    world.seconds(4);
    assertThatThrownBy(reader::join).hasCauseInstanceOf(LockStoreException.class);
    assertThatThrownBy(writer::join).hasCauseInstanceOf(LockStoreException.class);
  }

  @Test
  void numberOfReaders_outOfRange_isRefused() {
    for (int readers : new int[] {0, 100}) {
      assertThatThrownBy(() -> SharedExclusiveLock.of(a.client, LockRequest.of("k"), readers))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 99");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void writer_isNeverBesideAnybody_whateverHappens(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<World.Node> nodes = new ArrayList<>();
    List<Hold> readers = new ArrayList<>();
    List<Hold> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      World.Node node = world.node("n" + i);
      nodes.add(node);
      SharedExclusiveLock lock = of(node);
      run(node, lock, false, random, readers);
      run(node, lock, false, random, readers);
      run(node, lock, true, random, writers);
    }
    Disturbances disturbances = new Disturbances(nodes, random);
    for (int step = 0; step < 3_000; step++) {
      world.seconds(0.1);
      disturbances.next();
      long writing = writers.stream().filter(Hold::isHeld).count();
      long reading = readers.stream().filter(Hold::isHeld).count();
      assertThat(writing).isLessThanOrEqualTo(reading == 0 ? 1 : 0);
    }
    assertThat(readers).hasSizeGreaterThan(5);
    assertThat(writers).hasSizeGreaterThan(5);
  }

  private void run(
      World.Node node,
      SharedExclusiveLock lock,
      boolean writes,
      SplittableRandom random,
      List<Hold> seen) {
    if (world.isEnding()) {
      return;
    }
    CompletableFuture<? extends Hold> entering =
        writes ? lock.acquireExclusiveAsync(LONG) : lock.acquireSharedAsync(LONG);
    entering.whenComplete(
        (held, failure) -> {
          if (held != null) {
            seen.add(held);
          }
          node.machine.after(
              Duration.ofMillis(random.nextInt(3_000)),
              () -> {
                if (held != null) {
                  held.closeAsync();
                }
                node.machine.after(
                    Duration.ofMillis(random.nextInt(20_000)),
                    () -> run(node, lock, writes, random, seen));
              });
        });
  }
}
