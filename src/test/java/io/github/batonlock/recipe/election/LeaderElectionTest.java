package io.github.batonlock.recipe.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.recipe.election.LeaderElection.Listener;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Elections, as time-lines on a virtual clock. Lease 20 s, usable 16 s, beat 5 s, stand back 10 s;
 * requests take 4 ms.
 */
class LeaderElectionTest {
  @RegisterExtension private final World world = new World();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  /** Nobody campaigns any more. */
  @AfterEach
  void closeElections() {
    for (Node node : nodes) {
      node.node.store.heal();
      if (node.election != null) {
        node.node.machine.run(() -> node.election.closeAsync());
      }
    }
  }

  /** A process with a candidate that writes down what it is told. */
  private final class Node implements Listener {
    final String name;
    final World.Node node;
    final List<Optional<Leader>> leaders = new ArrayList<>();
    final List<LockException> troubles = new ArrayList<>();
    LeaderElection election;
    Consumer<Term> onElected = term -> {};
    Consumer<Reason> onEnd = reason -> {};

    Node(String name) {
      this.name = name;
      this.node = world.node(name);
      nodes.add(this);
    }

    Node campaigns() {
      return campaigns(builder -> {});
    }

    Node campaigns(Consumer<LeaderElection.Builder> options) {
      election = builder(options).campaign();
      world.seconds(0.1);
      return this;
    }

    Node observes() {
      election = LeaderElection.builder(node.client, "k").listener(this).observe();
      world.seconds(0.1);
      return this;
    }

    private LeaderElection.Builder builder(Consumer<LeaderElection.Builder> options) {
      LeaderElection.Builder builder =
          LeaderElection.builder(node.client, "k")
              .candidateId(name)
              .payload(SdkBytes.fromUtf8String("at-" + name))
              .listener(this);
      options.accept(builder);
      return builder;
    }

    @Override
    public void elected(Term term) {
      lines.add(name + " elected" + (term.isHeld() ? "" : ", but not valid"));
      onElected.accept(term);
    }

    @Override
    public void termEnded(Term term, Reason reason) {
      lines.add(name + " " + reason + (term.isHeld() ? ", but valid" : ""));
      onEnd.accept(reason);
    }

    @Override
    public void leaderChanged(Optional<Leader> leader) {
      leaders.add(leader);
    }

    @Override
    public void troubled(LockException failure) {
      troubles.add(failure);
    }

    List<String> names() {
      return leaders.stream().map(l -> l.map(Leader::candidateId).orElse("-")).toList();
    }
  }

  private final Node a = new Node("a");
  private final Node b = new Node("b");
  private final Node c = new Node("c");

  @Test
  void election_ofThreeCandidates_hasOneLeader_whomAllKnow() {
    a.campaigns();
    b.campaigns();
    c.campaigns();
    Node observer = new Node("o").observes();
    world.seconds(60);

    assertThat(lines).containsExactly("a elected");
    assertThat(a.election.isLeader()).isTrue();
    assertThat(b.election.isLeader()).isFalse();
    Term term = a.election.term().orElseThrow();
    Leader leader = new Leader("a", term.fencingToken(), SdkBytes.fromUtf8String("at-a"));
    for (Node node : List.of(a, b, c, observer)) {
      assertThat(node.election.leader()).contains(leader);
      assertThat(node.leaders).last().isEqualTo(Optional.of(leader));
    }
    assertThat(observer.election.isLeader()).isFalse();
    term.ensureHeld();
  }

  @Test
  void crashOfTheLeader_isFollowedByANewTermWithinALease() {
    a.campaigns();
    Node observer = new Node("o").observes();
    b.campaigns();
    world.seconds(60);
    long first = a.election.term().orElseThrow().fencingToken();
    a.node.machine.crash();
    world.seconds(20.5);

    assertThat(lines).containsExactly("a elected", "b elected");
    assertThat(b.election.term().orElseThrow().fencingToken()).isEqualTo(first + 1);
    world.seconds(5);
    assertThat(observer.election.leader().orElseThrow().candidateId()).isEqualTo("b");
    assertThat(observer.names()).startsWith("a").endsWith("b");
  }

