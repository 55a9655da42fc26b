package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Work on the caller's thread under a lock. */
class RunLockedIT extends TableFixture {
  private static final Duration PATIENCE = Eventually.SOON;

  /** Finds a deleted item within a moment, and outlasts every pause of the machine. */
  private LockClient renewing() {
    return client(
        b -> b.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(Duration.ofMillis(200)));
  }

  @Test
  void callLocked_workThatReturns_givesItsResultAndReleases() throws Exception {
    String key = newKey();
    AtomicReference<HeldLock> used = new AtomicReference<>();

    long token =
        client()
            .callLocked(
                key,
                lock -> {
                  used.set(lock);
                  lock.ensureHeld();
                  assertThat(isReleased(key)).isFalse();
                  return lock.fencingToken();
                });

    assertThat(token).isEqualTo(used.get().fencingToken());
    assertThat(used.get().isHeld()).isFalse();
    assertThat(isReleased(key)).isTrue();
    assertThat(client().tryAcquire(key)).isPresent();
  }

  @Test
  void runLocked_workThatThrows_releasesAndThrowsTheSame() {
    String key = newKey();
    IOException failure = new IOException("the work failed");

    assertThatThrownBy(
            () ->
                client()
                    .runLocked(
                        key,
                        lock -> {
                          throw failure;
                        }))
        .isSameAs(failure);

    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void runLocked_lockLost_interruptsTheWorkAndThrowsWithItsException() {
    String key = newKey();
    AtomicReference<InterruptedException> seen = new AtomicReference<>();

    LockRevokedException revoked =
        catchThrowableOfType(
            LockRevokedException.class,
            () ->
                renewing()
                    .runLocked(
                        key,
                        lock -> {
                          deleteRow(key);
                          try {
                            boolean unused =
                                new CountDownLatch(1)
                                    .await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                          } catch (InterruptedException e) {
                            seen.set(e);
                            throw e;
                          }
                        }));

    assertThat(revoked.revocation().reason()).isEqualTo(Revocation.Reason.ITEM_DELETED);
    assertThat(revoked.getSuppressed()).contains(seen.get());
    assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
  }

  @Test
  void callLocked_lockLostAndInterruptSwallowed_throwsAllTheSame() {
    String key = newKey();

    LockRevokedException revoked =
        catchThrowableOfType(
            LockRevokedException.class,
            () ->
                renewing()
                    .callLocked(
                        key,
                        lock -> {
                          deleteRow(key);
                          try {
                            boolean unused =
                                new CountDownLatch(1)
                                    .await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                          } catch (InterruptedException e) {
                            return "finished anyway";
                          }
                          return "never interrupted";
                        }));

    assertThat(revoked.revocation().reason()).isEqualTo(Revocation.Reason.ITEM_DELETED);
    assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
  }

  @Test
  void runLocked_lockLostAndInterruptUnnoticed_doesNotLeakIt() {
    String key = newKey();

    assertThatThrownBy(
            () ->
                renewing()
                    .runLocked(
                        key,
                        lock -> {
                          deleteRow(key);
                          spinUntilInterrupted();
                        }))
        .isInstanceOf(LockRevokedException.class);

    assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
  }

  /** Sees the flag and leaves it. */
  private static void spinUntilInterrupted() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void runLocked_interruptFromElsewhere_isKeptAndTheLockReleased() throws Exception {
    String key = newKey();

    client().runLocked(key, lock -> Thread.currentThread().interrupt());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void close_ofClientWhileWorkRuns_interruptsItAndReleasesAfterItsEnd() throws Exception {
    String key = newKey();
    LockClient client = client(b -> b.leaseDuration(Duration.ofMinutes(10)).closeTimeout(PATIENCE));
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    AtomicBoolean releasedUnderIt = new AtomicBoolean();
    CompletableFuture<Boolean> work =
        inBackground(
            () -> {
              client.runLocked(
                  key,
                  lock -> {
                    working.countDown();
                    try {
                      boolean unused = new CountDownLatch(1).await(1, TimeUnit.HOURS);
                    } catch (InterruptedException e) {
                      interrupted.set(true);
                    }
                    assertThat(mayEnd.await(1, TimeUnit.MINUTES)).isTrue();
                    releasedUnderIt.set(isReleased(key));
                  });
              return true;
            });
    assertThat(working.await(1, TimeUnit.MINUTES)).isTrue();
    CompletableFuture<Boolean> closed =
        inBackground(
            () -> {
              client.close();
              return true;
            });
    Eventually.until("the work is interrupted", interrupted::get);
    assertThat(isReleased(key)).isFalse();
    mayEnd.countDown();

    assertThatThrownBy(() -> Eventually.get(work))
        .isInstanceOfSatisfying(
            LockRevokedException.class,
            e -> assertThat(e.revocation().reason()).isEqualTo(Revocation.Reason.CLIENT_CLOSED));
    assertThat(Eventually.get(closed)).isTrue();
    assertThat(releasedUnderIt).isFalse();
    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void close_ofClientWhileWorkGoesOn_endsInTimeAndDoesNotReleaseUnderIt() throws Exception {
    String key = newKey();
    LockClient client =
        client(b -> b.leaseDuration(Duration.ofMinutes(10)).closeTimeout(Duration.ofMillis(500)));
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    CompletableFuture<Boolean> work =
        inBackground(
            () -> {
              client.runLocked(
                  key,
                  lock -> {
                    working.countDown();
                    while (mayEnd.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                  });
              return true;
            });
    assertThat(working.await(1, TimeUnit.MINUTES)).isTrue();

    CompletableFuture<Boolean> closed =
        inBackground(
            () -> {
              client.close();
              return true;
            });

    assertThat(Eventually.get(closed)).isTrue();
    assertThat(isReleased(key)).isFalse();
    mayEnd.countDown();
    assertThatThrownBy(() -> Eventually.get(work)).isInstanceOf(LockRevokedException.class);
  }
}
