package io.github.batonlock.internal.runtime;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * A warning about an event that may happen often. It is logged the first time, the second, the
 * fourth, the eighth, and so on. Any thread; never throws.
 */
final class RepeatedWarning {
  private final Logger log;
  private final String message;
  private final AtomicLong count = new AtomicLong();

  RepeatedWarning(Logger log, String message) {
    this.log = log;
    this.message = message;
  }

  void happened(Throwable cause) {
    long times = count.incrementAndGet();
    if (Long.bitCount(times) == 1) {
      SafeLog.warn(log, times == 1 ? message : message + " (" + times + " times so far)", cause);
    }
  }
}
