package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.AnswerRecorder;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import io.github.batonlock.support.LossyHttpClient.Fault;
import io.github.batonlock.support.Stalls;
import io.github.batonlock.support.StubbornHttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real requests whose answers are lost, late or false. */
class AmbiguousAnswersIT extends TableFixture {
  /** Long against what is lost in a test: nothing here gets free by itself. */
  private static final Duration LEASE = Duration.ofMinutes(2);

  /** For tests of heartbeats. */
  private static final Duration HEARTBEAT = Duration.ofMillis(800);

  /** For all others: a release has as long as this to be confirmed. */
  private static final Duration LONG_HEARTBEAT = Duration.ofSeconds(20);

  private static final Fault THROTTLED =
      Fault.answer(400, "ProvisionedThroughputExceededException", "canned: slow down");

  private LossyHttpClient network;

  @BeforeEach
  void makeNetwork() {
    network = LossyHttpClient.create();
  }

  /** What happens to an answer, and whether the SDK tries again by itself. */
  static Stream<Arguments> losses() {
    return Stream.of(true, false)
        .flatMap(
            retries ->
                Stream.of(
                        Named.of("connection breaks after", Fault.loseAnswer()),
                        Named.of("no answer", Fault.hangAfterDoing()),
                        Named.of(
                            "500 after",
                            Fault.answerAfterDoing(500, "InternalServerError", "canned")))
                    .map(
                        fault ->
                            Arguments.of(
                                fault,
                                Named.of(retries ? "SDK retries" : "SDK gives up", retries))));
  }

  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  private LockClient lossy(boolean retries, Duration heartbeat) {
    told.clear();
    return client(
        sdkOver(network, retries),
        b -> b.leaseDuration(LEASE).heartbeatInterval(heartbeat).listener(recording()));
  }

  private LockListener recording() {
    return new LockListener() {
      @Override
      public void releaseUnconfirmed(HeldLock lock, LockException failure) {
        told.add("unconfirmed: " + failure);
      }

      @Override
      public void revoked(HeldLock lock, Revocation revocation) {
        told.add("revoked: " + revocation);
      }
    };
  }

