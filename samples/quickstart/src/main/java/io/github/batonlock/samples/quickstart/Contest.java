package io.github.batonlock.samples.quickstart;

import io.github.batonlock.samples.common.Timeline;
import io.github.batonlock.samples.quickstart.WorkerProcess.Event;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The story of the quickstart and its referee: hears the workers' reports one after the other,
 * checks each, decides what comes next.
 *
 * <pre>
 *   PASSING --- both had the lock, 4 releases ---> KILLING
 *   KILLING --- the holder writes: that write is held back, the holder killed ---> WAITING
 *   WAITING --- the other holds the lock and has written; the late write is refused ---> ENDING
 *   ENDING  --- the other has released and ended ---> done
 * </pre>
 */
final class Contest {
  private static final int RELEASES = 4;

  /** How much longer than a lease a takeover may take: a poll, and a busy machine. */
  private static final Duration TAKEOVER_SLACK = Duration.ofSeconds(5);

  private enum Phase {
    PASSING,
    KILLING,
    WAITING,
    ENDING
  }

  /** Something went otherwise than promised. */
  static final class BrokenPromiseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenPromiseException(String message) {
      super(message);
    }
  }

  private final BlockingQueue<Event> events;
  private final Timeline timeline;
  private final FencedResource resource = new FencedResource();

  private Phase phase = Phase.PASSING;
  private WorkerProcess holder;
  private long token;
  private Duration heldSince = Duration.ZERO;
  private int writesOfHolder;

  private final Set<WorkerProcess> hadTheLock = new HashSet<>();
  private int releases;

  private WorkerProcess killed;
  private long killedToken;
  private Duration killedAt = Duration.ZERO;
  private Duration takeover = Duration.ZERO;

  Contest(BlockingQueue<Event> events, Timeline timeline) {
    this.events = events;
    this.timeline = timeline;
  }

  /**
   * Runs to the end.
   *
   * @return what was shown
   * @throws BrokenPromiseException if it was not
   */
  String run(Duration limit) throws InterruptedException {
    Duration end = timeline.elapsed().plus(limit);
    while (true) {
      Duration left = end.minus(timeline.elapsed());
      Event event = events.poll(left.toMillis(), TimeUnit.MILLISECONDS);
      if (event == null) {
        throw new BrokenPromiseException(
            "Not done within " + Timeline.show(limit) + ": got as far as " + phase);
      }
      if (event.line() == null) {
        if (ended(event.from())) {
          return summary();
        }
      } else {
        heard(event.from(), Report.fromLine(event.line()));
      }
    }
  }

  private void heard(WorkerProcess worker, Report report) {
    switch (report.kind()) {
      case HOLDS -> holds(worker, report.token());
      case WRITES -> writes(worker, report.token());
      case RELEASES -> releases(worker);
      case REVOKED ->
          throw new BrokenPromiseException(
              worker.name() + " lost the lock while it was alive: " + report.detail());
    }
  }

  private void holds(WorkerProcess worker, long newToken) {
    if (holder != null && holder != killed) {
      throw new BrokenPromiseException(
          worker.name() + " got the lock while " + holder.name() + " held it");
    }
    if (newToken <= token) {
      throw new BrokenPromiseException(
          worker.name() + " got token " + newToken + " after token " + token);
    }
    if (phase == Phase.WAITING) {
      checkTakeover();
      timeline.add(
          worker.name(),
          "holds the lock, token "
              + newToken
              + ": taken over "
              + Timeline.show(takeover)
              + " after the kill");
    } else {
      timeline.add(worker.name(), "holds the lock, token " + newToken);
    }
    holder = worker;
    token = newToken;
    heldSince = timeline.elapsed();
    writesOfHolder = 0;
    hadTheLock.add(worker);
    worker.answer(Report.GO_ON);
  }

  private void checkTakeover() {
    Duration now = timeline.elapsed();
    takeover = now.minus(killedAt);
    if (takeover.compareTo(Worker.LEASE.plus(TAKEOVER_SLACK)) > 0) {
      throw new BrokenPromiseException(
          "The lease is " + Timeline.show(Worker.LEASE) + ", but the takeover took " + takeover);
    }
    Duration sinceGrant = now.minus(heldSince);
    if (sinceGrant.compareTo(Worker.LEASE.multipliedBy(8).dividedBy(10)) < 0) {
      throw new BrokenPromiseException(
          "Taken over " + Timeline.show(sinceGrant) + " after the grant: the lease was not over");
    }
  }

  private void writes(WorkerProcess worker, long writeToken) {
    writesOfHolder++;
    if (phase == Phase.KILLING && writesOfHolder == 3) {
      kill(worker, writeToken);
      return;
    }
    if (!resource.write(writeToken)) {
      throw new BrokenPromiseException(
          "The resource refused a write of the holder, " + worker.name());
    }
    if (phase == Phase.WAITING) {
      timeline.add("resource", "took a write of " + worker.name() + ", token " + writeToken);
      lateWriteArrives();
      phase = Phase.ENDING;
    }
    worker.answer(phase == Phase.ENDING ? Report.STOP : Report.GO_ON);
  }

  private void kill(WorkerProcess worker, long writeToken) {
    worker.kill();
    killed = worker;
    killedToken = writeToken;
    killedAt = timeline.elapsed();
    phase = Phase.WAITING;
    timeline.add(
        "quickstart",
        "kills "
            + worker.name()
            + " (kill -9), which holds the lock, token "
            + writeToken
            + "; a write of it is still on its way");
  }

  private void lateWriteArrives() {
    if (resource.write(killedToken)) {
      throw new BrokenPromiseException(
          "The resource took a write with token " + killedToken + " after token " + token);
    }
    timeline.add(
        "resource",
        "refused the late write of "
            + killed.name()
            + ", token "
            + killedToken
            + ": it has seen token "
            + resource.highestToken());
  }

  private void releases(WorkerProcess worker) {
    timeline.add(worker.name(), "releases the lock");
    holder = null;
    releases++;
    if (phase == Phase.PASSING && releases >= RELEASES && hadTheLock.size() == 2) {
      phase = Phase.KILLING;
    }
    worker.answer(phase == Phase.ENDING ? Report.STOP : Report.GO_ON);
  }

  /** Returns whether that was the end of the story. */
  private boolean ended(WorkerProcess worker) throws InterruptedException {
    if (worker == killed) {
      timeline.add(worker.name(), "is dead, exit code " + worker.exitCode());
      return false;
    }
    if (phase != Phase.ENDING || worker.exitCode() != 0) {
      throw new BrokenPromiseException(
          worker.name() + " ended by itself, with exit code " + worker.exitCode());
    }
    return true;
  }

  private String summary() {
    return String.join(
        System.lineSeparator(),
        "- One holder at a time. The lock was released " + releases + " times, each time in order.",
        "- A killed holder's lock was taken over "
            + Timeline.show(takeover)
            + " after the kill (lease "
            + Timeline.show(Worker.LEASE)
            + " from its last heartbeat).",
        "- Every holder's fencing token was above the last, up to " + token + ".",
        "- The write with the dead holder's token " + killedToken + " was refused.");
  }
}
