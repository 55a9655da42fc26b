package io.github.batonlock.races;

import java.util.concurrent.ThreadLocalRandom;

/** How long the tests of races look: {@code -Dbaton.races.rounds=20} for twenty times as long. */
public final class Rounds {
  /** One unless the property says otherwise. */
  public static final int FACTOR = Integer.getInteger("baton.races.rounds", 1);

  private static final int LONGEST_PAUSE = 20;

  private Rounds() {}

  /**
   * Lets others run, or not, so that no two rounds are alike; nothing relies on what comes of it.
   */
  @SuppressWarnings("ThreadPriorityCheck")
  public static void dawdle() {
    for (int i = ThreadLocalRandom.current().nextInt(LONGEST_PAUSE); i > 0; i--) {
      Thread.yield();
    }
  }
}
