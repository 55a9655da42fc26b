package io.github.batonlock.samples.family;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.recipe.FairLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A lock with a queue: who comes first is served first, whatever client he comes with. */
final class Counter {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 2;

  private Counter() {}

  static boolean play(Scene scene) throws Exception {
    Bound bound = new Bound(scene.timeline(), "at the counter", 1);
    List<String> came = new ArrayList<>();
    List<String> served = Collections.synchronizedList(new ArrayList<>());
    for (int round = 1; round <= ROUNDS; round++) {
      for (Map.Entry<String, LockClient> each : scene.clients().entrySet()) {
        String customer = each.getKey() + "-" + round;
        long before = lastTicket(each.getValue());
        came.add(customer);
        scene.timeline().add(customer, "comes");
        scene
            .crew()
            .start(
                () -> {
                  FairLock counter = FairLock.of(each.getValue(), "counter");
                  try (Hold turn = counter.acquire(PATIENCE)) {
                    served.add(customer);
                    bound.visit(customer, "is served, token " + turn.fencingToken());
                  }
                });
        // Who comes next has to come later, also on a busy machine.
        while (lastTicket(each.getValue()) <= before) {
          Thread.sleep(10);
        }
      }
    }
    scene.crew().join();
    return served.equals(came) && bound.wasKept(came.size());
  }

  /** The queue is a lock of its own, which each who comes takes for a moment: its token counts. */
  private static long lastTicket(LockClient client) {
    return client.inspect("counter/queue").map(queue -> queue.fencingToken().orElse(0)).orElse(0L);
  }
}
