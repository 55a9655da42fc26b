package io.github.batonlock.samples.family;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.recipe.SharedExclusiveLock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A lock for many readers or one writer: nobody reads while the catalogue is being written. */
final class Catalogue {
  private static final int READERS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Catalogue() {}

  static boolean play(Scene scene) throws Exception {
    Bound readers = new Bound(scene.timeline(), "readers", READERS);
    Bound writers = new Bound(scene.timeline(), "writers", 1);
    AtomicInteger disturbed = new AtomicInteger();
    for (Map.Entry<String, LockClient> each : scene.clients().entrySet()) {
      SharedExclusiveLock lock =
          SharedExclusiveLock.of(each.getValue(), LockRequest.of("catalogue"), READERS);
      for (int i = 0; i < 2; i++) {
        scene
            .crew()
            .start(
                () -> {
                  try (Hold reader = lock.acquireShared(PATIENCE)) {
                    readers.visit(each.getKey(), "reads the catalogue");
                    disturbed.addAndGet(writers.inside());
                    reader.ensureHeld();
                  }
                });
      }
      scene
          .crew()
          .start(
              () -> {
                try (Hold writer = lock.acquireExclusive(PATIENCE)) {
                  disturbed.addAndGet(readers.inside());
                  writers.visit(
                      each.getKey(), "writes the catalogue, token " + writer.fencingToken());
                  disturbed.addAndGet(readers.inside());
                }
              });
    }
    scene.crew().join();
    int clients = scene.clients().size();
    return disturbed.get() == 0 && readers.wasKept(2 * clients) && writers.wasKept(clients);
  }
}
