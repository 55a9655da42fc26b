package io.github.batonlock.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LockTestbedTest {
  @RegisterExtension final BatonExtension baton = BatonExtension.virtual();

  @Test
  void hostThatIsCutOff_losesItsLock_andAnotherTakesIt(LockTestbed bed) {
    LockClient a = bed.client("a");
    LockClient b = bed.client("b");
    HeldLock lock = bed.await(a.acquireAsync("job"));
    List<Revocation> told = new ArrayList<>();
    lock.onRevoked(told::add);
    CompletableFuture<HeldLock> next = b.acquireAsync("job");

    bed.host("a").cutOff();
    bed.advance(ofSeconds(21));

    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.LEASE_EXPIRED);
    assertThat(bed.await(next).fencingToken()).isGreaterThan(lock.fencingToken());
    assertThat(bed.history().holders("job")).containsExactly("a", "b");
    assertThat(bed.history().isExclusive()).isTrue();
    assertThat(bed.history().hasGrowingTokens()).isTrue();
  }

  @Test
  void blockingCalls_onTheThreadOfTheTest_moveTheTime(LockTestbed bed) throws Exception {
    LockClient a = bed.client("a");
    HeldLock lock = a.acquire("job");
    bed.host("a").kill();

    HeldLock next =
        bed.client("b").acquire(LockRequest.builder("job").waitUpTo(ofMinutes(1)).build());
    next.close();

    assertThat(next.fencingToken()).isGreaterThan(lock.fencingToken());
    assertThat(bed.elapsed()).isBetween(ofSeconds(20), ofSeconds(21));
    assertThat(bed.client("b").inspect("job").orElseThrow().liveness()).isEqualTo(Liveness.FREE);
  }

  @Test
  void lockedWork_onTheThreadOfTheTest_isInterruptedWhenTheLockIsLost(LockTestbed bed) {
    LockClient a = bed.client("a");

    assertThatThrownBy(
            () ->
                a.runLocked(
                    "job",
                    lock -> {
                      bed.host("a").cutOff();
                      bed.host("a").sleep(ofMinutes(10));
                    }))
        .isInstanceOf(LockRevokedException.class)
        .hasSuppressedException(new InterruptedException());

    assertThat(bed.elapsed()).isBetween(ofSeconds(16), ofSeconds(30));
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void lockedWork_onThreadsOfHosts_excludesEachOther(LockTestbed bed) {
    List<String> order = new ArrayList<>();
    List<CompletableFuture<?>> jobs = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      LockClient client = bed.client(name);
      jobs.add(
          bed.host(name)
              .start(
                  () -> {
                    client.runLocked(
                        LockRequest.builder("job").waitForever().build(),
                        lock -> {
                          order.add(name + " begins");
                          bed.host(name).sleep(ofSeconds(30));
                          order.add(name + " ends");
                        });
                    return null;
                  }));
    }

    jobs.forEach(bed::await);

    assertThat(order).hasSize(6);
    for (int i = 0; i < 6; i += 2) {
      assertThat(order.get(i + 1)).isEqualTo(order.get(i).replace("begins", "ends"));
    }
    assertThat(bed.history().holders("job")).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void lockedWork_onThreadOfAHost_isInterruptedWhenTheLockIsLost(LockTestbed bed) {
    LockClient a = bed.client("a");
    CompletableFuture<Duration> stopped = new CompletableFuture<>();
    CompletableFuture<?> job =
        bed.host("a")
            .start(
                () -> {
                  a.runLocked(
                      "job",
                      lock -> {
                        bed.host("a").cutOff();
                        try {
                          bed.host("a").sleep(ofMinutes(10));
                        } catch (InterruptedException e) {
                          stopped.complete(bed.elapsed());
                        }
                      });
                  return null;
                });

    assertThatThrownBy(() -> bed.await(job)).isInstanceOf(LockRevokedException.class);

    assertThat(stopped.join()).isBetween(ofSeconds(15), ofSeconds(17));
  }

  @Test
  void callbacks_thatBlock_blockNothingElse(LockTestbed bed) throws Exception {
    LockClient a = bed.client("a");
    HeldLock other = a.acquire("other");
    HeldLock lock = a.acquire("job");
    CompletableFuture<Duration> closed = new CompletableFuture<>();
    lock.onRevoked(
        revocation -> {
          other.close();
          closed.complete(bed.elapsed());
        });
    bed.deleteItem("job");

    assertThat(bed.await(closed)).isLessThan(ofSeconds(6));
    assertThat(bed.client("b").tryAcquire("other")).isPresent();
  }

  @Test
  void hostThatIsPaused_isToldAfterwards_thatItsLockWasTaken(LockTestbed bed) throws Exception {
    HeldLock lock = bed.client("a").acquire("job");
    List<Revocation> told = new ArrayList<>();
    lock.onRevoked(told::add);
    bed.host("a").pause();

    HeldLock taken = bed.client("b").acquire("job");
    assertThat(lock.isHeld()).isFalse();
    assertThat(told).isEmpty();
    bed.host("a").resume();
    bed.advance(ofMillis(10));

    assertThat(told).hasSize(1);
    assertThat(taken.isHeld()).isTrue();
  }

  @Test
  void hostThatIsSuspended_holdsNothing_afterItsWallClockHasPassedTheLease(LockTestbed bed)
      throws Exception {
    HeldLock lock = bed.client("a").acquire("job");
    bed.host("a").suspend();
    bed.advance(ofSeconds(30));
    bed.host("a").resume();

    assertThat(lock.isHeld()).isFalse();
  }

  @Test
  void wallClockThatIsStepped_isTheOneOfItsHostOnly(LockTestbed bed) {
    Instant before = bed.host("a").clock().instant();
    bed.host("a").stepWallClock(ofMinutes(5));

    assertThat(bed.host("a").clock().instant()).isEqualTo(before.plus(ofMinutes(5)));
    assertThat(bed.host("b").clock().instant()).isEqualTo(before);
  }

  @Test
  void answerThatIsLost_makesNoSecondHolder(LockTestbed bed) throws Exception {
    bed.host("a").loseNextAnswer();
    HeldLock lock = bed.client("a").acquire("job");

    assertThat(lock.isHeld()).isTrue();
    assertThat(bed.client("b").tryAcquire("job")).isEmpty();
  }

  @Test
  void tableThatThrottles_isAskedAgain(LockTestbed bed) throws Exception {
    bed.client("a");
    bed.host("a").throttle(3);

    assertThat(bed.client("a").acquire("job").isHeld()).isTrue();
    assertThat(bed.elapsed()).isGreaterThan(ofMillis(4));
  }

  @Test
  void tableThatIsGone_failsCalls_untilItIsThereAgain(LockTestbed bed) throws Exception {
    bed.client("a");
    bed.failTable(Kind.NO_TABLE);

    assertThatThrownBy(() -> bed.client("a").acquire("job"))
        .isInstanceOfSatisfying(
            LockStoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_TABLE));
    assertThatThrownBy(() -> bed.client("late").acquire("job"))
        .isInstanceOf(LockStoreException.class);

    bed.restoreTable();
    assertThat(bed.client("a").acquire("job").isHeld()).isTrue();
  }

  @Test
  void settings_ofTheClientsBuilder_hold(LockTestbed bed) throws Exception {
    LockClient a = bed.client("a", builder -> builder.leaseDuration(ofSeconds(2)));
    assertThat(a.ownerName()).isEqualTo("a");
    HeldLock lock = a.acquire("job");
    bed.host("a").cutOff();
    bed.advance(ofSeconds(2));

    assertThat(lock.revocation()).isPresent();
    assertThat(bed.client("a")).isSameAs(a);
    assertThatThrownBy(() -> bed.client("a", builder -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'a' has a client already");
  }

  @Test
  void await_thatCannotEnd_failsWithWhatEachHostWasDoing() {
    try (LockTestbed bed = LockTestbed.virtual().limit(ofMinutes(2))) {
      HeldLock lock = bed.await(bed.client("a").acquireAsync("job"));
      CompletableFuture<HeldLock> never =
          bed.client("b").acquireAsync(LockRequest.builder("job").waitForever().build());
      bed.host("c").kill();

      assertThatThrownBy(() -> bed.await(never))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("A future was not completed within 120.0 s of virtual time")
          .hasMessageContaining("Host 'a': running, holds 'job' (token " + lock.fencingToken())
          .hasMessageContaining("Host 'b': running, waits for 'job'")
          .hasMessageContaining("Host 'c': killed");
      assertThat(bed.elapsed()).isBetween(ofMinutes(2), ofMinutes(3));
    }
  }

  @Test
  void blockingCall_thatCannotEnd_failsWithWhatEachHostWasDoing() throws Exception {
    try (LockTestbed bed = LockTestbed.virtual().limit(ofMinutes(2))) {
      bed.client("a").acquire("job");

      assertThatThrownBy(
              () -> bed.client("b").acquire(LockRequest.builder("job").waitForever().build()))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("A blocking call of host 'b' did not end within 120.0 s")
          .hasMessageContaining("waits for 'job'");
    }
  }

  @Test
  void await_withNothingLeftToHappen_failsAtOnce() {
    try (LockTestbed bed = LockTestbed.virtual()) {
      assertThatThrownBy(() -> bed.await(new CompletableFuture<>()))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("nothing is left that could happen");
    }
  }

  @Test
  void threadThatTheTestbedDoesNotKnow_isRefused_andFailsTheTestbed() throws Exception {
    LockTestbed bed = LockTestbed.virtual();
    LockClient a = bed.client("a");
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread unknown =
        new Thread(
            () -> {
              try {
                a.acquire("job").close();
              } catch (Throwable t) {
                thrown.complete(t);
              }
            },
            "of-a-pool");
    bed.advanceUntil(
        "the thread has ended",
        () -> {
          unknown.start();
          return thrown.join() != null;
        });

    assertThat(thrown.join())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Thread 'of-a-pool' called the client of host 'a'")
        .hasMessageContaining("TestHost.start");
    assertThatThrownBy(bed::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("of-a-pool");
  }

  @Test
  void threadThatTheTestWaitsFor_movesTheTimeInItsPlace(LockTestbed bed) throws Exception {
    LockClient a = bed.client("a");
    CompletableFuture<Boolean> held =
        CompletableFuture.supplyAsync(
            () -> {
              try (HeldLock lock = a.acquire("job")) {
                return lock.isHeld();
              } catch (InterruptedException e) {
                return false;
              }
            });

    assertThat(held.get()).isTrue();
    assertThat(bed.client("b").tryAcquire("job")).isPresent();
  }

  @Test
  void taskOfAnExecutor_thatThrows_failsTheTestbed() {
    LockTestbed bed = LockTestbed.virtual();
    bed.host("a")
        .executor()
        .execute(
            () -> {
              throw new IllegalStateException("a task of the service");
            });
    bed.advance(ofSeconds(1));

    assertThatThrownBy(bed::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a task of the service");
  }

  @Test
  void codeOfAHostThatIsKilled_fails(LockTestbed bed) {
    CompletableFuture<?> code =
        bed.host("a")
            .start(
                () -> {
                  bed.host("a").sleep(ofMinutes(1));
                  return null;
                });
    bed.advance(ofSeconds(1));
    bed.host("a").kill();

    assertThatThrownBy(() -> bed.await(code))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Host 'a' was killed while its code ran");
    assertThatThrownBy(() -> bed.client("a")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void codeOfAHost_thatMovesTheTime_isRefused(LockTestbed bed) {
    CompletableFuture<?> code =
        bed.host("a")
            .start(
                () -> {
                  bed.advance(ofSeconds(1));
                  return null;
                });

    assertThatThrownBy(() -> bed.await(code))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TestHost.sleep");
  }

  @Test
  void codeOfAHost_awaitsFutures(LockTestbed bed) {
    LockClient a = bed.client("a");
    CompletableFuture<Boolean> held =
        bed.host("a").start(() -> bed.await(a.acquireAsync("job")).isHeld());

    assertThat(bed.await(held)).isTrue();
  }

  @Test
  void itemThatIsDeleted_endsTheHold_andIsNoViolation(LockTestbed bed) throws Exception {
    HeldLock lock = bed.client("a").acquire("job");
    bed.deleteItem("job");
    HeldLock second = bed.client("b").acquire("job");
    assertThat(lock.isHeld()).isTrue();

    bed.advance(ofSeconds(6));

    assertThat(lock.revocation()).isPresent();
    assertThat(second.isHeld()).isTrue();
    assertThat(bed.history().isExclusive()).isFalse();
  }

  @Test
  void election_whoseLeaderIsKilled_electsAnother(LockTestbed bed) {
    List<String> leaders = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      LeaderElection unused =
          LeaderElection.builder(bed.client(name), "leader")
              .listener(
                  new LeaderElection.Listener() {
                    @Override
                    public void elected(Term term) {
                      leaders.add(name);
                    }
                  })
              .campaign();
    }
    bed.advanceUntil("there is a leader", () -> leaders.size() == 1);

    bed.host(leaders.get(0)).kill();
    bed.advanceUntil("there is another leader", () -> leaders.size() == 2);

    assertThat(leaders).containsExactlyInAnyOrder("a", "b");
    assertThat(bed.elapsed()).isLessThan(ofSeconds(25));
  }
}
