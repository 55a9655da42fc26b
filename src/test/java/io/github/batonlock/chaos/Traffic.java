package io.github.batonlock.chaos;

/**
 * What happens to the bytes of one direction.
 *
 * @param mode what happens
 * @param delayMillis for {@link Mode#SLOW}, how late they are at least
 * @param jitterMillis for {@link Mode#SLOW}, how much later at most
 * @param bytesPerSecond for {@link Mode#SLOW}, no more than this; 0 for no limit
 */
record Traffic(Mode mode, long delayMillis, long jitterMillis, long bytesPerSecond) {
  static final Traffic PASS = new Traffic(Mode.PASS, 0, 0, 0);
  static final Traffic STALL = new Traffic(Mode.STALL, 0, 0, 0);
  static final Traffic LOSE = new Traffic(Mode.LOSE, 0, 0, 0);
  static final Traffic END = new Traffic(Mode.END, 0, 0, 0);

  /** What can happen. */
  enum Mode {
    /** They pass. */
    PASS,
    /** They pass when the stall is over, also if nobody waits for an answer by then. */
    STALL,
    /** They vanish, and with them all that follows on the same connection. */
    LOSE,
    /** The connection's end comes in their place; the other direction stays open. */
    END,
    /** They pass later, or at a limited rate. */
    SLOW
  }

  static Traffic slow(long delayMillis, long jitterMillis) {
    return new Traffic(Mode.SLOW, delayMillis, jitterMillis, 0);
  }

  static Traffic throttled(long bytesPerSecond) {
    return new Traffic(Mode.SLOW, 0, 0, bytesPerSecond);
  }
}
