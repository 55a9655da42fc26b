package io.github.batonlock.samples.family;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.recipe.CountedSemaphore;
import java.time.Duration;
import java.util.Map;

/** A counted semaphore: at most two uploads at once, whoever makes them. */
final class Uploads {
  private static final int PERMITS = 2;

  private Uploads() {}

  static boolean play(Scene scene) throws Exception {
    Bound bound = new Bound(scene.timeline(), "uploads", PERMITS);
    for (Map.Entry<String, LockClient> each : scene.clients().entrySet()) {
      CountedSemaphore uploads = CountedSemaphore.of(each.getValue(), "uploads", PERMITS);
      for (int i = 0; i < 2; i++) {
        scene
            .crew()
            .start(
                () -> {
                  try (Hold permit = uploads.acquire(Duration.ofSeconds(30))) {
                    bound.visit(each.getKey(), "uploads with permit " + permit.key());
                  }
                });
      }
    }
    scene.crew().join();
    return bound.wasKept(2 * scene.clients().size());
  }
}
