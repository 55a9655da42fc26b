package io.github.batonlock.internal.runtime;

/**
 * The room on the calling thread's stack. An overflow in the middle of a task, or between the
 * queueing of a task and the wake-up of a thread for it, would leave the client's state half
 * changed.
 *
 * <p>There is no way to ask, so it is tried ahead: calls that change nothing go deeper than the
 * real ones will.
 */
final class StackRoom {
  /** How many calls are as deep as a request and the tasks for its answer: some 30 KB. */
  private static final int REQUEST = 256;

  /** How many calls are as deep as the start of a thread: some 12 KB. */
  private static final int WAKE_UP = 100;

  private StackRoom() {}

  /** Whether a request may be sent, and the tasks for its answer may run, on this thread. */
  static boolean isEnoughForRequest() {
    try {
      return descend(REQUEST, 1, 2, 3, 4, 5, 6, 7, 8) != 0;
    } catch (StackOverflowError e) {
      return false;
    }
  }

  /**
   * Fails now, if the stack would overflow while a task is queued and a thread is woken for it.
   *
   * @throws StackOverflowError if there is not enough room
   */
  static void ensureForWakeUp() {
    long unused = descend(WAKE_UP, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  /** All arguments are used after the call, so that each call's frame keeps them. */
  private static long descend(
      int depth, long a, long b, long c, long d, long e, long f, long g, long h) {
    if (depth == 0) {
      return 1;
    }
    long below = descend(depth - 1, b, c, d, e, f, g, h, a + depth);
    return below == 0 ? 0 : (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ below) | 1;
  }
}
