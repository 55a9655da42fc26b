package io.github.batonlock.recipe;

import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;

/** The pauses between tries: each is longer than the one before, up to a limit. */
@ConfinedTo(ConfinedTo.SERIAL)
final class Pauses {
  private final Duration first;
  private final Duration longest;
  private final double growth;
  private Duration next;

  Pauses(Duration first, Duration longest, double growth) {
    this.first = first;
    this.longest = longest;
    this.growth = growth;
    this.next = first;
  }

  /** Returns the pauses of most recipes: from 25 ms to one second. */
  static Pauses usual() {
    return upTo(Duration.ofSeconds(1));
  }

  /** Returns pauses from 25 ms on. */
  static Pauses upTo(Duration longest) {
    return new Pauses(Duration.ofMillis(25), longest, 1.25);
  }

  Duration next() {
    Duration now = next;
    Duration longer = Duration.ofNanos((long) (now.toNanos() * growth));
    next = longer.compareTo(longest) < 0 ? longer : longest;
    return now;
  }

  void reset() {
    next = first;
  }
}
