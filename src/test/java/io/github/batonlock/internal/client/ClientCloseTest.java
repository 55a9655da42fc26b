package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Closing a client, and work under a lock, as time-lines on a virtual clock. */
class ClientCloseTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final List<String> told = new ArrayList<>();

  @Test
  void close_tellsHoldersBeforeItReleases_thenStopsThreads() {
    HeldLock lock = a.acquired();
    lock.onRevoked(r -> told.add(r.reason() + ", released: " + world.isReleased()));

    a.client.close();

    assertThat(told).containsExactly("CLIENT_CLOSED, released: false");
    assertThat(world.isReleased()).isTrue();
    assertThat(a.machine.isShutDown()).isTrue();
    assertThat(lock.isHeld()).isFalse();
  }

  @Test
  void close_releasesManyLocksConcurrently() {
    List<HeldLock> locks = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String key = "k" + i;
      locks.add(a.acquired(r -> r.key(key)));
    }
    Duration began = world.time.elapsed();
    a.client.close();
    assertThat(world.time.elapsed().minus(began)).isLessThan(Duration.ofMillis(100));
    assertThat(a.store.count("release")).isEqualTo(500);
    assertThat(locks).noneMatch(HeldLock::isHeld);
  }

  @Test
  void close_whileTheStoreHangs_endsWithinItsTimeout() {
    HeldLock lock = a.acquired();
    List<Revocation> told = a.revocations(lock);
    a.store.failAll(Fault.HANG);
    Duration began = world.time.elapsed();

    a.client.close();

    assertThat(world.time.elapsed().minus(began)).isEqualTo(Duration.ofSeconds(10));
    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.CLIENT_CLOSED);
    assertThat(a.machine.isShutDown()).isTrue();
  }

  @Test
  void close_tellsWaiters() {
    a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire();
    world.seconds(3);
    b.client.close();
    world.time.settle();
    assertThatThrownBy(waiting::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED));
  }

  /** Regression: it was released twice, and if another got it in between, reported as lost. */
  @Test
  void close_whileAReleaseIsOnItsWayToTheLoop_releasesOnce() {
    LockListener listener =
        new LockListener() {
          @Override
          public void released(HeldLock lock) {
            told.add("released");
          }

          @Override
          public void releaseUnconfirmed(HeldLock lock, LockException failure) {
            told.add("unconfirmed");
          }
        };
    World.Node node = world.node("c", config -> {}, listener);
    HeldLock lock = node.acquired();
    world.time.schedule(0, lock::closeAsync);

    node.client.close();
    world.time.settle();

    assertThat(node.store.count("release")).isEqualTo(1);
    assertThat(told).containsExactly("released");
    assertThat(lock.revocation()).isEmpty();
  }

  @Test
  void close_duringAnAcquisition_freesWhatItObtains() {
    CompletableFuture<HeldLock> acquiring = a.acquire();
    world.time.advance(Duration.ofMillis(1));
    a.client.close();
    assertThat(acquiring).isCompletedExceptionally();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void everythingAfterClose_isMisuse_andAnotherCloseIsNot() {
    HeldLock lock = a.acquired();
    a.client.close();
    a.client.close();
    lock.close();
    assertThatThrownBy(() -> a.client.acquire("k")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> a.client.tryAcquire("k")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> a.client.inspect("k")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> a.client.listLocks()).isInstanceOf(IllegalStateException.class);
  }

  /** A call that gives a future throws for its arguments only. */
  @Test
  void acquireAsync_onAClosedClient_failsByItsFuture_andThrowsForItsArguments() {
    a.client.close();
    CompletableFuture<HeldLock> refused = a.client.acquireAsync(LockRequest.of("k"));
    assertThatThrownBy(refused::join)
        .hasCauseExactlyInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("The LockClient is closed; build a new one");
    assertThatThrownBy(() -> a.client.acquireAsync(LockRequest.builder().key("k", "s").build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> a.client.acquireAsync((LockRequest) null))
        .isInstanceOf(NullPointerException.class);
  }

  /** Whether the client is open is asked again when a lock is handed over. */
  @Test
  void close_whileALockIsHandedOver_failsItsFuture() {
    a.machine.beforeCallback(
        () -> {
          throw new IllegalStateException("not now");
        });
    a.machine.beforeThread(
        () -> {
          if (world.time.elapsed().toMillis() < 20) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        });
    CompletableFuture<HeldLock> acquiring =
        a.acquire(request -> request.onRevoked(loss -> told.add("told of " + loss.reason())));
    world.time.advance(Duration.ofMillis(5));
    assertThat(world.owner()).isEqualTo("a");
    assertThat(acquiring).isNotDone();

    a.client.close();
    world.seconds(1);

    assertThatThrownBy(acquiring::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED));
    assertThat(told).isEmpty();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void close_whileALockIsReturned_failsTheCall() {
    World.Node node = world.node("c", config -> {}, new LockListener() {});
    Runnable closesOnce =
        new Runnable() {
          private boolean begun;

          @Override
          public void run() {
            if (!begun) {
              begun = true;
              node.client.close();
            }
          }
        };
    // The listener is about to be told of the grant.
    node.machine.beforeCallback(closesOnce);

    assertThatThrownBy(() -> node.client.acquire("k"))
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED));
    assertThat(world.isReleased()).isTrue();
  }

  /** A session is not opened any more, nor a transaction sent, for a client that closes. */
  @Test
  void close_whileATransactionWaitsForASession_endsItUnsent() {
    a.store.latency(Duration.ofSeconds(1));
    List<LockRequest> requests =
        List.of(
            LockRequest.builder().key("k").leases(Leases.session("one")).build(),
            LockRequest.builder().key("l").leases(Leases.session("two")).build());
    CompletableFuture<List<HeldLock>> together =
        RecipeSupport.of(a.client).acquireTogether(requests);
    world.seconds(1.5);
    assertThat(a.store.trace()).hasSize(1);

    a.client.close();
    world.seconds(30);

    assertThatThrownBy(together::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED));
    assertThat(a.store.count("open")).isEqualTo(1);
    assertThat(a.store.count("grant-all")).isZero();
  }

  @Test
  void work_runsUnderTheLock_whichIsReleasedAfterwards() throws InterruptedException {
    String result =
        a.client.callLocked(
            "k",
            lock -> {
              assertThat(lock.isHeld()).isTrue();
              return "done " + world.isReleased();
            });
    assertThat(result).isEqualTo("done false");
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void work_thatThrows_releasesTheLock_andItsExceptionComesThrough() {
    assertThatThrownBy(
            () ->
                a.client.runLocked(
                    "k",
                    lock -> {
                      throw new IOException("of the work's");
                    }))
        .isExactlyInstanceOf(IOException.class);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void work_whoseLockIsLost_isInterrupted_andTheLossIsThrown() {
    LockRevokedException lost =
        catchThrowableOfType(
            LockRevokedException.class,
            () ->
                a.client.runLocked(
                    "k",
                    lock -> {
                      world.table.removeRow(LockKey.of("k"));
                      world.seconds(6);
                      assertThat(Thread.currentThread().isInterrupted()).isTrue();
                      throw new InterruptedException("as work does");
                    }));
    assertThat(lost.revocation().reason()).isEqualTo(Reason.ITEM_DELETED);
    assertThat(lost.getSuppressed()).singleElement().isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  /** Regression: the work ran, interrupted, under a lock that the closed client had released. */
  @Test
  void work_whoseLockIsLostBeforeItBegins_doesNotRun() {
    DefaultHeldLock lock = (DefaultHeldLock) a.acquired();
    a.client.close();
    assertThat(world.isReleased()).isTrue();

    assertThatThrownBy(() -> LockedTaskRunner.run(lock, held -> told.add("ran")))
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            e -> assertThat(e.revocation().reason()).isEqualTo(Reason.CLIENT_CLOSED));
    assertThat(told).isEmpty();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void work_whoseLeaseIsOverBeforeItBegins_doesNotRun() {
    DefaultHeldLock lock = (DefaultHeldLock) a.acquired();
    a.machine.pause(Duration.ofSeconds(17));

    assertThatThrownBy(() -> LockedTaskRunner.run(lock, held -> told.add("ran")))
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            e -> assertThat(e.revocation().reason()).isEqualTo(Reason.LEASE_EXPIRED));
    assertThat(told).isEmpty();
  }

  @Test
  void work_thatIgnoresItsInterrupt_hasItsResultRefused() {
    assertThatThrownBy(
            () ->
                a.client.callLocked(
                    "k",
                    lock -> {
                      world.table.removeRow(LockKey.of("k"));
                      world.seconds(6);
                      return "result";
                    }))
        .isInstanceOf(LockRevokedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void clientClosedDuringWork_doesNotReleaseTheLockUnderIt() {
    assertThatThrownBy(
            () ->
                a.client.runLocked(
                    "k",
                    lock -> {
                      a.client.close();
                      assertThat(Thread.interrupted()).isTrue();
                      assertThat(world.isReleased()).isFalse();
                    }))
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            e -> {
              assertThat(e.getSuppressed()).isEmpty();
              assertThat(e.revocation().reason()).isEqualTo(Reason.CLIENT_CLOSED);
            });
    assertThat(world.isReleased()).isFalse();
    assertThat(world.time.elapsed()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void tryWithResources_keepsTheBodysException() {
    assertThatThrownBy(
            () -> {
              try (HeldLock lock = a.client.acquire("k")) {
                a.store.failAll(Fault.ACCESS_DENIED);
                throw new IOException("of the body's " + lock.key());
              }
            })
        .isExactlyInstanceOf(IOException.class)
        .hasNoSuppressedExceptions();
  }
}
