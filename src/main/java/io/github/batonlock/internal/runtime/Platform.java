package io.github.batonlock.internal.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** All that a client needs of its machine: clocks, a loop, threads, randomness. */
public interface Platform {

  /**
   * The clocks.
   *
   * @return the same each time
   */
  Clock clock();

  /**
   * The thread that owns the client's state.
   *
   * @return the same each time
   */
  EventLoop loop();

  /**
   * Where requests are sent from.
   *
   * @return runs tasks concurrently
   */
  Executor requests();

  /**
   * Where user code runs.
   *
   * @return runs tasks concurrently, each once, and not on the calling thread; never throws
   */
  Executor callbacks();

  /**
   * Randomness nobody can guess or repeat, for versions.
   *
   * @return safe for use by many threads
   */
  RandomGenerator random();

  /**
   * Blocks a thread of the user's until the loop has done something; gives up on an interrupt.
   *
   * @param <T> the result
   * @param future what to wait for
   * @return the result; a failure is thrown as it is
   * @throws InterruptedException if interrupted first
   */
  <T> T await(CompletableFuture<T> future) throws InterruptedException;

  /**
   * Blocks a thread of the user's until the loop has done something, through interrupts, which are
   * kept.
   *
   * @param <T> the result
   * @param future what to wait for
   * @return the result; a failure is thrown as it is
   */
  default <T> T awaitUninterruptibly(CompletableFuture<T> future) {
    return Blocking.throughInterrupts(() -> await(future));
  }

  /**
   * Ends the threads that were made for the client, not those given by the user.
   *
   * @param interruptCallbacks whether to interrupt user code that still runs
   */
  void shutdown(boolean interruptCallbacks);
}
