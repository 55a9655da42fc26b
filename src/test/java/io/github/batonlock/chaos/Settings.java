package io.github.batonlock.chaos;

import io.github.batonlock.Leases;
import java.time.Duration;
import java.util.List;

/** What harness and workers have to know alike. */
final class Settings {
  /** Short, so that many leases run out in a minute. */
  static final Duration LEASE = Duration.ofSeconds(2);

  static final Duration HEARTBEAT = Duration.ofMillis(500);

  /** Its item is deleted with each release, so that its tokens restart from the time of day. */
  static final String DELETED_KEY = "deleted";

  /** Its locks are kept by sessions. */
  static final String SHARED_KEY = "shared";

  static final List<String> KEYS = List.of("a", "b", "c", SHARED_KEY, DELETED_KEY);

  /** Threads of one worker that want locks. */
  static final int THREADS = 3;

  private Settings() {}

  /** By what a lock is kept: a client loses one session and goes on with the other. */
  static Leases leases(String key, long attempt) {
    if (!key.equals(SHARED_KEY)) {
      return Leases.own();
    }
    return attempt % 2 == 0 ? Leases.shared() : Leases.session("odd");
  }

  /** Whether the item of a key stays in the table, and so the sequence of its tokens. */
  static boolean isKept(String key) {
    return !key.equals(DELETED_KEY);
  }
}
