package io.github.batonlock.recipe.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.election.LeaderElection.Listener;
import io.github.batonlock.support.World;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What candidates are told of a table that fails. Lease 20 s, beat 5 s; requests take 4 ms. */
class ElectionTroublesTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final List<LeaderElection> elections = new ArrayList<>();

  @AfterEach
  void closeElections() {
    elections.forEach(LeaderElection::closeAsync);
  }

  /** Campaigns; what it is told of troubles. */
  private List<LockException> troublesOf(World.Node node) {
    List<LockException> troubles = new ArrayList<>();
    Listener listener =
        new Listener() {
          @Override
          public void troubled(LockException failure) {
            troubles.add(failure);
          }
        };
    elections.add(LeaderElection.builder(node.client, "k").listener(listener).campaign());
    world.seconds(1);
    return troubles;
  }

  @Test
  void troublesAfterOnesThatEndedWithAnElection_areToldAnew() {
    a.store.fail("acquire", Fault.ACCESS_DENIED);
    List<LockException> troubles = troublesOf(a);
    world.seconds(60);
    assertThat(troubles).hasSize(1);
    a.store.heal();
    world.seconds(60);
    assertThat(elections.get(0).isLeader()).isTrue();

    a.store.failAll(Fault.ACCESS_DENIED);
    world.seconds(60);

    assertThat(troubles).hasSize(2);
  }

  /** Reads, which the watch of the lock sends, are answered. */
  @ParameterizedTest
  @EnumSource(names = {"THROTTLED", "REQUEST_LOST", "REFUSED"})
  void writesThatFailForAWhile_areToldWithTheirCause(Fault fault) {
    a.store.fail("acquire", fault);
    List<LockException> troubles = troublesOf(a);
    world.seconds(60);
    assertThat(troubles).hasSize(1);
    assertThat(kindOf(troubles.get(0)))
        .isEqualTo(
            switch (fault) {
              case THROTTLED -> Kind.THROTTLED;
              case REQUEST_LOST -> Kind.TIMED_OUT;
              default -> Kind.UNAVAILABLE;
            });

    a.store.heal();
    world.seconds(60);
    assertThat(elections.get(0).isLeader()).isTrue();
    assertThat(troubles).hasSize(1);
  }

  private static Kind kindOf(LockException trouble) {
    return ((LockStoreException) trouble).kind();
  }

  @Test
  void takeoverThatIsThrottled_isTold() {
    troublesOf(a);
    List<LockException> troubles = troublesOf(b);
    world.seconds(60);
    b.store.fail("takeover", Fault.THROTTLED);
    world.seconds(60);
    assertThat(troubles).isEmpty();
    a.machine.crash();
    world.seconds(60);
    assertThat(troubles).hasSize(1);
    assertThat(kindOf(troubles.get(0))).isEqualTo(Kind.THROTTLED);

    b.store.heal();
    world.seconds(60);
    assertThat(elections.get(1).isLeader()).isTrue();
    assertThat(troubles).hasSize(1);
  }

  @Test
  void troublesOfOneWhoDoesNotLeadMeanwhile_areToldAnew() {
    troublesOf(a);
    List<LockException> troubles = troublesOf(b);
    for (int outage = 1; outage <= 3; outage++) {
      world.seconds(60);
      b.store.failAll(Fault.ACCESS_DENIED);
      world.seconds(60);
      assertThat(troubles).hasSize(outage);
      b.store.heal();
    }
    assertThat(elections.get(0).isLeader()).isTrue();
  }
}
