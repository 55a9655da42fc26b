package io.github.batonlock.recipe.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Leases;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.election.LeaderElection.Listener;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ranks of candidates, and hand-overs to named ones, as time-lines on a virtual clock. Lease 20 s,
 * beat 5 s, stand back 10 s, least term 20 s; requests take 4 ms.
 */
class RankTest {
  @RegisterExtension private final World world = new World();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  @AfterEach
  void closeElections() {
    for (Node node : nodes) {
      node.node.store.heal();
      node.node.machine.run(node.election::closeAsync);
    }
  }

  /** A process with a candidate that writes down what it is told, and when. */
  private final class Node implements Listener {
    final String name;
    final World.Node node;
    final LeaderElection election;
    Duration changedAt = Duration.ZERO;

    Node(String name, boolean shared, Consumer<LeaderElection.Builder> options) {
      this.name = name;
      this.node =
          world.node(name, config -> config.leases = shared ? Leases.shared() : Leases.own());
      LeaderElection.Builder builder =
          LeaderElection.builder(node.client, "k").candidateId(name).listener(this);
      options.accept(builder);
      election = builder.campaign();
      nodes.add(this);
      world.seconds(0.1);
    }

    long reads() {
      return node.store.count("poll") + node.store.count("look");
    }

    @Override
    public void elected(Term term) {
      lines.add(name + " elected");
      changedAt = world.time.elapsed();
    }

    @Override
    public void termEnded(Term term, Reason reason) {
      lines.add(name + " " + reason + (term.isHeld() ? ", but valid" : ""));
      changedAt = world.time.elapsed();
    }
  }

  private Node candidate(String name, int rank) {
    return new Node(name, false, builder -> builder.rank(rank));
  }

