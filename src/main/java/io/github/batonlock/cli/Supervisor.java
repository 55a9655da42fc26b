package io.github.batonlock.cli;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs one command while a lock is held, and ends it when the lock is lost.
 *
 * <pre>
 *   running --the child ends--> alone --its descendants have ended--> over
 *      |                          |                                    ^
 *      '--lock lost, or held too long: SIGTERM--> ending --grace: SIGKILL
 * </pre>
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class Supervisor {
  /** Of the child: the marks of the tools that it runs under. */
  private static final String MARKS = "BATON_RUN";

  private final HeldLock lock;
  private final KillTimes times;
  private final Events events;
  private final PrintWriter err;
  private final String mark = UUID.randomUUID().toString();

  private @Nullable Guard guard;
  private @Nullable Child child;
  private long usableUntil;
  private boolean hasEnded;
  private boolean isLost;
  private @Nullable Long killAt;
  private @Nullable Long endAt;
  private long lookAt;

  /**
   * Prepares for one command.
   *
   * @param lock the lock, held; the caller releases it
   * @param times when a child is ended
   * @param events what is told of the lock, the child and this process
   * @param err for what is worth a line
   */
  Supervisor(HeldLock lock, KillTimes times, Events events, PrintWriter err) {
    this.lock = lock;
    this.times = times;
    this.events = events;
    this.err = err;
  }

  /**
   * Starts the command, and returns when it and its descendants have ended.
   *
   * @param command the program and its arguments
   * @param variables for the child
   * @param maxHold how long the child may take; null for no limit
   * @return the exit code
   */
  int run(List<String> command, Map<String, String> variables, @Nullable Duration maxHold)
      throws InterruptedException {
    HeldLock unused = lock.onRevoked(revocation -> events.tell(new Events.Lost(revocation)));
    endAt = maxHold == null ? null : in(maxHold);
    lookAt = in(Duration.ZERO);
    try {
      watch();
    } catch (IOException e) {
      throw new IllegalStateException(
          "The guard of the child was not started, and without it no child is: /bin/sh: "
              + e.getMessage(),
          e);
    }
    if (!lock.isHeld()) {
      guard().end();
      err.println("baton: lock '" + lock.key() + "' was lost before the command was started");
      return ExitCode.LOST.code();
    }
    try {
      start(command, variables);
    } catch (IOException e) {
      return notStarted(command.get(0), e);
    }
    try {
      while (!isOver()) {
        step();
      }
    } finally {
      endAll();
    }
    return isLost ? ExitCode.LOST.code() : child().exitCode();
  }

  private void start(List<String> command, Map<String, String> variables) throws IOException {
    Map<String, String> all = new HashMap<>(variables);
    all.merge(MARKS, mark, (outer, own) -> outer + " " + own);
    child = Child.start(command, all, mark, () -> events.tell(new Events.ChildEnded()));
    guard().child(child.pid());
  }

  private int notStarted(String program, IOException failure) {
    guard().end();
    String problem = String.valueOf(failure.getMessage());
    boolean isMissing = problem.contains("error=2,");
    err.println(
        "baton: '" + program + "' was not started: " + problem.replaceFirst(".*error=\\d+, ", ""));
    return (isMissing ? ExitCode.NOT_FOUND : ExitCode.NOT_EXECUTABLE).code();
  }

  private void step() throws InterruptedException {
    Events.Event event = events.next(times.pause());
    if (event instanceof Events.Signalled signalled) {
      forward(signalled.signal());
    } else if (event instanceof Events.Lost lost) {
      lost(lost.revocation());
    } else if (event instanceof Events.ChildEnded) {
      childEnded();
    }
    if (endAt != null && isDue(endAt)) {
      heldTooLong();
    }
    if (killAt != null && isDue(killAt)) {
      child().kill();
    }
    keepGuard();
    if (isDue(lookAt)) {
      child().lookForDescendants();
      lookAt = in(times.lease().dividedBy(10));
    }
  }

  /** Whether neither the child nor a descendant lives any more. */
  private boolean isOver() {
    return hasEnded && child().alive().isEmpty();
  }

  /** The keyboard's signals have reached the child already: it is in the same process group. */
  private void forward(Signals.Signal signal) {
    if (signal == Signals.Signal.TERM) {
      child().askToEnd();
    } else if (signal != Signals.Signal.INT || !ProcessTable.isInForeground()) {
      guard().signal(signal);
    }
  }

  private void lost(Revocation revocation) {
    err.println("baton: " + FailureReport.oneLine(revocation + "; the command is ended"));
    end(times.graceAfterLoss(revocation.untilTakeover()));
  }

  private void heldTooLong() {
    endAt = null;
    err.println("baton: lock '" + lock.key() + "' was held for --max-hold; the command is ended");
    end(times.grace());
  }

  private void end(Duration grace) {
    isLost = true;
    long at = in(grace);
    boolean isEnding = killAt != null;
    killAt = killAt == null || at - killAt < 0 ? Long.valueOf(at) : killAt;
    if (!isEnding) {
      child().terminate();
    }
  }

  private void childEnded() {
    hasEnded = true;
    // After a stop of this process the revocation may still be on its way.
    if (guard().hasActed()) {
      isLost = true;
      err.println("baton: the guard has ended the command: the tool was stopped for too long");
    }
    isLost |= !lock.isHeld();
    Set<ProcessHandle> left = child().alive();
    if (!left.isEmpty() && killAt == null) {
      err.println(
          "baton: the command has ended; lock '"
              + lock.key()
              + "' is kept for "
              + left.size()
              + " processes that it has started");
    }
  }

  /** Tells the guard of each renewal, and replaces a guard that has gone. */
  private void keepGuard() {
    if (!guard().isWatching()) {
      err.println("baton: the guard of the command has gone, and is started again");
      guard().discard();
      try {
        watch();
      } catch (IOException e) {
        throw new IllegalStateException("The guard was not started again: " + e.getMessage(), e);
      }
      guard().child(child().pid());
      return;
    }
    if (in(lock.remaining()) - usableUntil > times.pause().toNanos()) {
      moveDeadlines();
    }
  }

  private void watch() throws IOException {
    guard = Guard.start(mark, times);
    moveDeadlines();
  }

  private void moveDeadlines() {
    // In this order: a pause in between makes the deadlines early, not late.
    OptionalLong uptime = Guard.uptime();
    Duration usable = lock.remaining();
    if (!usable.isZero()) {
      guard().until(uptime, usable.plus(times.guardsTerm()), usable.plus(times.guardsKill()));
      usableUntil = in(usable);
    }
  }

  /** Also after a failure of this class: no child goes on without a lock. */
  private void endAll() throws InterruptedException {
    while (!isOver()) {
      child().kill();
      if (events.next(times.pause()) instanceof Events.ChildEnded) {
        hasEnded = true;
      }
    }
    guard().end();
  }

  private static long in(Duration duration) {
    return System.nanoTime() + duration.toNanos();
  }

  private static boolean isDue(long time) {
    return System.nanoTime() - time >= 0;
  }

  private Guard guard() {
    if (guard == null) {
      throw new IllegalStateException("no guard yet");
    }
    return guard;
  }

  private Child child() {
    if (child == null) {
      throw new IllegalStateException("no child yet");
    }
    return child;
  }
}
