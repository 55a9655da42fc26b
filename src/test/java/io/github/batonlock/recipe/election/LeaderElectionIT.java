package io.github.batonlock.recipe.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;

/** Elections among real clients. */
class LeaderElectionIT extends TableFixture {
  private final List<String> told = new CopyOnWriteArrayList<>();

  private LockClient beating(Sdk sdk, RequestCounter counter) {
    return client(
        sdk,
        counter,
        builder ->
            builder.leaseDuration(Duration.ofMinutes(2)).heartbeatInterval(Duration.ofMillis(500)));
  }

  private LeaderElection.Builder candidate(LockClient client, String key, String id) {
    return LeaderElection.builder(client, key)
        .candidateId(id)
        .payload(SdkBytes.fromUtf8String("at " + id))
        .listener(
            new LeaderElection.Listener() {
              @Override
              public void elected(LeaderElection.Term term) {
                told.add(id + " leads");
              }

              @Override
              public void termEnded(LeaderElection.Term term, LeaderElection.Reason reason) {
                told.add(id + " " + reason);
              }
            });
  }

  private void until(String line) {
    Eventually.until(line, () -> told.contains(line));
  }

  @ParameterizedTest
  @EnumSource
  void election_ofTheOnlyCandidate_isTwoWrites(Sdk sdk) throws Exception {
    RequestCounter counter = new RequestCounter();
    counter.measure(
        () -> {
          told.clear();
          LockClient client =
              client(
                  sdk,
                  counter,
                  builder ->
                      builder
                          .leaseDuration(Duration.ofMinutes(10))
                          .heartbeatInterval(Duration.ofSeconds(5))
                          .heartbeatInterval(Duration.ofMinutes(2)));
          LeaderElection election = closing(candidate(client, newKey(), "a").campaign());
          until("a leads");
          // The lock, and who leads by it; no heartbeat is due yet.
          assertThat(counter.of("UpdateItem")).isEqualTo(2);
          assertThat(election.isLeader()).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void leadership_goesFromOneToTheNext_andEverybodyKnows(Sdk sdk) {
    told.clear();
    String key = newKey();
    RequestCounter counter = new RequestCounter();
    LeaderElection a = closing(candidate(beating(sdk, counter), key, "a").campaign());
    until("a leads");
    LeaderElection b = closing(candidate(beating(sdk, counter), key, "b").campaign());
    LeaderElection c = closing(candidate(beating(sdk, counter), key, "c").campaign());
    LeaderElection observer = closing(LeaderElection.builder(beating(sdk, counter), key).observe());
    long first = a.term().orElseThrow().fencingToken();
    for (LeaderElection each : List.of(b, c, observer)) {
      Eventually.until(
          "everybody knows",
          () ->
              each.leader()
                  .equals(Optional.of(new Leader("a", first, SdkBytes.fromUtf8String("at a")))));
    }

    a.handOverTo("c").join();
    until("c leads");
    assertThat(told).containsExactly("a leads", "a HANDED_OVER", "c leads");
    assertThat(c.term().orElseThrow().fencingToken()).isGreaterThan(first);
    assertThat(a.isLeader()).isFalse();

    c.close();
    Eventually.until("another leads", () -> told.size() == 5);
    assertThat(told).startsWith("a leads", "a HANDED_OVER", "c leads", "c CLOSED");
    assertThat(a.isLeader() || b.isLeader()).isTrue();
    Eventually.until(
        "the observer knows", () -> observer.leader().map(l -> l.term() > first + 1).orElse(false));
  }
}
