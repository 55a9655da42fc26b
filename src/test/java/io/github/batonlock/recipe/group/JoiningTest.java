package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;

/** Members on their way into a group that closes, or loses its client or their lock, meanwhile. */
class JoiningTest {
  private static final SdkBytes DATA = SdkBytes.fromUtf8String("data");

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final Group group = Group.builder(a.client, "g").open();
  private final Group observer = Group.builder(b.client, "g").open();

  private void assertThatNothingIsHeld() {
    for (LockKey key : world.table.keys()) {
      assertThat(world.table.row(key)).as("item of " + key).containsKey("isReleased");
    }
  }

  /** The requests of a join take 4 ms each: five of them, and a read of the list beside. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 25, 30})
  void join_whoseGroupIsClosedMeanwhile_fails_andLeavesNoMember(int millis) {
    CompletableFuture<Membership> joined = group.joinAsync("m", DATA);
    world.time.advance(Duration.ofMillis(millis));
    boolean wasIn = joined.isDone();
    CompletableFuture<Void> closed = group.closeAsync();
    world.seconds(1);

    assertThat(closed).isCompleted();
    if (wasIn) {
      assertThat(joined.join().isHeld()).isFalse();
    } else {
      assertThatThrownBy(joined::join)
          .hasRootCauseExactlyInstanceOf(IllegalStateException.class)
          .hasRootCauseMessage("Group(g) is closed; open another one");
    }
    assertThatNothingIsHeld();
    world.seconds(60);
    assertThat(observer.members()).isEmpty();
  }

  @Test
  void closing_waitsUntilThoseOnTheirWayHaveLeft() {
    CompletableFuture<Membership> joined = group.joinAsync("m", DATA);
    // Its lock is there, and it is being written into the list.
    world.time.advance(Duration.ofMillis(9));
    CompletableFuture<Void> closed = group.closeAsync();
    while (!closed.isDone()) {
      assertThat(world.time.elapsed()).isLessThan(Duration.ofSeconds(1));
      world.time.advance(Duration.ofMillis(1));
    }

    assertThatNothingIsHeld();
    assertThat(joined).isCompletedExceptionally();
  }

  @Test
  void join_afterItsGroupWasClosed_failsWithoutARequest() {
    world.seconds(1);
    group.close();
    int sent = a.store.trace().size();
    CompletableFuture<Membership> joined = group.joinAsync("m", DATA);
    world.seconds(1);

    assertThatThrownBy(joined::join).hasRootCauseExactlyInstanceOf(IllegalStateException.class);
    assertThat(a.store.trace()).hasSize(sent);
  }

  @Test
  void join_onAClosedClient_failsByItsFuture() {
    a.client.close();
    CompletableFuture<Membership> joined = group.joinAsync("m", DATA);
    world.seconds(1);

    assertThatThrownBy(joined::join).hasRootCauseExactlyInstanceOf(IllegalStateException.class);
  }

  @Test
  void join_whoseClientIsClosedMeanwhile_fails_andLeavesNothingHeld() {
    for (int millis = 0; millis < 30; millis += 2) {
      World.Node node = world.node("n" + millis);
      Group closing = Group.builder(node.client, "g").open();
      CompletableFuture<Membership> joined = closing.joinAsync("m" + millis, DATA);
      world.time.advance(Duration.ofMillis(millis));
      boolean wasIn = joined.isDone();
      node.client.close();
      world.seconds(1);

      assertThatNothingIsHeld();
      if (wasIn) {
        assertThat(joined.join().isHeld()).isFalse();
      } else {
        assertThat(joined).isCompletedExceptionally();
      }
    }
  }

  @Test
  void join_whoseLockIsLostBeforeTheMemberIsListed_fails_andLeavesNoEntry() {
    CompletableFuture<Membership> joined = group.joinAsync("m", DATA);
    // The list cannot be written until the member's lock has noticed its loss.
    a.store.failKey("g/members", Fault.THROTTLED);
    world.seconds(1);
    world.table.removeRow(LockKey.of("g/member/m"));
    world.seconds(7);
    a.store.heal();
    world.seconds(60);

    assertThatThrownBy(joined::join).hasRootCauseInstanceOf(LockRevokedException.class);
    assertThat(observer.members()).isEmpty();
    assertThatNothingIsHeld();
  }

  @Test
  void joins_thatFailTogether_haveAFailureEach() {
    World.Node c = world.node("c");
    Group other = Group.builder(c.client, "g").open();
    world.seconds(1);
    c.store.failKey("g/members", Fault.ACCESS_DENIED);
    List<CompletableFuture<Membership>> joins = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      joins.add(other.joinAsync("m" + i, DATA));
    }
    world.seconds(5);

    Set<Throwable> failures = Collections.newSetFromMap(new IdentityHashMap<>());
    for (CompletableFuture<Membership> join : joins) {
      assertThat(join).isCompletedExceptionally();
      failures.add(reason(join));
    }
    assertThat(failures).hasSize(5).hasOnlyElementsOfType(LockStoreException.class);
    assertThatNothingIsHeld();
  }

  private static Throwable reason(CompletableFuture<?> failed) {
    Throwable why = failed.handle((value, failure) -> failure).join();
    return why instanceof CompletionException ? why.getCause() : why;
  }

  @Test
  void interruptedJoin_endsItsAttempt() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> group.join("m", DATA)).isInstanceOf(InterruptedException.class);
    world.seconds(20);

    assertThatNothingIsHeld();
    assertThat(observer.members()).isEmpty();
  }

  /** User code that hangs on a future must not hold up the group. */
  @Test
  void whatHangsOnTheFutureOfAJoin_runsBesideTheGroup() {
    List<Boolean> wentOn = new ArrayList<>();
    CompletableFuture<Membership> first = group.joinAsync("m", DATA);
    CompletableFuture<Membership> second = group.joinAsync("n", DATA);
    CompletableFuture<Void> unused =
        first.thenAccept(
            membership -> {
              world.seconds(5);
              wentOn.add(second.isDone());
            });
    world.seconds(10);

    assertThat(wentOn).containsExactly(true);
  }

  @Test
  void argument_outOfRange_isRefusedAtItsDoor() {
    assertThatThrownBy(() -> group.joinAsync("", DATA))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> group.joinAsync("m", SdkBytes.fromByteArray(new byte[400 * 1024])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("400 KB");
    assertThatThrownBy(() -> Group.builder(a.client, "g".repeat(2_041)).open())
        .isInstanceOf(IllegalArgumentException.class);
    World.Node sorted = world.node("s", config -> config.sortKeyName = "sort");
    assertThatThrownBy(() -> Group.builder(sorted.client, "g").open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sort key");
  }

  @Test
  void joinThatIsRefused_namesTheReason() {
    CompletableFuture<Membership> first = observer.joinAsync("m", DATA);
    world.seconds(5);
    assertThat(first).isCompleted();
    CompletableFuture<Membership> second = group.joinAsync("m", DATA);
    world.seconds(60);

    assertThatThrownBy(second::join).hasRootCauseInstanceOf(LockNotAcquiredException.class);
  }
}
