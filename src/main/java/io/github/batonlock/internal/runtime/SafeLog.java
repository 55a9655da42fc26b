package io.github.batonlock.internal.runtime;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Logging for threads that must go on, whatever the logger's appenders throw. */
final class SafeLog {
  private SafeLog() {}

  static void warn(Logger log, String message, @Nullable Throwable cause) {
    try {
      log.warn(message, cause);
    } catch (Throwable t) {
      // There is no other way left to report it.
    }
  }

  static void error(Logger log, String message, Throwable cause) {
    try {
      log.error(message, cause);
    } catch (Throwable t) {
      // There is no other way left to report it.
    }
  }
}
