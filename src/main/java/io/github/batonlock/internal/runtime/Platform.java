package io.github.batonlock.internal.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The parts of the machine that a client needs: a loop with its clock, threads, randomness. */
public interface Platform {

  /**
   * The loop that owns the client's state.
   *
   * @return the same each time
   */
  EventLoop loop();

  /**
   * The executor that sends requests.
   *
   * @return runs tasks concurrently
   */
  Executor requests();

  /**
   * The executor of user code.
   *
   * @return runs tasks concurrently, each once, and not on the calling thread; never throws
   */
  Executor callbacks();

  /**
   * The executor of what writes lines of the log, since an appender may be slow.
   *
   * @return runs tasks, in no order; never throws
   */
  default Executor logging() {
    return Runnable::run;
  }

  /**
   * Runs a task on a thread of its own, which the end of the client does not end.
   *
   * @param name the name of the thread
   * @param task what it throws goes to the thread's uncaught exception handler
   * @return the thread, which has begun
   * @throws OutOfMemoryError if no thread can be made
   */
  OwnThread startThread(String name, Runnable task);

  /**
   * Randomness for versions that cannot be guessed or repeated.
   *
   * @return safe for use by many threads
   */
  RandomGenerator random();

  /**
   * Begins a call of the calling thread, a thread of the user that then blocks until the call has
   * ended. The platform may use the thread meanwhile.
   *
   * @param <T> the call's result
   * @param call begins it, by one task of the loop
   * @return what {@code call} returns, to wait for; perhaps completed
   */
  default <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> call) {
    return call.get();
  }

  /**
   * Blocks a thread of the user until the loop has completed a future. Gives up on an interrupt.
   *
   * @param <T> the result
   * @param future the future to wait for
   * @return the result; a failure is thrown as it is
   * @throws InterruptedException if interrupted first
   */
  <T> T await(CompletableFuture<T> future) throws InterruptedException;

  /**
   * Blocks a thread of the user until the loop has completed a future. Waits through interrupts;
   * the interrupt status is kept.
   *
   * @param <T> the result
   * @param future the future to wait for
   * @return the result; a failure is thrown as it is
   */
  default <T> T awaitUninterruptibly(CompletableFuture<T> future) {
    return Awaits.throughInterrupts(() -> await(future));
  }

  /**
   * Ends the threads that were made for the client, not those of the user.
   *
   * @param interruptCallbacks whether to interrupt user code that still runs
   */
  void shutdown(boolean interruptCallbacks);
}
