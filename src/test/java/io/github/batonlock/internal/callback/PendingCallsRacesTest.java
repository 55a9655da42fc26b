package io.github.batonlock.internal.callback;

import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.races.ModelChecking;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of users that begin while the client closes: each of them ends. */
@Timeout(600)
class PendingCallsRacesTest {

  @Test
  void eachCall_whateverItRacesWith_endsWhenTheClientIsClosed() {
    ModelChecking.of(Model.class)
        .scenario("callThatHangs callThatHangs", "close")
        .scenario("call call", "runLoop close")
        .check();
  }

  /** A loop that stops, and the calls that wait for it. */
  public static class Model implements EventLoop {
    private final PendingCalls calls = new PendingCalls(this);
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<CompletableFuture<?>> futures = new ArrayList<>();
    private boolean shutDown;
    private volatile boolean closed;

    /** A call that is answered by the loop, if the loop gets to it. */
    @Operation
    public void call() {
      remember(calls.onLoop(result -> result.complete(1)));
    }

    /** A call that nobody answers: whether it was too late. */
    @Operation
    public boolean callThatHangs() {
      CompletableFuture<String> future = new CompletableFuture<>();
      calls.track(future, () -> future.complete("closed"));
      remember(future);
      return future.isDone();
    }

    private synchronized void remember(CompletableFuture<?> future) {
      futures.add(future);
    }

    @Operation(nonParallelGroup = "loop")
    public void runLoop() {
      Runnable task = next();
      if (task != null) {
        task.run();
      }
    }

    private synchronized Runnable next() {
      return shutDown ? null : tasks.poll();
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long epochMillis() {
      return 0;
    }

    @Operation(nonParallelGroup = "loop")
    public void close() {
      shutdown();
      calls.close();
      closed = true;
    }

    @Validate
    public void allHaveEnded() {
      for (CompletableFuture<?> future : futures) {
        if (closed && !future.isDone()) {
          throw new AssertionError("a call waits for ever");
        }
      }
    }

    @Override
    public synchronized boolean execute(Runnable task) {
      return !shutDown && tasks.add(task);
    }

    /** Which thread runs the loop is for others to check. */
    @Override
    public boolean isCurrent() {
      return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      return () -> {};
    }

    @Override
    public synchronized void shutdown() {
      shutDown = true;
    }
  }
}
