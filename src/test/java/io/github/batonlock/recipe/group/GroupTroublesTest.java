package io.github.batonlock.recipe.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.Logged;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;

/**
 * What the users of a group see of a table that fails. Lease 20 s, beat 5 s, close timeout 10 s;
 * requests take 4 ms, or 5 s without an answer.
 */
class GroupTroublesTest {
  @RegisterExtension private final World world = new World();
  @RegisterExtension private final Logged log = new Logged(Group.class);
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final Group group = open(a);
  private final Group observer = open(b);

  private static Group open(World.Node node) {
    return Group.builder(node.client, "g").open();
  }

  @AfterEach
  void close() {
    CompletableFuture<Void> unused = observer.closeAsync();
    CompletableFuture<Void> unusedToo = group.closeAsync();
  }

  private CompletableFuture<Membership> join() {
    CompletableFuture<Membership> joined = group.joinAsync("m", SdkBytes.fromUtf8String("x"));
    world.seconds(1);
    return joined;
  }

  @ParameterizedTest
  @EnumSource(names = {"THROTTLED", "REQUEST_LOST", "ACCESS_DENIED"})
  void join_isToldWhyTheListCannotBeChanged(Fault fault) {
    a.store.failKey("g/members", fault);
    CompletableFuture<Membership> joined = join();
    world.seconds(46);

    Kind kind = fault == Fault.REQUEST_LOST ? Kind.TIMED_OUT : Kind.valueOf(fault.name());
    assertThatThrownBy(joined::join)
        .hasRootCauseInstanceOf(LockStoreException.class)
        .rootCause()
        .satisfies(why -> assertThat(((LockStoreException) why).kind()).isEqualTo(kind));
    assertThat(world.table.row(LockKey.of("g/member/m"))).containsKey("isReleased");
  }

  @ParameterizedTest
  @EnumSource(names = {"THROTTLED", "REQUEST_LOST", "ACCESS_DENIED"})
  void leaving_waitsForTheListForTheCloseTimeoutOnly(Fault fault) {
    Membership member = join().join();
    a.store.failKey("g/members", fault);
    Duration begun = world.time.elapsed();
    member.close();

    assertThat(world.time.elapsed().minus(begun)).isLessThan(Duration.ofSeconds(11));
    assertThat(world.table.row(LockKey.of("g/member/m"))).containsKey("isReleased");
    world.seconds(60);
    assertThat(observer.members()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"THROTTLED", "REQUEST_LOST"})
  void closing_ofAClientThatIsCutOff_takesTheCloseTimeoutAndARequest(Fault fault) {
    Membership member = join().join();
    a.store.failAll(fault);
    Duration begun = world.time.elapsed();
    group.close();

    assertThat(world.time.elapsed().minus(begun)).isLessThan(Duration.ofSeconds(16));
    assertThat(member.isHeld()).isFalse();
  }

  @Test
  void listThatCannotBeRead_isWarnedOfOnce_untilItCanBeRead() {
    world.seconds(1);
    for (int outage = 1; outage <= 2; outage++) {
      b.store.failAll(Fault.THROTTLED);
      world.seconds(60);
      assertThat(log.lines())
          .hasSize(outage)
          .last()
          .isEqualTo(
              "Group(g) cannot read its list, so its members may be out of date: injected:"
                  + " THROTTLED");
      b.store.heal();
      world.seconds(10);
    }
  }
}
