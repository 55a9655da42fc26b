package io.github.batonlock.recipe.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.recipe.election.LeaderElection.Listener;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import io.github.batonlock.recipe.election.LeaderElection.Work;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Work for the time of a term, as time-lines on a virtual clock. Lease 20 s, usable 16 s, beat 5 s,
 * stand back 10 s, stop timeout 20 s; requests take 4 ms.
 */
class TermWorkTest {
  @RegisterExtension private final World world = new World();
  private final List<String> lines = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>();

  /** Each candidate ends its work when its election ends. */
  @AfterEach
  void closeElections() {
    for (Candidate each : candidates) {
      if (each.election != null) {
        each.work = term -> {};
        each.node.machine.run(() -> each.election.closeAsync());
      }
    }
    world.seconds(100);
  }

  /** A process with a candidate that writes down what it is told and what it does. */
  private final class Candidate implements Listener {
    final String name;
    final World.Node node;
    LeaderElection election;
    Work work = term -> rest(1_000_000);
    Consumer<Term> onElected = term -> {};
    Consumer<Reason> onEnd = reason -> {};

    Candidate(String name) {
      this.name = name;
      this.node = world.node(name);
      candidates.add(this);
    }

    void campaigns() {
      campaigns(builder -> {});
    }

    void campaigns(Consumer<LeaderElection.Builder> options) {
      LeaderElection.Builder builder =
          LeaderElection.builder(node.client, "k")
              .candidateId(name)
              .listener(this)
              .work(this::lead);
      options.accept(builder);
      election = builder.campaign();
      world.seconds(0.1);
    }

    private void lead(Term term) throws Exception {
      says("leads");
      try {
        work.lead(term);
        says("returns");
      } catch (InterruptedException e) {
        says("is interrupted" + (term.isHeld() ? ", but leads" : ""));
        throw e;
      }
    }

    /** Waits, on any thread but the test's own. */
    void rest(double seconds) throws InterruptedException {
      CompletableFuture<Void> enough = new CompletableFuture<>();
      var timer = node.machine.after(nanos(seconds), () -> enough.complete(null));
      try {
        Void unused = node.machine.await(enough);
      } finally {
        timer.cancel();
      }
    }

    void says(String what) {
      lines.add(name + " " + what);
    }

    @Override
    public void elected(Term term) {
      says("elected");
      onElected.accept(term);
    }

    @Override
    public void termEnded(Term term, Reason reason) {
      says(reason.toString());
      onEnd.accept(reason);
    }

    @Override
    public void workFailed(Term term, Exception failure) {
      says("failed: " + failure.getMessage() + (term.isHeld() ? ", but leads" : ""));
    }
  }

  private final Candidate a = new Candidate("a");
  private final Candidate b = new Candidate("b");

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private void in(double seconds, Runnable action) {
    world.time.schedule(nanos(seconds).toNanos(), action);
  }

  /** Goes on for some time after the interrupt, and is not interrupted again. */
  private Work stoppingFor(Candidate one, double seconds) {
    return term -> {
      try {
        one.rest(1_000_000);
      } catch (InterruptedException e) {
        one.says("stops");
        one.rest(seconds);
      }
    };
  }

  @Test
  void work_begins_onAThreadOfItsOwn_whenElectedHasReturned() {
    a.onElected =
        term -> {
          CompletableFuture<Void> enough = new CompletableFuture<>();
          in(3, () -> enough.complete(null));
          a.node.machine.awaitUninterruptibly(enough);
          a.says("has been told");
        };
    a.campaigns();
    world.seconds(5);

    assertThat(lines).containsExactly("a elected", "a has been told", "a leads");
    assertThat(a.node.machine.threadNames()).containsExactly("baton-term-k");
    world.seconds(100);
    assertThat(lines).hasSize(3);
  }