  @Test
  void leaderThatWasPausedPastItsLease_neverLeadsOnWaking() {
    a.campaigns();
    b.campaigns();
    world.seconds(60);
    Term old = a.election.term().orElseThrow();
    a.node.machine.pause(Duration.ofSeconds(60));
    assertThat(a.election.isLeader()).isFalse();
    assertThat(a.election.term()).isEmpty();
    assertThatThrownBy(old::ensureHeld).isInstanceOf(LockRevokedException.class);
    a.node.machine.resume();
    world.seconds(10);
    assertThat(lines).containsExactly("a elected", "b elected", "a LOST");
    assertThat(a.election.leader().orElseThrow().candidateId()).isEqualTo("b");
    b.election.closeAsync();
    world.seconds(5);
    assertThat(lines).endsWith("b CLOSED", "a elected");
  }

  @Test
  void leaderThatWasPausedAtItsElection_atAnyMoment_neverLeadsOnWaking() {
    for (int micros = 0; micros < 12_000; micros += 250) {
      World other = new World();
      List<String> told = new ArrayList<>();
      World.Node x = other.node("x");
      World.Node y = other.node("y");
      LeaderElection late = LeaderElection.builder(x.client, "k").listener(writer(told)).campaign();
      other.time.advance(Duration.ofNanos(micros * 1_000L));
      int before = told.size();
      x.machine.pause();
      LeaderElection next =
          LeaderElection.builder(y.client, "k").listener(new Listener() {}).campaign();
      other.seconds(60);
      x.machine.resume();
      other.seconds(10);
      assertThat(told).as("after %d microseconds", micros).hasSize(2 * before);
      assertThat(late.isLeader()).isFalse();
      late.closeAsync();
      next.closeAsync();
      other.assertNothingIsLeft();
    }
  }

  private static Listener writer(List<String> told) {
    return new Listener() {
      @Override
      public void elected(Term term) {
        told.add("elected");
      }

      @Override
      public void termEnded(Term term, Reason reason) {
        told.add("ended");
      }
    };
  }

  @Test
  void lockThatIsLost_beforeItIsWrittenWhoLeads_isNotToldAtAll() {
    a.node.store.failNext("heartbeat", Fault.REQUEST_LOST);
    a.campaigns();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(10);
    assertThat(lines).containsExactly("a elected");
    assertThat(a.troubles).isEmpty();
    assertThat(a.election.isLeader()).isTrue();
  }

  @Test
  void foreignData_isNobodysRecord() throws InterruptedException {
    b.node
        .client
        .acquire(LockRequest.builder("k").data(SdkBytes.fromUtf8String("hello")).build())
        .close();
    Node observer = new Node("o").observes();
    a.campaigns();
    world.seconds(6);
    assertThat(lines).containsExactly("a elected");
    assertThat(observer.names()).containsExactly("-", "a");
  }

