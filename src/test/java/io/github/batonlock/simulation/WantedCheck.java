package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A client tries to get a lock only while a user of its process waits for it: whatever ends a
 * user's wait ends the attempt.
 */
final class WantedCheck extends Check {
  /** What may be on its way to the client's loop when a wait ends. */
  private static final long MOMENT = Duration.ofMillis(50).toNanos();

  private final Lists<Wanted, Wait> waits = new Lists<>();

  /** A lock as one process may want it. */
  private record Wanted(Node node, LockKey key) {}

  WantedCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    Stream.concat(history.waits.stream(), history.looks.stream())
        .forEach(wait -> waits.add(new Wanted(wait.node, wait.key), wait));
    for (Send send : history.sends()) {
      boolean isTry =
          send.write() instanceof LockWrite.Acquire || send.write() instanceof LockWrite.Takeover;
      if (isTry) {
        tried(send);
      }
    }
  }

  private void tried(Send send) {
    long at = send.at().world();
    List<Wait> by = waits.of(new Wanted(send.node(), send.write().key()));
    boolean isWanted =
        by.stream()
            .anyMatch(
                wait ->
                    wait.began.world() <= at
                        && (wait.ended == null || wait.ended.world() >= at - MOMENT));
    if (!isWanted && !send.node().stoodStill(at - MOMENT, at)) {
      violated(at, send.node() + " tries to get '" + send.write().key() + "', which no user wants");
    }
  }
}