  @Test
  void endOfTheTerm_interruptsTheWorkOnce_andIsToldAtOnce() {
    a.work = stoppingFor(a, 5);
    a.campaigns();
    world.seconds(7);
    CompletableFuture<Void> released = a.election.resign();
    world.seconds(0.001);
    assertThat(lines).containsExactlyInAnyOrder("a elected", "a leads", "a stops", "a RESIGNED");
    assertThat(a.election.isLeader()).isFalse();

    world.seconds(4.9);
    assertThat(released).isNotDone();
    assertThat(world.isReleased()).isFalse();
    world.seconds(0.2);
    assertThat(lines).last().isEqualTo("a returns");
    assertThat(released).isCompleted();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void lock_isNotReleased_beforeTheListenerHasReturnedEither() {
    a.onEnd =
        reason -> {
          CompletableFuture<Void> enough = new CompletableFuture<>();
          in(5, () -> enough.complete(null));
          a.node.machine.awaitUninterruptibly(enough);
          a.says("free: " + world.isReleased());
        };
    a.campaigns();
    CompletableFuture<Void> released = a.election.resign();
    world.seconds(6);
    assertThat(lines).startsWith("a elected", "a leads").contains("a is interrupted");
    assertThat(lines).last().isEqualTo("a free: false");
    assertThat(released).isCompleted();
  }

  @Test
  void workThatDoesNotStop_keepsTheLockForTheStopTimeoutOnly_andItsCandidateFromCampaigning() {
    a.work = stoppingFor(a, 100);
    a.campaigns(options -> options.stopTimeout(Duration.ofSeconds(30)));
    b.campaigns();
    world.seconds(7);
    CompletableFuture<Void> unused = a.election.resign();
    world.seconds(29.9);
    assertThat(lines).doesNotContain("b elected");
    world.seconds(2);
    assertThat(lines).endsWith("b elected", "b leads");
    CompletableFuture<Void> unusedToo = b.election.closeAsync();
    world.seconds(60);
    assertThat(lines).doesNotContain("a returns");
    assertThat(world.isReleased()).isTrue();
    world.seconds(10);
    assertThat(lines).endsWith("a returns", "a elected", "a leads");
  }

  @Test
  void workThatReturns_endsTheTerm_andTheLeaderStandsBack() {
    a.work = term -> a.rest(2);
    a.campaigns();
    world.seconds(2.1);
    assertThat(lines).containsExactly("a elected", "a leads", "a returns", "a RESIGNED");
    assertThat(world.isReleased()).isTrue();
    world.seconds(9.7);
    assertThat(lines).hasSize(4);
    world.seconds(0.5);
    assertThat(lines).endsWith("a RESIGNED", "a elected", "a leads");
  }

  @Test
  void workThatThrows_endsTheTerm_andIsTold() {
    a.work =
        term -> {
          a.rest(2);
          throw new IllegalStateException("no disk");
        };
    a.campaigns();
    b.campaigns();
    world.seconds(4);
    assertThat(lines)
        .containsExactly(
            "a elected", "a leads", "a failed: no disk", "a FAILED", "b elected", "b leads");
  }

  @Test
  void checkedExceptionOfTheWork_isToldAsItIs_andTheCandidateCampaignsAgain() {
    a.work =
        term -> {
          throw new java.io.IOException("disk full");
        };
    a.campaigns();
    world.seconds(11);
    assertThat(lines.subList(0, 6))
        .containsExactly(
            "a elected", "a leads", "a failed: disk full", "a FAILED", "a elected", "a leads");
  }

  @Test
  void errorOfTheWork_endsTheTerm_andGoesToTheHandlerOfItsThread() {
    AssertionError error = new AssertionError("wrong");
    a.work =
        term -> {
          throw error;
        };
    a.campaigns();
    assertThat(lines).containsExactly("a elected", "a leads", "a FAILED");
    assertThat(a.node.machine.uncaught()).containsExactly(error);
  }

  @Test
  void lossOfTheLock_interruptsTheWork_whoseExceptionTellsNothing() {
    a.campaigns();
    world.seconds(7);
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);
    assertThat(lines.subList(0, 4))
        .containsExactlyInAnyOrder("a elected", "a leads", "a is interrupted", "a LOST");
    assertThat(lines).hasSize(6).endsWith("a elected", "a leads");
    assertThat(a.node.machine.uncaught()).isEmpty();
  }

  @Test
  void workThatFindsTheTermLost_beforeItIsInterrupted_hasNotFailed() {
    a.work =
        term -> {
          while (true) {
            a.node.machine.awaitUninterruptibly(secondOf(a));
            term.ensureHeld();
          }
        };
    a.campaigns();
    world.seconds(7);
    a.node.machine.pause(Duration.ofSeconds(30));
    a.node.machine.resume();
    world.seconds(2);
    assertThat(lines).startsWith("a elected", "a leads", "a LOST").doesNotContain("a FAILED");
  }