  @Test
  void deletedLock_endsTheTerm_andTheCandidateCampaignsAgain() {
    a.campaigns();
    world.seconds(12);
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);
    assertThat(lines).containsExactly("a elected", "a LOST", "a elected");
    assertThat(a.election.isLeader()).isTrue();
  }

  @Test
  void resign_stopsTheWorkBeforeTheLockIsReleased_andStandsBack() {
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    a.onEnd =
        reason -> {
          block(a.node, 3);
          lines.add("free: " + world.isReleased());
        };
    CompletableFuture<Void> done = a.election.resign();
    assertThat(a.election.isLeader()).isFalse();
    assertThat(a.election.leader()).isEmpty();
    world.seconds(5);
    assertThat(done).isCompleted();
    assertThat(lines).containsExactly("a elected", "a RESIGNED", "free: false", "b elected");
    world.seconds(60);
    assertThat(lines).hasSize(4);
  }

  @Test
  void term_isAHold_untilItIsClosed() {
    a.campaigns();
    world.seconds(7);
    Term term = a.election.term().orElseThrow();
    List<Revocation> lost = new ArrayList<>();
    assertThat(term.onRevoked(lost::add)).isSameAs(term);
    assertThat(term.key()).isEqualTo(LockKey.of("k"));
    assertThat(term.fencingToken()).isEqualTo(term.lock().fencingToken());
    term.ensureHeldFor(Duration.ofSeconds(5));
    assertThat(term.remaining()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(16));

    CompletableFuture<Void> closed = term.closeAsync();
    assertThat(term.isHeld()).isFalse();
    assertThat(term.remaining()).isZero();
    assertThatThrownBy(term::ensureHeld)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Term " + term.fencingToken() + " of 'k' was closed by its holder");
    world.seconds(1);

    assertThat(closed).isCompleted();
    assertThat(world.isReleased()).isTrue();
    assertThat(lines).containsExactly("a elected", "a RESIGNED");
    assertThat(lost).isEmpty();
    assertThat(term.revocation()).isEmpty();
  }

  @Test
  void term_thatItsElectionGaveUp_isNotHeld_andNotRevoked() {
    a.campaigns();
    world.seconds(7);
    Term term = a.election.term().orElseThrow();
    CompletableFuture<Void> unused = a.election.resign();

    assertThatThrownBy(() -> term.ensureHeldFor(Duration.ofSeconds(1)))
        .isExactlyInstanceOf(LockNotHeldException.class)
        .hasMessageContaining("has ended");
    assertThat(term.revocation()).isEmpty();
  }

  @Test
  void term_thatIsLost_tellsItsRevocation() {
    a.campaigns();
    world.seconds(7);
    Term term = a.election.term().orElseThrow();
    List<Revocation> lost = new ArrayList<>();
    Term unused = term.onRevoked(lost::add);
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);

    assertThat(lost).hasSize(1);
    assertThat(term.revocation()).contains(lost.get(0));
    assertThatThrownBy(term::ensureHeld).isInstanceOf(LockRevokedException.class);
  }

  @Test
  void closing_aTermThatIsOver_endsNoLaterTerm() {
    a.campaigns();
    world.seconds(7);
    Term old = a.election.term().orElseThrow();
    CompletableFuture<Void> unused = a.election.resign();
    world.seconds(12);
    assertThat(a.election.isLeader()).isTrue();

    CompletableFuture<Void> closed = old.closeAsync();
    world.seconds(1);

    assertThat(closed).isCompleted();
    assertThat(a.election.isLeader()).isTrue();
    assertThat(lines).containsExactly("a elected", "a RESIGNED", "a elected");
  }

  @Test
  void resign_withoutAnotherCandidate_isFollowedByATermOfTheSame_afterStandingBack() {
    a.campaigns();
    CompletableFuture<Void> unused = a.election.resign();
    world.seconds(9.9);
    assertThat(lines).containsExactly("a elected", "a RESIGNED");
    world.seconds(0.3);
    assertThat(lines).containsExactly("a elected", "a RESIGNED", "a elected");
  }

  @Test
  void resign_ofWhoDoesNotLead_isDoneAtOnce() {
    a.campaigns();
    b.campaigns();
    CompletableFuture<Void> done = b.election.resign();
    world.seconds(0.01);
    assertThat(done).isCompleted();
    assertThat(lines).containsExactly("a elected");
  }

  @Test
  void handOver_toANamedCandidate_passesTheOthersBy() {
    a.campaigns();
    b.campaigns();
    c.campaigns();
    world.seconds(7);
    for (String next : List.of("c", "b", "a", "c", "b")) {
      lines.clear();
      Node leader = List.of(a, b, c).stream().filter(n -> n.election.isLeader()).findAny().get();
      CompletableFuture<Void> unused = leader.election.handOverTo(next);
      world.seconds(9);
      assertThat(lines).containsExactly(leader.name + " HANDED_OVER", next + " elected");
      world.seconds(30);
      assertThat(lines).hasSize(2);
    }
  }

  @Test
  void handOver_toACandidateThatDoesNotExist_costsTheTimeOfStandingBack() {
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    CompletableFuture<Void> unused = a.election.handOverTo("nobody");
    world.seconds(9.5);
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER");
    world.seconds(3);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(2)).matches("[ab] elected");
  }

  @Test
  void handOver_toNobodyByTheOnlyCandidate_isFollowedByItsOwnNextTerm() {
    a.campaigns();
    CompletableFuture<Void> unused = a.election.handOverTo("nobody");
    // It waits 2 s for the answer of the one that it names.
    world.seconds(11.9);
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER");
    world.seconds(0.3);
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER", "a elected");
  }

  @Test
  void lockHeldByNoCandidate_isNobodysTerm() throws InterruptedException {
    a.campaigns();
    Node observer = new Node("o").observes();
    world.seconds(6);
    a.election.close();
    assertThat(a.election.leader()).isEmpty();
    assertThat(b.node.client.acquire("k").isHeld()).isTrue();
    world.seconds(20);
    assertThat(observer.names()).containsExactly("a", "-");
    assertThat(observer.election.leader()).isEmpty();
  }

  @Test
  void healthGate_thatSaysNo_keepsACandidateAway_andMakesALeaderResign() {
    Set<String> ill = new HashSet<>(Set.of("a"));
    a.campaigns(options -> options.healthGate(() -> !ill.contains("a")));
    world.seconds(30);
    assertThat(lines).isEmpty();
    ill.clear();
    world.seconds(6);
    assertThat(lines).containsExactly("a elected");
    b.campaigns();
    ill.add("a");
    world.seconds(8);
    assertThat(lines).containsExactly("a elected", "a UNHEALTHY", "b elected");
    b.election.closeAsync();
    world.seconds(30);
    assertThat(lines).endsWith("b CLOSED");
    ill.clear();
    world.seconds(6);
    assertThat(lines).endsWith("a elected");
  }

  @Test
  void healthGate_thatTurnsNoWhileWaiting_ordinaryWaitersAreNotDisturbed() {
    Set<String> ill = new HashSet<>();
    a.campaigns();
    b.campaigns(
        options ->
            options.healthGate(
                () -> {
                  if (ill.contains("b")) {
                    throw new IllegalStateException("ill");
                  }
                  return true;
                }));
    world.seconds(10);
    ill.add("b");
    world.seconds(6);
    a.election.closeAsync();
    world.seconds(60);
    assertThat(lines).containsExactly("a elected", "a CLOSED");
  }

  @Test
  void close_ofTheLeader_stopsTheWorkAndReleases_withinTheCall() {
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    a.election.close();
    assertThat(world.isReleased()).isTrue();
    assertThat(lines).containsExactly("a elected", "a CLOSED");
    a.election.close();
    world.seconds(60);
    assertThat(lines).containsExactly("a elected", "a CLOSED", "b elected");
    long requests = a.node.store.trace().size();
    world.seconds(60);
    assertThat(a.node.store.trace()).hasSize((int) requests);
  }

  @Test
  void close_whileCampaigning_leavesNothingBehind() {
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    b.election.close();
    a.election.close();
    world.seconds(60);
    assertThat(lines).containsExactly("a elected", "a CLOSED");
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void close_atAnyMomentOfTheElection_freesTheLock() {
    for (int millis = 0; millis < 20; millis++) {
      World other = new World();
      LeaderElection election =
          LeaderElection.builder(other.node("x").client, "k").candidateId("x").campaign();
      other.time.advance(Duration.ofMillis(millis));
      election.close();
      other.seconds(5);
      assertThat(other.owner() == null || other.isReleased()).as("after %d ms", millis).isTrue();
      other.assertNothingIsLeft();
    }
  }

  @Test
  void close_insideACallback_doesNotWaitForItself() {
    a.onElected = term -> a.election.close();
    a.campaigns();
    world.seconds(1);
    assertThat(lines).containsExactly("a elected", "a CLOSED");
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void closingTheClient_endsTheTerm_andTheElectionCanStillBeClosed() {
    a.campaigns();
    a.node.client.close();
    world.seconds(1);
    assertThat(lines).containsExactly("a elected", "a CLOSED");
    a.election.close();
    assertThat(a.election.isLeader()).isFalse();
  }

  @Test
  void listenerThatThrowsWhenElected_endsTheTerm() {
    a.onElected =
        term -> {
          throw new IllegalStateException("cannot start");
        };
    a.campaigns();
    b.campaigns();
    world.seconds(2);
    assertThat(lines).containsExactly("a elected", "a FAILED", "b elected");
  }

  @Test
  void listenerThatThrowsWhenTheTermEnded_releasesAllTheSame() {
    a.onEnd =
        reason -> {
          throw new IllegalStateException("cannot stop");
        };
    a.campaigns();
    a.election.close();
    assertThat(world.isReleased()).isTrue();
  }

  /** A callback that blocks lets the world go on around it. */
  private void block(World.Node node, double seconds) {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    world.time.schedule((long) (seconds * 1e9), () -> enough.complete(null));
    node.machine.awaitUninterruptibly(enough);
  }

  @Test
  void listenerThatDoesNotReturn_keepsTheLockForTheStopTimeoutOnly() {
    a.onEnd =
        reason -> {
          block(a.node, 100);
          lines.add("a has stopped");
        };
    a.campaigns(options -> options.stopTimeout(Duration.ofSeconds(30)));
    b.campaigns();
    world.seconds(7);
    Duration resigned = world.time.elapsed();
    b.onElected = term -> lines.add("after " + seconds(resigned));
    in(50, () -> b.election.closeAsync());
    in(90, () -> lines.add("free: " + world.isReleased()));
    CompletableFuture<Void> unused = a.election.resign();
    world.seconds(110);
    assertThat(lines.get(3)).matches("after 3[01]");
    lines.remove(3);
    assertThat(lines)
        .containsExactly(
            "a elected",
            "a RESIGNED",
            "b elected",
            "b CLOSED",
            "free: true",
            "a has stopped",
            "a elected");
  }

  private void in(double seconds, Runnable action) {
    world.time.schedule((long) (seconds * 1e9), action);
  }

  private String seconds(Duration since) {
    return String.valueOf(world.time.elapsed().minus(since).toSeconds());
  }

  @Test
  void listenerThatDoesNotReturnWhenElected_isToldTheEndAfterIt() {
    a.onElected =
        term -> {
          block(a.node, 30);
          lines.add("a has begun");
        };
    a.campaigns();
    CompletableFuture<Void> unused = a.election.resign();
    world.seconds(31);
    assertThat(lines).startsWith("a elected", "a has begun", "a RESIGNED");
  }

  @Test
  void healthGateThatDoesNotAnswer_isANoAfterALease() {
    boolean[] stuck = new boolean[1];
    a.campaigns(
        options ->
            options.healthGate(
                () -> {
                  if (stuck[0]) {
                    block(a.node, 200);
                  }
                  return true;
                }));
    world.seconds(7);
    stuck[0] = true;
    b.campaigns();
    world.seconds(40);
    assertThat(lines).startsWith("a elected", "a UNHEALTHY", "b elected");
  }

  @Test
  void lockClosedByTheUser_endsTheTermAtTheNextInterval() {
    a.campaigns();
    a.election.term().orElseThrow().lock().close();
    assertThat(a.election.isLeader()).isFalse();
    world.seconds(6);
    assertThat(lines).containsExactly("a elected", "a RESIGNED");
  }

  @Test
  void outage_isToldOnce_andTheElectionGoesOnAfterIt() {
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    a.node.store.failAll(Fault.THROTTLED);
    b.node.store.failAll(Fault.THROTTLED);
    world.seconds(60);
    assertThat(lines).containsExactly("a elected", "a LOST");
    assertThat(a.troubles).hasSize(1);
    assertThat(b.troubles).hasSize(1);
    a.node.store.heal();
    b.node.store.heal();
    world.seconds(25);
    assertThat(lines).hasSize(3);
    a.node.store.failAll(Fault.ACCESS_DENIED);
    b.node.store.failAll(Fault.ACCESS_DENIED);
    world.seconds(60);
    assertThat(a.troubles).hasSize(2);
    assertThat(b.troubles).hasSize(2);
  }

  @Test
  void tableThatCannotBeWritten_isTriedAgain() {
    a.node.store.fail("acquire", Fault.ACCESS_DENIED);
    a.campaigns();
    world.seconds(60);
    assertThat(a.troubles).hasSize(1);
    assertThat(a.node.store.count("acquire")).isBetween(10L, 25L);
    a.node.store.heal();
    world.seconds(6);
    assertThat(lines).containsExactly("a elected");
  }

  @Test
  void observer_ofALeaderThatDies_isToldThatNobodyLeads() {
    a.campaigns();
    Node observer = new Node("o").observes();
    world.seconds(30);
    a.node.machine.crash();
    world.seconds(30);
    assertThat(observer.names()).containsExactly("a", "-");
  }

  @Test
  void candidateIdsAndTimes_thatCannotBe_areRefused() {
    LeaderElection.Builder builder = LeaderElection.builder(a.node.client, "k");
    assertThatThrownBy(() -> builder.candidateId("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.payload(SdkBytes.fromByteArray(new byte[350_001])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("350001");
    assertThatThrownBy(() -> builder.stopTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stopTimeout");
    assertThatThrownBy(() -> builder.standBack(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
