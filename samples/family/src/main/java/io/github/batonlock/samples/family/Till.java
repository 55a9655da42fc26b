package io.github.batonlock.samples.family;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.recipe.ReentrantLockView;
import java.util.Map;
import java.util.concurrent.locks.Lock;

/** A lock as code knows it that was written for one process: reentrant, and of one thread. */
final class Till {
  private Till() {}

  static boolean play(Scene scene) throws Exception {
    Bound bound = new Bound(scene.timeline(), "at the till", 1);
    for (Map.Entry<String, LockClient> each : scene.clients().entrySet()) {
      Lock till = ReentrantLockView.of(each.getValue(), LockRequest.of("till"));
      scene
          .crew()
          .start(
              () -> {
                till.lock();
                try {
                  payInto(till, bound, each.getKey());
                } finally {
                  till.unlock();
                }
              });
    }
    scene.crew().join();
    return bound.wasKept(scene.clients().size());
  }

  private static void payInto(Lock till, Bound bound, String who) throws InterruptedException {
    till.lock();
    try {
      bound.visit(who, "pays into the till, locked twice");
    } finally {
      till.unlock();
    }
  }
}
