package io.github.batonlock.samples.family;

import io.github.batonlock.samples.common.Timeline;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts who is inside, and remembers whether that was ever one too many. */
final class Bound {
  private final Timeline timeline;
  private final String what;
  private final int limit;
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger turns = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();

  Bound(Timeline timeline, String what, int limit) {
    this.timeline = timeline;
    this.what = what;
    this.limit = limit;
  }

  /** Somebody is inside, for a while. */
  void visit(String who, String does) throws InterruptedException {
    int now = inside.incrementAndGet();
    turns.incrementAndGet();
    timeline.add(who, does + " (" + now + " of " + limit + " " + what + ")");
    if (now > limit) {
      broken.incrementAndGet();
      timeline.add(who, "ONE TOO MANY");
    }
    Thread.sleep(200);
    inside.decrementAndGet();
  }

  int inside() {
    return inside.get();
  }

  int turns() {
    return turns.get();
  }

  /** Whether so many turns were had, and none of them was one too many. */
  boolean wasKept(int expectedTurns) {
    return broken.get() == 0 && turns.get() == expectedTurns;
  }
}
