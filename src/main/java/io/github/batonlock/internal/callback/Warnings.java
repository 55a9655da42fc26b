package io.github.batonlock.internal.callback;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.runtime.Clock;
import io.github.batonlock.internal.runtime.RepeatedWarning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines that one client logs: what no exception tells a caller, and what no callback may hear.
 * Each kind of line becomes rarer when its event is frequent. Any thread; the loop never writes.
 */
public final class Warnings {
  private static final Logger log = LoggerFactory.getLogger(Warnings.class);

  private final Clock clock;
  private final RepeatedWarning unconfirmed;
  private final RepeatedWarning unheard;
  private final RepeatedWarning threw;
  private final RepeatedWarning notFreed;
  private final RepeatedWarning notAsked;

  /**
   * Creates the warnings of one client.
   *
   * @param clock times them
   * @param writer runs what writes a line
   */
  public Warnings(Clock clock, Executor writer) {
    this.clock = clock;
    this.unconfirmed =
        new RepeatedWarning(
            log,
            "A release could not be confirmed; the lock is free for others at the latest one lease"
                + " after its last renewal",
            clock,
            writer);
    this.unheard =
        new RepeatedWarning(
            log, "A lock was lost, and no callback or listener hears of it", clock, writer);
    this.threw =
        new RepeatedWarning(log, "User code threw; nothing else is affected", clock, writer);
    this.notFreed =
        new RepeatedWarning(
            log, "An item that this client may have left behind could not be freed", clock, writer);
    this.notAsked =
        new RepeatedWarning(log, "A holder could not be asked to release its lock", clock, writer);
  }

  public void releaseUnconfirmed(HeldLock lock, LockException problem) {
    unconfirmed.happened(lock + ", " + problem.getMessage(), null);
  }

  /** A lock was lost that has no callback, in a client without a listener. */
  public void lostUnheard(Revocation revocation) {
    unheard.happened(revocation, null);
  }

  /**
   * A client is closed. The calling thread writes the line: the process may end soon.
   *
   * @param client as the line names it
   * @param left the locks that were not confirmed free, each with its last failure; logs nothing if
   *     there is none
   */
  public void closed(Object client, Map<LockKey, LockException> left) {
    if (left.isEmpty()) {
      return;
    }
    List<LockException> failures = new ArrayList<>(left.values());
    LockException last = failures.get(failures.size() - 1);
    String named =
        left.keySet().stream()
            .limit(3)
            .map(key -> "'" + key + "'")
            .collect(Collectors.joining(", "));
    new RepeatedWarning(
            log,
            "Closing could not confirm that locks are free; they are free for others at the latest"
                + " one lease after their last renewal",
            clock,
            Runnable::run)
        .happened(
            client
                + ", "
                + left.size()
                + " locks: "
                + named
                + (left.size() > 3 ? ", ..." : "")
                + "; last failure: "
                + last.getMessage(),
            null);
  }

  /** User code threw: a callback, or a listener. */
  void threw(String what, Throwable exception) {
    threw.happened("the " + what + ", " + exception, exception);
  }

  public void notFreed(LockKey key, LockException problem) {
    notFreed.happened("lock '" + key + "', " + problem.getMessage(), null);
  }

  public void notAsked(LockKey key, LockException problem) {
    notAsked.happened("lock '" + key + "', " + problem.getMessage(), null);
  }
}
