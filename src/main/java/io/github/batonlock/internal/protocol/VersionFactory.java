package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.util.random.RandomGenerator;

/** The factory of record versions. Safe for use by many threads if its source of randomness is. */
public final class VersionFactory {
  private final RandomGenerator random;

  /**
   * Creates a factory.
   *
   * @param random distinguishes the versions of one moment
   */
  public VersionFactory(RandomGenerator random) {
    this.random = random;
  }

  /**
   * A fresh version.
   *
   * @param sentAt when the write that carries it is sent
   * @return one that no other write has
   */
  public String next(ClockReading sentAt) {
    return RecordVersion.create(sentAt.epochMillis(), random);
  }
}
