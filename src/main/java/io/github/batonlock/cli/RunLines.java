package io.github.batonlock.cli;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockListener;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells the user of {@code baton run} what happens to the lock, a line each. */
final class RunLines implements LockListener {
  private final PrintWriter err;

  /** Otherwise the end of the wait tells. */
  private final boolean waitsWithoutLimit;

  /** Of requests, in a row. */
  private final AtomicInteger failures = new AtomicInteger();

  RunLines(PrintWriter err, boolean waitsWithoutLimit) {
    this.err = err;
    this.waitsWithoutLimit = waitsWithoutLimit;
  }

  @Override
  public void requestEnded(RequestEnded event) {
    boolean ofWait =
        event.operation() == RequestEnded.Operation.GRANT
            || event.operation() == RequestEnded.Operation.READ;
    if (!ofWait || !waitsWithoutLimit || event.failure().isEmpty()) {
      failures.set(0);
    } else if (event.failure().get().isTransient() && failures.incrementAndGet() == 2) {
      err.println(
          "baton: the lock table does not answer as it should ("
              + event.failure().get()
              + "); trying again");
    }
  }

  @Override
  public void jeopardy(HeldLock lock) {
    err.println(
        "baton: the lease of lock '"
            + lock.key()
            + "' is not renewed; the command is ended in "
            + lock.remaining().toMillis()
            + " ms, unless a renewal succeeds");
  }

  @Override
  public void safe(HeldLock lock) {
    err.println("baton: the lease of lock '" + lock.key() + "' is renewed again");
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    err.println(
        "baton: the release of lock '"
            + lock.key()
            + "' is not confirmed; the lock is free one lease after its last renewal: "
            + FailureReport.of(failure).line());
  }
}
