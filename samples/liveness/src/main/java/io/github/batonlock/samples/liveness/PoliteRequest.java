package io.github.batonlock.samples.liveness;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.ReleaseRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Carol waits for Alice's lock. Bob comes later, and asks Alice to finish: when she does, the lock
 * is his.
 */
final class PoliteRequest {
  private static final String KEY = "database/schema";

  private PoliteRequest() {}

  static boolean play(Scene scene) throws Exception {
    try (LockClient alice = scene.client("alice");
        LockClient bob = scene.client("bob");
        LockClient carol = scene.client("carol")) {
      HeldLock first = alice.acquire(KEY);
      first.onReleaseRequested(request -> finish(scene, first, request));
      CompletableFuture<HeldLock> waiting =
          carol.acquireAsync(LockRequest.builder().key(KEY).waitForever().build());
      scene.timeline().add("carol", "waits");

      scene.timeline().add("bob", "asks for the lock");
      HeldLock second =
          bob.acquire(
              LockRequest.builder()
                  .key(KEY)
                  .waitUpTo(Scene.PATIENCE)
                  .requestRelease("deployment 17", Duration.ofSeconds(10))
                  .build());
      boolean isBobsTurn = !waiting.isDone() && first.revocation().isEmpty();
      scene.timeline().add("bob", "has it, token " + second.fencingToken());
      second.close();

      HeldLock third = waiting.get(Scene.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      scene.timeline().add("carol", "has it, token " + third.fencingToken());
      return isBobsTurn && third.fencingToken() > second.fencingToken();
    }
  }

  private static void finish(Scene scene, HeldLock lock, ReleaseRequest request) {
    scene
        .timeline()
        .add("alice", "is asked by " + request.askedBy() + " to finish: " + request.reason());
    lock.close();
    scene.timeline().add("alice", "has finished");
  }
}
