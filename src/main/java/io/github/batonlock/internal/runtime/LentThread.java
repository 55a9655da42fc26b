package io.github.batonlock.internal.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the user's that has begun a call and would block until the call has ended. Until then
 * it is lent to the client: it runs the loop's tasks for the call, and sends the call's requests.
 *
 * <p>Three things distinguish it from a thread of the client's own:
 *
 * <ul>
 *   <li>It may be interrupted. The loop's tasks do not see that. A request may fail of it, like one
 *       whose answer is lost; then the thread sends nothing more.
 *   <li>It may be near the end of its stack, or a virtual thread, which a request would pin on
 *       older JDKs. Such a thread is not lent.
 *   <li>Its caller waits for one call. It runs no task after the call's own, and sends no request
 *       of other calls.
 * </ul>
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class LentThread extends RequestThreadPool.Place {
  private boolean begins = true;

  /** The request that it sends; null for none. */
  private volatile @Nullable BlockingRequest sending;

  /** Whether the calling thread can be lent. */
  static boolean isPossible() {
    return StackRoom.isEnoughForRequest()
        && !Thread.currentThread().isInterrupted()
        && !Virtual.isCurrent();
  }

  /** Takes only requests that end within their time limit, which is no longer than the caller's. */
  @Override
  boolean takes(Runnable request) {
    return request instanceof BlockingRequest blocking
        && blocking.returnsInTime()
        && super.takes(request);
  }

  /** Whether the call has not begun yet, so that the loop may run here. */
  boolean begins() {
    return begins;
  }

  void hasBegun() {
    begins = false;
  }

  /** Announces the request that it is about to send, so that others can interrupt it. */
  void sends(Runnable request) {
    sending = (BlockingRequest) request;
  }

  void hasSent() {
    sending = null;
  }

  /** Interrupts the request that it sends, if any. Any thread. */
  void interruptRequest() {
    BlockingRequest request = sending;
    if (request != null) {
      request.interrupt();
    }
  }

  /** Virtual threads, on the JDKs that have them. */
  private static final class Virtual {
    private static final @Nullable MethodHandle IS_VIRTUAL = find();

    private static @Nullable MethodHandle find() {
      try {
        return MethodHandles.publicLookup()
            .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
      } catch (ReflectiveOperationException e) {
        return null;
      }
    }

    static boolean isCurrent() {
      try {
        return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
      } catch (Throwable e) {
        return false;
      }
    }
  }
}
