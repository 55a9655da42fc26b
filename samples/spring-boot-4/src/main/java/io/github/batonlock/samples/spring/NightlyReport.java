package io.github.batonlock.samples.spring;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** A job that all hosts start, and one runs: it takes until the host ends. */
@Component
public class NightlyReport {
  static final String LOCK = "nightly-report";

  /** In all hosts of this process. */
  private static final AtomicInteger AT_WORK = new AtomicInteger();

  private static final AtomicInteger MOST_AT_WORK = new AtomicInteger();

  private final LockClient locks;
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger skipped = new AtomicInteger();
  private volatile boolean running;

  NightlyReport(LockClient locks) {
    this.locks = locks;
  }

  @Scheduled(fixedDelay = 200)
  void start() throws InterruptedException {
    if (!locks.tryRunLocked(LOCK, this::write)) {
      skipped.incrementAndGet();
    }
  }

  private void write(HeldLock lock) throws InterruptedException {
    MOST_AT_WORK.accumulateAndGet(AT_WORK.incrementAndGet(), Math::max);
    running = true;
    try {
      end.await();
    } finally {
      running = false;
      AT_WORK.decrementAndGet();
    }
  }

  @EventListener(ContextClosedEvent.class)
  void finish() {
    end.countDown();
  }

  boolean isRunning() {
    return running;
  }

  int skipped() {
    return skipped.get();
  }

  static int mostAtWork() {
    return MOST_AT_WORK.get();
  }
}
