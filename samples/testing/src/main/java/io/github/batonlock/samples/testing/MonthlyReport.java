package io.github.batonlock.samples.testing;

import io.github.batonlock.LockClient;
import java.time.Duration;
import java.util.List;

/** A service: writes the monthly report, chapter by chapter, on one process at a time. */
final class MonthlyReport {
  static final String LOCK = "monthly-report";
  static final List<String> CHAPTERS = List.of("sales", "stock", "staff");

  /** How long a chapter takes to compute. */
  static final Duration WORK = Duration.ofSeconds(10);

  private final LockClient locks;
  private final Archive archive;
  private final Pause pause;

  /** Lets time pass: {@code Thread::sleep} in production. */
  interface Pause {
    void pause(Duration duration) throws InterruptedException;
  }

  /** Where chapters go. It refuses a write with a token smaller than one it has seen. */
  interface Archive {
    void write(String chapter, long fencingToken);
  }

  MonthlyReport(LockClient locks, Archive archive, Pause pause) {
    this.locks = locks;
    this.archive = archive;
    this.pause = pause;
  }

  /**
   * Writes the report, unless another process writes it now.
   *
   * @return whether this process has written it
   */
  boolean write() throws InterruptedException {
    return locks.tryRunLocked(
        LOCK,
        lock -> {
          for (String chapter : CHAPTERS) {
            pause.pause(WORK);
            lock.ensureHeldFor(Duration.ofSeconds(1));
            archive.write(chapter, lock.fencingToken());
          }
        });
  }
}
