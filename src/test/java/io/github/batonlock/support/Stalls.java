package io.github.batonlock.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Checks whose result depends on real time, on a machine that may be busy.
 *
 * <p>A check that fails is done again if threads were kept waiting meanwhile: a fault spoils each
 * try, a stall only its own. Where no thread was kept waiting, the first failure counts.
 */
public final class Stalls {
  private static final int TRIES = 5;
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(5);

  /** What a machine with a free processor does not make a thread wait. */
  private static final long STALL = TimeUnit.MILLISECONDS.toNanos(50);

  private Stalls() {}

  /** Does a check, and again while a stall may be why it fails. */
  public static void measure(Measurement measurement) throws Exception {
    try (Meter meter = new Meter()) {
      measure(measurement, meter::stalledSinceAsked);
    }
  }

  /**
   * Does a check.
   *
   * @param stalled whether there was a stall since it was last asked
   */
  static void measure(Measurement measurement, BooleanSupplier stalled) throws Exception {
    repeat(measurement, failure -> stalled.getAsBoolean());
  }

  /**
   * Does a check, and again while its failure may have another cause than a fault.
   *
   * @param isExcused whether it may; asked after each failure
   */
  static void repeat(Measurement measurement, Predicate<Throwable> isExcused) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        measurement.run();
        return;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception | AssertionError e) {
        if (!isExcused.test(e) || attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  /** A thread that wakes up every few milliseconds, and notices when it does not. */
  private static final class Meter implements AutoCloseable {
    private volatile boolean stalled;
    private volatile boolean closed;

    Meter() {
      Thread thread = new Thread(this::watch, "stall-meter");
      thread.setDaemon(true);
      thread.start();
    }

    private void watch() {
      long before = System.nanoTime();
      while (!closed) {
        LockSupport.parkNanos(TICK);
        long now = System.nanoTime();
        if (now - before > STALL) {
          stalled = true;
        }
        before = now;
      }
    }

    boolean stalledSinceAsked() {
      boolean answer = stalled;
      stalled = false;
      return answer;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