  private void assertFreeForOthers(String key, HeldLock released) throws Exception {
    assertThat(client().tryAcquire(key))
        .as("not free for others")
        .hasValueSatisfying(
            next -> assertThat(next.fencingToken()).isGreaterThan(released.fencingToken()));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void acquire_answerLost_returnsTheLockAndNoGhost(Fault fault, boolean retries) throws Exception {
    LockClient client = lossy(retries, LONG_HEARTBEAT);
    String key = newKey();
    network.next(1, "UpdateItem", fault);

    HeldLock lock = Eventually.get(inBackground(() -> client.acquire(key)));

    lock.ensureHeld();
    assertThat(row(key).get("fencingToken").n())
        .as("applied once")
        .isEqualTo(Long.toString(lock.fencingToken()));
    lock.close();
    assertFreeForOthers(key, lock);
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void tryAcquire_answerLost_returnsTheLock(Fault fault, boolean retries) throws Exception {
    LockClient client = lossy(retries, LONG_HEARTBEAT);
    network.next(1, "UpdateItem", fault);

    assertThat(Eventually.get(inBackground(() -> client.tryAcquire(newKey()))))
        .hasValueSatisfying(HeldLock::ensureHeld);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void heartbeat_answerLost_keepsTheLock(Fault fault, boolean retries) throws Exception {
    // A release that is kept waiting for two seconds is not confirmed.
    Stalls.measure(() -> heartbeat_answerLost(fault, retries));
  }

  private void heartbeat_answerLost(Fault fault, boolean retries) throws Exception {
    LockClient client = lossy(retries, HEARTBEAT);
    String key = newKey();
    HeldLock lock = client.acquire(key);
    String granted = version(key);
    network.next(1, "UpdateItem", fault);

    Eventually.until(
        "renewed after the loss",
        () -> {
          lock.ensureHeld();
          return !version(key).equals(granted);
        });
    String lost = version(key);
    Eventually.until(
        "renewed again",
        () -> {
          lock.ensureHeld();
          return !version(key).equals(lost);
        });

    lock.close();
    assertFreeForOthers(key, lock);
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void release_answerLost_isConfirmed(Fault fault, boolean retries) throws Exception {
    release_answerLost(fault, retries, false);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void deleteRelease_answerLost_isConfirmed(Fault fault, boolean retries) throws Exception {
    release_answerLost(fault, retries, true);
  }

  private void release_answerLost(Fault fault, boolean retries, boolean delete) throws Exception {
    LockClient client = lossy(retries, LONG_HEARTBEAT);
    String key = newKey();
    List<Revocation> revocations = Collections.synchronizedList(new ArrayList<>());
    HeldLock lock = client.acquire(LockRequest.builder(key).deleteOnRelease(delete).build());
    lock.onRevoked(revocations::add);
    network.next(1, delete ? "DeleteItem" : "UpdateItem", fault);

    lock.close();

    assertFreeForOthers(key, lock);
    assertThat(lock.revocation()).isEmpty();
    client.close();
    assertThat(revocations).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void heldLock_hundredLostHeartbeatAnswersInARow_staysHeld() throws Exception {
    AnswerRecorder server = new AnswerRecorder();
    network = LossyHttpClient.over(server);
    LockClient client =
        client(
            sdkOver(network, false),
            b ->
                b.leaseDuration(Duration.ofMinutes(1))
                    .heartbeatInterval(Duration.ofMillis(100))
                    .listener(recording()));
    told.clear();
    String key = newKey();
    HeldLock lock = client.acquire(key);
    network.always("UpdateItem", Fault.loseAnswer());
    int before = server.appliedUpdates();

    Eventually.until(
        "100 heartbeats were applied, none of them answered",
        Duration.ofMinutes(3),
        () -> {
          lock.ensureHeld();
          return server.appliedUpdates() - before >= 100;
        });

    lock.ensureHeldFor(Duration.ofMillis(1));
    assertThat(told).isEmpty();
    assertThat(row(key).get("ownerName").s()).isEqualTo(client.ownerName());
    assertThat(row(key).get("fencingToken").n()).isEqualTo(Long.toString(lock.fencingToken()));
    network.heal();
    lock.close();
    assertFreeForOthers(key, lock);
    assertThat(told).isEmpty();
  }

  @Test
  void heldLock_throttledForHalfALease_staysHeld() throws Exception {
    LockClient client =
        client(
            sdkOver(network, true),
            b ->
                b.leaseDuration(Duration.ofSeconds(20))
                    .heartbeatInterval(Duration.ofMillis(800))
                    .listener(recording()));
    told.clear();
    List<String> worries = Collections.synchronizedList(new ArrayList<>());
    HeldLock lock = client.acquire(newKey());
    lock.onJeopardy(held -> worries.add("jeopardy")).onSafe(held -> worries.add("safe"));
    network.always("UpdateItem", THROTTLED);
    Eventually.until(
        "more than half of the lease is gone",
        () -> lock.remaining().compareTo(Duration.ofMillis(7200)) < 0);
    lock.ensureHeld();

    network.heal();

    Eventually.until("renewed", () -> lock.remaining().compareTo(Duration.ofSeconds(12)) > 0);
    Eventually.until("told so", () -> worries.size() == 2);
    assertThat(worries).containsExactly("jeopardy", "safe");
    assertThat(told).isEmpty();
  }

  @Test
  void acquire_throttledAtFirst_waitsAndGetsTheLock() throws Exception {
    LockClient client = lossy(false, LONG_HEARTBEAT);
    network.next(4, "UpdateItem", THROTTLED);
    Eventually.get(inBackground(() -> client.acquire(newKey()))).ensureHeld();

    network.always("UpdateItem", THROTTLED);
    assertThatThrownBy(
            () -> client.acquire(LockRequest.builder(newKey()).waitUpTo(Duration.ZERO).build()))
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(LockStoreException.Kind.THROTTLED);
              assertThat(e.mayHaveBeenApplied()).isFalse();
              assertThat(e).hasMessageContaining(table);
            });
    network.heal();
  }

  @Test
  void acquire_nothingAnswers_failsInTimeAndLeavesNoGhost() throws Exception {
    LockClient client = lossy(true, HEARTBEAT);
    String key = newKey();
    network.always("UpdateItem", Fault.hangAfterDoing());

    assertThatThrownBy(
            () ->
                Eventually.get(
                    inBackground(
                        () ->
                            client.acquire(
                                LockRequest.builder(key).waitUpTo(Duration.ofSeconds(1)).build()))))
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(LockStoreException.Kind.TIMED_OUT);
              assertThat(e.mayHaveBeenApplied()).isTrue();
            });
    network.heal();

    LockClient other = client();
    HeldLock next =
        Eventually.get(
            other.acquireAsync(LockRequest.builder().key(key).waitForever().build()),
            LEASE.dividedBy(2));
    next.ensureHeld();
  }

  // Nothing comes through

  @Test
  void heldLock_nothingComesThrough_isRevokedBeforeOthersGetIt() throws Exception {
    LockClient cutOff = client(sdkOver(network, true), this::shortLease);
    losesTheLockInTime(
        cutOff,
        () -> {
          network.always("UpdateItem", Fault.blackHole());
          network.always("GetItem", Fault.blackHole());
          network.always("DeleteItem", Fault.blackHole());
        },
        network::heal);
  }

  @Test
  void heldLock_httpClientIgnoresInterrupts_isRevokedBeforeOthersGetIt() throws Exception {
    StubbornHttpClient stubborn = new StubbornHttpClient();
    LockClient cutOff = client(sdkOver(stubborn, true), this::shortLease);
    losesTheLockInTime(cutOff, stubborn::hang, stubborn::letGo);
  }

  /** From the end of the usable time to that of the lease, a machine may stand still. */
  private static final Duration SHORT = Duration.ofSeconds(20);

  private static final Duration USABLE = Duration.ofSeconds(16);

  private void shortLease(LockClient.Builder builder) {
    builder.leaseDuration(SHORT).heartbeatInterval(Duration.ofMillis(500));
  }

  private void losesTheLockInTime(LockClient cutOff, Runnable cut, Runnable heal) throws Exception {
    String key = newKey();
    HeldLock lock = cutOff.acquire(key);
    CompletableFuture<Long> revokedAt = new CompletableFuture<>();
    CompletableFuture<Revocation> revocation = new CompletableFuture<>();
    AtomicBoolean twice = new AtomicBoolean();
    lock.onRevoked(
        what -> {
          revokedAt.complete(System.nanoTime());
          twice.set(!revocation.complete(what));
        });
    CompletableFuture<HeldLock> waiting =
        client(this::shortLease).acquireAsync(LockRequest.builder(key).waitForever().build());
    CompletableFuture<Long> takenAt = waiting.thenApply(taken -> System.nanoTime());

    cut.run();

    Revocation what = Eventually.get(revocation);
    assertThat(what.reason()).isEqualTo(Revocation.Reason.LEASE_EXPIRED);
    assertThat(what.sinceRenewal()).isBetween(USABLE, SHORT);
    assertThat(what.untilTakeover()).isPositive();
    assertThatThrownBy(lock::ensureHeld).isInstanceOf(LockRevokedException.class);
    HeldLock taken = Eventually.get(waiting);
    assertThat(revokedAt.join()).isLessThan(Eventually.get(takenAt));
    assertThat(taken.fencingToken()).isEqualTo(lock.fencingToken() + 1);
    CompletableFuture<Boolean> closed =
        inBackground(
            () -> {
              lock.close();
              cutOff.close();
              return true;
            });
    assertThat(Eventually.get(closed)).isTrue();
    heal.run();
    assertThat(twice).isFalse();
    taken.ensureHeld();
    assertThat(row(key).get("fencingToken").n()).isEqualTo(Long.toString(taken.fencingToken()));
  }

  @Test
  void close_ofLockAndClientWhileNothingComesThrough_end() throws Exception {
    StubbornHttpClient stubborn = new StubbornHttpClient();
    LockClient client =
        client(
            sdkOver(stubborn, true),
            b ->
                b.leaseDuration(Duration.ofMinutes(1))
                    .heartbeatInterval(Duration.ofSeconds(4))
                    .closeTimeout(Duration.ofSeconds(1)));
    HeldLock lock = client.acquire(newKey());
    HeldLock other = client.acquire(newKey());
    stubborn.hang();

    CompletableFuture<Boolean> lockClosed =
        inBackground(
            () -> {
              lock.close();
              return true;
            });
    Eventually.until("its release is on the way", () -> !lock.isHeld());
    CompletableFuture<Void> releasedAsync = other.closeAsync();
    CompletableFuture<Boolean> clientClosed =
        inBackground(
            () -> {
              client.close();
              return true;
            });

    assertThat(Eventually.get(clientClosed)).isTrue();
    assertThat(Eventually.get(lockClosed)).as("close() of the lock ends").isTrue();
    Eventually.get(releasedAsync);
    stubborn.letGo();
  }
}
