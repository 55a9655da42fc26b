package io.github.batonlock.internal.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A warning about an event that may happen often. It is logged the first time, the second, the
 * fourth, the eighth, and so on, and says how often the event has happened. After a quiet minute
 * the count starts again. Any thread; never throws.
 */
public final class RepeatedWarning {
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final String message;
  private final Clock clock;
  private final Executor writer;

  @GuardedBy("this")
  private long count;

  @GuardedBy("this")
  private long lastNanos;

  /** A warning that the calling thread writes. */
  RepeatedWarning(Logger log, String message, Clock clock) {
    this(log, message, clock, Runnable::run);
  }

  /**
   * Creates a warning about one kind of event.
   *
   * @param log where it is logged
   * @param message what has happened
   * @param clock tells quiet minutes
   * @param writer runs what writes a line; must not throw
   */
  public RepeatedWarning(Logger log, String message, Clock clock, Executor writer) {
    this.log = log;
    this.message = message;
    this.clock = clock;
    this.writer = writer;
  }

  /** It has happened. Each line has the trace of its event. */
  void happened(Throwable cause) {
    long times = counted();
    if (isLogged(times)) {
      write(message + soFar(times), cause);
    }
  }

  /**
   * It has happened. Only the first line has a trace, if there is one.
   *
   * @param detail to what, and why; made into a text only if it is logged
   * @param trace an exception of users' code; null where the detail says it all
   */
  public void happened(Object detail, @Nullable Throwable trace) {
    long times = counted();
    if (isLogged(times)) {
      write(message + soFar(times) + ": " + detail, times == 1 ? trace : null);
    }
  }

  private synchronized long counted() {
    long now = clock.nanoTime();
    if (count > 0 && now - lastNanos >= QUIET_NANOS) {
      count = 0;
    }
    lastNanos = now;
    return ++count;
  }

  private static boolean isLogged(long times) {
    return Long.bitCount(times) == 1;
  }

  private static String soFar(long times) {
    return times == 1 ? "" : " (" + times + " times so far)";
  }

  private void write(String line, @Nullable Throwable trace) {
    writer.execute(() -> SafeLog.warn(log, line, trace));
  }
}
