package io.github.batonlock.samples.liveness;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Locks whose lease is good, and whose work is not: its thread has died, it takes too long, it does
 * not get on. Each is revoked with a reason of its own, and free for others when it is closed.
 */
final class Limits {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final Scene scene;
  private final LockClient alice;
  private final LockClient bob;

  private Limits(Scene scene, LockClient alice, LockClient bob) {
    this.scene = scene;
    this.alice = alice;
    this.bob = bob;
  }

  /** Work under a lock that goes wrong. */
  private interface Work {
    void on(HeldLock lock) throws InterruptedException;
  }

  static boolean play(Scene scene) throws Exception {
    try (LockClient alice = scene.client("alice");
        LockClient bob = scene.client("bob")) {
      Limits limits = new Limits(scene, alice, bob);
      return limits.workerDies() & limits.workTakesTooLong() & limits.workStalls();
    }
  }

  private boolean workerDies() throws Exception {
    CountDownLatch mayDie = new CountDownLatch(1);
    Thread worker = new Thread(() -> await(mayDie), "worker");
    worker.start();
    return ends(
        LockRequest.builder().key("job/1").whileAlive(worker),
        Reason.WORKER_DIED,
        lock -> {
          scene.timeline().add("alice", "her worker's thread ends");
          mayDie.countDown();
        });
  }

  private boolean workTakesTooLong() throws Exception {
    return ends(
        LockRequest.builder().key("job/2").maxHold(LIMIT),
        Reason.HELD_TOO_LONG,
        lock -> scene.timeline().add("alice", "works, and does not come to an end"));
  }

  private boolean workStalls() throws Exception {
    return ends(
        LockRequest.builder().key("job/3").stallLimit(LIMIT),
        Reason.STALLED,
        lock -> {
          for (int step = 1; step <= 8; step++) {
            lock.progress();
            Thread.sleep(LIMIT.toMillis() / 4);
          }
          scene.timeline().add("alice", "gets on for twice the limit, then does not any more");
        });
  }

  private boolean ends(LockRequest.Builder request, Reason expected, Work work) throws Exception {
    CompletableFuture<Revocation> told = new CompletableFuture<>();
    HeldLock lock = alice.acquire(request.onRevoked(told::complete).build());
    if (!lock.isHeld()) {
      return false;
    }
    work.on(lock);
    Revocation revocation = told.get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    scene
        .timeline()
        .add("alice", "is told that " + lock.key() + " is over: " + revocation.reason());
    lock.close();
    try (HeldLock next = bob.acquire(lock.key().partitionKey())) {
      scene.timeline().add("bob", "has it, token " + next.fencingToken());
      return revocation.reason() == expected && next.fencingToken() > lock.fencingToken();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