  private void until(String line) {
    world.until(line, Duration.ofSeconds(90), () -> lines.contains(line));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void candidateOfHigherRank_leads_millisecondsAfterTheLeaderHasYielded(boolean shared) {
    Node a = new Node("a", shared, builder -> {});
    Node b = new Node("b", shared, builder -> builder.rank(1));
    until("b elected");

    assertThat(lines).containsExactly("a elected", "a YIELDED", "b elected");
    assertThat(b.changedAt.minus(a.changedAt)).isLessThan(Duration.ofMillis(60));
    world.seconds(120);
    assertThat(lines).hasSize(3);
  }

  @Test
  void candidatesOfTheSameRankOrALowerOne_leadNever_andSendNoMoreThanWithoutRanks() {
    Node a = candidate("a", 3);
    Node b = candidate("b", 3);
    Node c = candidate("c", -7);
    world.seconds(200);

    assertThat(lines).containsExactly("a elected");
    for (Node waiter : List.of(b, c)) {
      assertThat(waiter.node.store.count("ask")).isZero();
      assertThat(waiter.reads()).isLessThan(2 * 200);
    }
    assertThat(a.election.isLeader()).isTrue();
  }

  @Test
  void highestOfManyRanks_leadsAtLast_andStays() {
    List<Integer> ranks = List.of(0, 4, 2, 9, 7);
    ranks.forEach(rank -> candidate("r" + rank, rank));
    world.seconds(200);

    assertThat(lines).startsWith("r0 elected", "r0 YIELDED").endsWith("r9 elected");
    int changes = lines.size();
    world.seconds(200);
    assertThat(lines).hasSize(changes).hasSizeLessThanOrEqualTo(7);
  }

  @Test
  void termThatIsTooYoung_doesNotYield() {
    Node a = new Node("a", false, builder -> builder.leastTerm(Duration.ofSeconds(50)));
    Node b = candidate("b", 1);
    world.seconds(49);
    assertThat(lines).containsExactly("a elected");
    world.seconds(4);
    assertThat(lines).containsExactly("a elected", "a YIELDED", "b elected");
    assertThat(a.election.isLeader()).isFalse();
    assertThat(b.election.isLeader()).isTrue();
  }

  @Test
  void candidateThatDies_beforeItHasAnsweredTheLeader_isNotYieldedTo() {
    Node a = new Node("a", false, builder -> builder.leastTerm(Duration.ofSeconds(50)));
    Node b = candidate("b", 1);
    world.seconds(40);
    assertThat(b.node.store.count("ask")).isPositive();
    b.node.machine.crash();
    world.seconds(200);

    assertThat(lines).containsExactly("a elected");
    assertThat(a.election.isLeader()).isTrue();
    // It has withdrawn what it announced: the next candidate that claims gets it.
    candidate("c", 1);
    until("c elected");
    assertThat(lines).containsExactly("a elected", "a YIELDED", "c elected");
  }

  @Test
  void candidateThatIsIll_claimsNothing() {
    boolean[] ill = {true};
    candidate("a", 0);
    new Node("b", false, builder -> builder.rank(1).healthGate(() -> !ill[0]));
    world.seconds(100);
    assertThat(lines).containsExactly("a elected");
    ill[0] = false;
    until("b elected");
    assertThat(lines).containsExactly("a elected", "a YIELDED", "b elected");
  }

  @Test
  void claimOfHigherRank_thatComesWhileAnotherIsAnswered_wins() {
    candidate("a", 0);
    Node b = candidate("b", 1);
    world.seconds(19);
    // It neither sees the announcement nor answers it.
    b.node.machine.pause();
    candidate("c", 2);
    until("c elected");
    b.node.machine.resume();
    world.seconds(60);
    assertThat(lines).containsExactly("a elected", "a YIELDED", "c elected");
  }

  @Test
  void requestToRelease_thatNoCandidateSent_endsNoTerm() {
    Node a = candidate("a", 0);
    Node b = candidate("b", 0);
    CompletableFuture<Optional<LockInfo>> unused =
        b.node.client.requestReleaseAsync("k", "maintenance", Duration.ZERO);
    world.seconds(60);
    assertThat(lines).containsExactly("a elected");
    assertThat(a.election.isLeader()).isTrue();
    assertThat(RankClaim.parse("candidate of rank 99999999999 waits: x")).isEmpty();
    assertThat(RankClaim.parse("candidate of rank 1 waits: ")).isEmpty();
    RankClaim claim = new RankClaim("a\n b: c", Integer.MIN_VALUE);
    assertThat(RankClaim.parse(claim.reason())).contains(claim);
  }

  @Test
  void claimsThatAreLost_areSentAgain() {
    candidate("a", 0);
    Node b = candidate("b", 1);
    b.node.store.failNext("ask", Fault.REQUEST_LOST);
    b.node.store.failNext("ask", Fault.REQUEST_LOST);
    until("b elected");
    assertThat(lines).containsExactly("a elected", "a YIELDED", "b elected");
  }

  // Hand-overs

  @Test
  void namedCandidate_leadsMillisecondsAfterTheWorkHasStopped_forBoundedRequests() {
    Node a = candidate("a", 0);
    Node b = candidate("b", 0);
    Node c = candidate("c", 0);
    world.seconds(70);
    long reads = b.reads();
    long othersReads = c.reads();
    long writes = a.node.store.count("heartbeat");
    Duration before = world.time.elapsed();
    CompletableFuture<Void> unused = a.election.handOverTo("b");
    assertThat(a.election.isLeader()).isTrue();
    until("b elected");

    assertThat(lines).containsExactly("a elected", "a HANDED_OVER", "b elected");
    assertThat(b.changedAt.minus(a.changedAt)).isLessThan(Duration.ofMillis(60));
    assertThat(a.changedAt.minus(before)).isLessThan(Duration.ofMillis(2_100));
    assertThat(b.reads() - reads).isLessThan(40);
    assertThat(c.reads() - othersReads).isLessThan(6);
    assertThat(b.node.store.count("ask")).isOne();
    assertThat(a.node.store.count("heartbeat") - writes).isLessThanOrEqualTo(5);
  }

  @Test
  void namedCandidate_leadsSoon_evenIfAnotherCandidateComesFirst() {
    Node a = candidate("a", 0);
    Node b = candidate("b", 0);
    Node c = candidate("c", 0);
    world.seconds(70);
    CompletableFuture<Void> unused = a.election.handOverTo("b");
    until("a HANDED_OVER");
    // It learns of the release after c, and is refused.
    b.node.store.latency(Duration.ofMillis(150));
    c.node.store.latency(Duration.ofMillis(1));
    support(c).expectRelease(LockKey.of("k"), true);
    until("b elected");
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER", "b elected");
    assertThat(c.node.store.count("release")).isOne();
    assertThat(b.changedAt.minus(a.changedAt)).isLessThan(Duration.ofMillis(1_300));
  }

  private static RecipeSupport support(Node node) {
    return RecipeSupport.of(node.node.client);
  }

  @Test
  void namedCandidate_looksLessAndLessOften_whileTheWorkDoesNotStop() {
    Node a =
        new Node(
            "a",
            false,
            builder ->
                builder
                    .stopTimeout(Duration.ofSeconds(60))
                    .work(term -> holdOn(Duration.ofSeconds(40))));
    Node b = candidate("b", 0);
    world.seconds(70);
    long reads = b.reads();
    CompletableFuture<Void> unused = a.election.handOverTo("b");
    until("b elected");
    assertThat(b.reads() - reads).isBetween(100L, 230L);
    assertThat(b.changedAt.minus(a.changedAt)).isGreaterThan(Duration.ofSeconds(39));
  }

  private void holdOn(Duration stopping) {
    Node a = nodes.get(0);
    try {
      a.node.machine.await(new CompletableFuture<Void>());
    } catch (InterruptedException e) {
      CompletableFuture<Void> over = new CompletableFuture<>();
      a.node.machine.after(stopping, () -> over.complete(null));
      Void unused = a.node.machine.awaitUninterruptibly(over);
    }
  }

  @Test
  void resignation_completesAHandOver() {
    Node a = candidate("a", 0);
    candidate("b", 0);
    world.seconds(70);
    CompletableFuture<Void> handedOver = a.election.handOverTo("b");
    world.seconds(0.01);
    CompletableFuture<Void> resigned = a.election.resign();
    assertThat(a.election.isLeader()).isFalse();
    world.seconds(5);
    assertThat(handedOver).isCompleted();
    assertThat(resigned).isCompleted();
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER", "b elected");
  }

  @Test
  void closing_completesAHandOver() {
    Node a = candidate("a", 0);
    candidate("b", 0);
    candidate("c", 0);
    world.seconds(70);
    CompletableFuture<Void> unused = a.election.handOverTo("c");
    CompletableFuture<Void> closed = a.election.closeAsync();
    world.seconds(5);
    assertThat(closed).isCompleted();
    assertThat(lines).containsExactly("a elected", "a CLOSED", "c elected");
  }

  @Test
  void resignation_whileACandidateHasNotAnswered_isForAnyCandidate() {
    Node a = candidate("a", 0);
    Node b = candidate("b", 1);
    candidate("c", 0);
    world.seconds(10);
    assertThat(b.node.store.count("ask")).isPositive();
    b.node.machine.pause();
    world.seconds(10.5);
    CompletableFuture<Void> unused = a.election.resign();
    world.seconds(3);
    assertThat(lines).containsExactly("a elected", "a RESIGNED", "c elected");
    b.node.machine.resume();
  }

  @Test
  void secondHandOver_replacesTheFirst_andClosingEndsIt() {
    Node a = candidate("a", 0);
    candidate("b", 0);
    Node c = candidate("c", 0);
    world.seconds(70);
    CompletableFuture<Void> first = a.election.handOverTo("nobody");
    CompletableFuture<Void> second = a.election.handOverTo("c");
    until("c elected");
    world.seconds(0.1);
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER", "c elected");
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();

    CompletableFuture<Void> third = c.election.handOverTo("b");
    CompletableFuture<Void> closed = c.election.closeAsync();
    world.seconds(1);
    assertThat(lines).contains("c CLOSED");
    assertThat(third).isCompleted();
    assertThat(closed).isCompleted();
  }

  @Test
  void announcementThatCannotBeWritten_isAResignation_allTheSame() {
    Node a = candidate("a", 0);
    candidate("b", 0);
    world.seconds(70);
    a.node.store.fail("heartbeat", Fault.REQUEST_LOST);
    CompletableFuture<Void> unused = a.election.handOverTo("b");
    world.seconds(4.5);
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER");
    world.seconds(30);
    assertThat(lines).containsExactly("a elected", "a HANDED_OVER", "b elected");
  }

  @Test
  void leastTerm_thatIsNegative_isRefused() {
    LeaderElection.Builder builder = LeaderElection.builder(world.node("x").client, "k");
    assertThatThrownBy(() -> builder.leastTerm(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leastTerm must be");
    assertThatThrownBy(() -> builder.rank(1).observe())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes no rank");
  }
}
