package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Fair locks on virtual time; lease 20 s, heartbeat 5 s. */
@Timeout(60)
class FairLockTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  @RegisterExtension private final World world = new World();
  private final List<String> order = new ArrayList<>();

  /** A process that wants the lock. */
  private final class Site {
    final String name;
    final World.Node node;
    final FairLock lock;

    Site(String name) {
      this.name = name;
      node = world.node(name);
      lock = FairLock.of(node.client, "f");
    }

    CompletableFuture<Hold> comes() {
      CompletableFuture<Hold> turn = lock.acquireAsync(LONG);
      turn.thenAccept(got -> order.add(name));
      world.seconds(1);
      return turn;
    }
  }

  private Hold got(CompletableFuture<Hold> turn) {
    world.seconds(5);
    return turn.join();
  }

  @Test
  void lock_thatNobodyWants_isTakenAtOnce_andAgain() {
    Site a = new Site("a");
    Hold first = got(a.comes());
    assertThat(first.isHeld()).isTrue();
    first.close();
    assertThat(first.isHeld()).isFalse();

    Hold second = got(a.comes());

    assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
  }

  @Test
  void waiters_ofManyClients_getItInTheOrderOfComing() {
    Hold turn = got(new Site("first").comes());
    List<CompletableFuture<Hold>> turns = new ArrayList<>();
    List<String> names = new ArrayList<>(List.of("first"));
    // Those who come later look more often; without a queue the last would often be first.
    for (int i = 0; i < 12; i++) {
      names.add("w" + i);
      turns.add(new Site("w" + i).comes());
      world.seconds(7);
    }
    for (CompletableFuture<Hold> next : turns) {
      assertThat(next).isNotDone();
      turn.close();
      world.seconds(15);
      turn = next.join();
      assertThat(turn.isHeld()).isTrue();
    }

    assertThat(order).containsExactlyElementsOf(names);
  }

  @Test
  void waiter_whoGivesUp_isPassedBy_andNobodyOvertakes() {
    Hold turn = got(new Site("a").comes());
    CompletableFuture<Hold> second = new Site("b").comes();
    CompletableFuture<Hold> third = new Site("c").comes();
    second.cancel(false);
    world.seconds(60);
    assertThat(third).isNotDone();

    turn.close();
    world.seconds(15);

    assertThat(third.join().isHeld()).isTrue();
    assertThat(order).containsExactly("a", "c");
  }

  /** Regression: who came behind it passed all who were before, too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waiter_whoGoesAfterItHasPassedAnotherBy_keepsNobodysPlaceButItsOwn(boolean dies) {
    Hold turn = got(new Site("a").comes());
    CompletableFuture<Hold> second = new Site("b").comes();
    CompletableFuture<Hold> third = new Site("c").comes();
    Site site = new Site("d");
    CompletableFuture<Hold> fourth = site.comes();
    CompletableFuture<Hold> fifth = new Site("e").comes();
    third.cancel(false);
    world.seconds(30);
    if (dies) {
      site.node.machine.crash();
    } else {
      fourth.cancel(false);
    }
    world.seconds(60);
    turn.close();
    world.seconds(15);
    assertThat(second).isCompleted();
    assertThat(fifth).isNotDone();

    second.join().close();
    world.seconds(15);

    assertThat(fifth).isCompleted();
    assertThat(order).containsExactly("a", "b", "e");
  }

  /** Where it cannot say whom it has passed by, the other's ticket stays. */
  @Test
  void waiter_thatCannotNoteWhomItHasPassedBy_leavesTheQueueAsItIs() {
    Hold turn = got(new Site("a").comes());
    CompletableFuture<Hold> second = new Site("b").comes();
    CompletableFuture<Hold> third = new Site("c").comes();
    Site site = new Site("d");
    CompletableFuture<Hold> fourth = site.comes();
    CompletableFuture<Hold> fifth = new Site("e").comes();
    site.node.store.fail("heartbeat", Fault.REQUEST_LOST);
    third.cancel(false);
    world.seconds(90);
    assertThat(fourth).isCompletedExceptionally();
    turn.close();
    world.seconds(30);
    assertThat(second).isCompleted();
    assertThat(fifth).isNotDone();

    second.join().close();
    world.seconds(30);

    assertThat(order).containsExactly("a", "b", "e");
  }

  @Test
  void waiter_whoDies_isPassedByWithinALease_andTheHolderIsNot() {
    Hold turn = got(new Site("a").comes());
    Site b = new Site("b");
    b.comes();
    CompletableFuture<Hold> third = new Site("c").comes();
    b.node.machine.crash();
    world.seconds(90);
    assertThat(third).isNotDone();
    assertThat(turn.isHeld()).isTrue();

    turn.close();
    world.seconds(15);

    assertThat(third.join().isHeld()).isTrue();
  }

  @Test
  void holder_whoDies_isOutwaitedWithinTwoLeases() {
    Site a = new Site("a");
    got(a.comes());
    CompletableFuture<Hold> second = new Site("b").comes();
    a.node.machine.crash();
    world.seconds(45);

    assertThat(second.join().isHeld()).isTrue();
  }

  @Test
  void waiting_thatIsOver_namesWhoWasBefore_andLeavesTheQueue() {
    Hold turn = got(new Site("a").comes());
    Site b = new Site("b");
    CompletableFuture<Hold> tooShort = b.lock.acquireAsync(Duration.ofSeconds(3));
    world.seconds(5);

    assertThatThrownBy(tooShort::join)
        .hasCauseInstanceOf(LockNotAcquiredException.class)
        .hasMessageContaining("'a'");
    CompletableFuture<Hold> third = new Site("c").comes();
    turn.close();
    world.seconds(15);
    assertThat(third.join().isHeld()).isTrue();
  }

  @Test
  void lock_takenPastTheQueue_isWaitedFor() {
    Site a = new Site("a");
    HeldLock past = world.node("x").acquired(request -> request.key("f"));
    CompletableFuture<Hold> turn = a.comes();
    world.seconds(30);
    assertThat(turn).isNotDone();

    past.close();

    assertThat(got(turn).isHeld()).isTrue();
  }

  @Test
  void tickets_doNotPileUp() {
    Site a = new Site("a");
    for (int i = 0; i < 10; i++) {
      got(a.comes()).close();
    }
    world.seconds(5);

    long tickets =
        world.table.keys().stream()
            .map(LockKey::partitionKey)
            .filter(key -> key.startsWith("f/ticket/"))
            .count();
    assertThat(tickets).isEqualTo(1);
  }

  @Test
  void client_closedWhileItWaits_endsTheWait() {
    got(new Site("a").comes());
    Site b = new Site("b");
    CompletableFuture<Hold> turn = b.comes();

    b.node.client.close();
    world.seconds(1);

    assertThatThrownBy(turn::join).hasCauseInstanceOf(LockNotAcquiredException.class);
  }

  private void putReleased(String key, String data) {
    world.table.putRow(
        LockKey.of(key),
        Map.of(
            "ownerName", AttributeValue.fromS("before"),
            "leaseDuration", AttributeValue.fromS("20000"),
            "recordVersionNumber", AttributeValue.fromS("v"),
            "isReleased", AttributeValue.fromS("1"),
            "fencingToken", AttributeValue.fromN("7"),
            "data", AttributeValue.fromB(SdkBytes.fromUtf8String(data))));
  }

  private boolean isHeld(LockKey key) {
    Map<String, AttributeValue> row = world.table.row(key);
    return row != null && !row.containsKey("isReleased");
  }

  /** Regression: it failed with the queue's lock in hand, which was held for ever. */
  @Test
  void key_thatIsTooLongForItsTickets_isRefusedFromTheStart() {
    World.Node node = world.node("a");
    String longest = "f".repeat(2_048 - "/ticket/".length() - 19);
    Hold turn = got(FairLock.of(node.client, longest).acquireAsync(LONG));
    assertThat(turn.isHeld()).isTrue();

    assertThatThrownBy(() -> FairLock.of(node.client, longest + "f"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2022 bytes")
        .hasMessageContaining("at most 2021");
  }

  /** Regression: a ticket that names none was waited for to no end, with a ticket in hand. */
  @ParameterizedTest
  @ValueSource(strings = {"f/queue", "f/ticket/1"})
  void queue_thatSomebodyHasBroken_failsWhoComes_andNothingStaysHeld(String broken) {
    putReleased("f/queue", "f/ticket/1");
    putReleased("f/ticket/1", "");
    putReleased(broken, "x".repeat(3_000));
    CompletableFuture<Hold> turn = new Site("a").comes();
    world.seconds(5);

    assertThat(turn).isCompletedExceptionally();
    assertThat(world.table.keys()).isNotEmpty().noneMatch(this::isHeld);
  }
}