  private CompletableFuture<Void> secondOf(Candidate one) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    var unused = one.node.machine.after(Duration.ofSeconds(1), () -> over.complete(null));
    return over;
  }

  @Test
  void workThatReturns_becauseItsLeaderHandsOver_doesNotResign() {
    a.work =
        term -> {
          while (term.isHeld()) {
            a.node.machine.awaitUninterruptibly(secondOf(a));
          }
        };
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    CompletableFuture<Void> unused = a.election.handOverTo("b");
    world.seconds(5);
    assertThat(lines)
        .containsExactly(
            "a elected", "a leads", "a HANDED_OVER", "a returns", "b elected", "b leads");
  }

  @Test
  void workThatHandsOver_andReturns_hasHandedOver() {
    a.work =
        term -> {
          a.rest(3);
          CompletableFuture<Void> unused = a.election.handOverTo("b");
        };
    a.campaigns();
    b.campaigns();
    world.seconds(7);
    assertThat(lines).contains("a returns", "a HANDED_OVER").endsWith("b elected", "b leads");
  }

  @Test
  void workThatClosesItsTermOrItsElection_doesNotWaitForItself() {
    a.work =
        term -> {
          term.close();
          a.says("has closed its term");
          a.work =
              next -> {
                a.election.close();
                a.says("has closed its election");
              };
        };
    a.campaigns();
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "a elected", "a leads", "a has closed its term", "a returns", "a RESIGNED");
    world.seconds(11);
    assertThat(lines.subList(5, lines.size()))
        .containsExactlyInAnyOrder(
            "a elected", "a leads", "a has closed its election", "a returns", "a CLOSED");
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void close_waitsForTheWork() {
    a.work = stoppingFor(a, 5);
    a.campaigns();
    Duration begun = world.time.elapsed();
    a.election.close();
    assertThat(world.time.elapsed().minus(begun)).isBetween(nanos(5), nanos(5.1));
    assertThat(lines)
        .containsExactlyInAnyOrder("a elected", "a leads", "a stops", "a CLOSED", "a returns");
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void close_waitsForWorkThatDoesNotStop_forTheStopTimeout() {
    a.work = stoppingFor(a, 60);
    a.campaigns();
    Duration begun = world.time.elapsed();
    a.election.close();
    assertThat(world.time.elapsed().minus(begun)).isBetween(nanos(20), nanos(20.1));
    assertThat(world.isReleased()).isTrue();
    assertThat(lines).doesNotContain("a returns");
  }

  @Test
  void clientThatIsClosedFirst_interruptsTheWork_andDoesNotWaitForIt() {
    a.work = stoppingFor(a, 60);
    a.campaigns();
    Duration begun = world.time.elapsed();
    a.node.client.close();
    assertThat(world.time.elapsed().minus(begun)).isLessThan(nanos(0.1));
    world.seconds(0.1);
    assertThat(lines).containsExactlyInAnyOrder("a elected", "a leads", "a stops", "a CLOSED");
    assertThat(world.isReleased()).isTrue();
    world.seconds(61);
    assertThat(lines).endsWith("a returns");
    assertThat(a.node.machine.uncaught()).isEmpty();
  }

  @Test
  void workThatClosesItsClient_isInterrupted() {
    a.work =
        term -> {
          a.node.client.close();
          a.rest(10);
        };
    a.campaigns();
    world.seconds(0.1);
    assertThat(lines)
        .containsExactlyInAnyOrder("a elected", "a leads", "a CLOSED", "a is interrupted");
  }

  @Test
  void termThatEndsWhileItsElectionIsTold_hasNoWork() {
    a.onElected =
        term -> {
          CompletableFuture<Void> unused = a.election.resign();
        };
    a.campaigns();
    assertThat(lines).containsExactly("a elected", "a RESIGNED");
    assertThat(a.node.machine.threadNames()).isEmpty();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void listenerThatThrowsWhenElected_hasNoWork() {
    a.onElected =
        term -> {
          throw new IllegalStateException("cannot start");
        };
    a.campaigns();
    assertThat(lines).containsExactly("a elected", "a FAILED");
    assertThat(a.node.machine.threadNames()).isEmpty();
  }

  @Test
  void processWithoutAnotherThread_endsTheTerm_andTriesAgain() {
    boolean[] full = {true};
    a.node.machine.beforeThread(
        () -> {
          if (full[0]) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        });
    a.campaigns();
    assertThat(lines).containsExactly("a elected", "a FAILED");
    assertThat(world.isReleased()).isTrue();
    full[0] = false;
    world.seconds(11);
    assertThat(lines).endsWith("a FAILED", "a elected", "a leads");
  }

  @Test
  void illLeader_stopsItsWork() {
    boolean[] ill = new boolean[1];
    a.campaigns(options -> options.healthGate(() -> !ill[0]));
    world.seconds(7);
    ill[0] = true;
    world.seconds(6);
    assertThat(lines)
        .containsExactlyInAnyOrder("a elected", "a leads", "a is interrupted", "a UNHEALTHY");
  }

  @Test
  void observer_refusesTheOptionsOfCandidates() {
    assertRefused("candidateId", builder -> builder.candidateId("x"));
    assertRefused("payload", builder -> builder.payload(SdkBytes.fromUtf8String("x")));
    assertRefused("work", builder -> builder.work(term -> {}));
    assertRefused("healthGate", builder -> builder.healthGate(() -> true));
    assertRefused("stopTimeout", builder -> builder.stopTimeout(Duration.ofSeconds(1)));
    assertRefused("standBack", builder -> builder.standBack(Duration.ofSeconds(1)));
  }

  private void assertRefused(String option, Consumer<LeaderElection.Builder> sets) {
    LeaderElection.Builder builder = LeaderElection.builder(a.node.client, "k").listener(a);
    sets.accept(builder);
    assertThatThrownBy(builder::observe)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "An observer of election 'k' takes no %s, because it never leads: leave it out, or"
                + " start a candidate with campaign()",
            option);
  }
}
