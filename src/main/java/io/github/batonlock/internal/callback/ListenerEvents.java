package io.github.batonlock.internal.callback;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockListener.AcquisitionEnded;
import io.github.batonlock.LockListener.RenewalEnded;
import io.github.batonlock.LockListener.RequestEnded;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queue of events of calls and requests, on their way to a client's listener. The listener is
 * told one event after another, on the callback executor. Events beyond a bound are dropped and
 * counted. Any thread.
 *
 * <p>Makers of events ask first whether the listener wants them, so that a client without such a
 * listener makes none.
 */
public final class ListenerEvents {
  private final @Nullable LockListener listener;
  private final CallbackDispatcher callbacks;
  private final SerialExecutor serial;
  private final Limit most;
  private final boolean wantsAcquisitions;
  private final boolean wantsRenewals;
  private final boolean wantsRequests;
  private final boolean wantsWaits;

  @GuardedBy("this")
  private final Deque<Entry> waiting = new ArrayDeque<>();

  /** How many events wait. There are more entries where events were dropped. */
  @GuardedBy("this")
  private int events;

  /** An event, or the number of events that were dropped in its place. */
  private record Entry(@Nullable Consumer<LockListener> event, long dropped) {}

  /**
   * Creates an empty queue.
   *
   * @param callbacks calls the listener
   * @param listener the user's, or null
   * @param most how many events may wait
   */
  public ListenerEvents(CallbackDispatcher callbacks, @Nullable LockListener listener, Limit most) {
    this.listener = listener;
    this.callbacks = callbacks;
    this.serial = new SerialExecutor(callbacks, "lock listener");
    this.most = most;
    this.wantsAcquisitions = overrides(listener, "acquisitionEnded", AcquisitionEnded.class);
    this.wantsRenewals = overrides(listener, "renewalEnded", RenewalEnded.class);
    this.wantsRequests = overrides(listener, "requestEnded", RequestEnded.class);
    this.wantsWaits =
        overrides(listener, "waitBegan", LockKey.class)
            || overrides(listener, "waitEnded", LockKey.class);
  }

  private static boolean overrides(
      @Nullable LockListener listener, String method, Class<?> parameter) {
    return listener != null && ListenerPair.overrides(listener, method, parameter);
  }

  /** Whether the listener is told of ended acquisitions. */
  public boolean wantsAcquisitions() {
    return wantsAcquisitions;
  }

  /** Whether the listener is told of ended renewals. */
  public boolean wantsRenewals() {
    return wantsRenewals;
  }

  /** Whether the listener is told of ended requests. */
  public boolean wantsRequests() {
    return wantsRequests;
  }

  /**
   * Tells the listener of the end of an acquisition, if it wants to know.
   *
   * @param onEnd takes what is told of the end
   */
  public void ofAcquisition(Consumer<Consumer<AcquisitionEnded>> onEnd) {
    if (wantsAcquisitions) {
      onEnd.accept(ended -> add(told -> told.acquisitionEnded(ended)));
    }
  }

  /**
   * Tells the listener when an acquisition begins and ceases to wait, if it wants to know. These
   * two are not queued here, and never dropped.
   *
   * @param onWait takes what is told of the beginning, and of the end
   */
  public void ofWait(BiConsumer<Consumer<LockKey>, Consumer<LockKey>> onWait) {
    if (wantsWaits) {
      onWait.accept(
          key -> callbacks.tell(told -> told.waitBegan(key)),
          key -> callbacks.tell(told -> told.waitEnded(key)));
    }
  }

  /** Adds an event. Never blocks, and never runs user code. */
  public void add(Consumer<LockListener> event) {
    if (enqueue(event)) {
      serial.execute(this::tellNext);
    }
  }

  /** Returns whether there is one more entry. */
  private synchronized boolean enqueue(Consumer<LockListener> event) {
    if (events < most.most()) {
      events++;
      return waiting.add(new Entry(event, 0));
    }
    most.passed().run();
    Entry last = waiting.peekLast();
    boolean isFirstDropped = last == null || last.event != null;
    long before = isFirstDropped ? 0 : waiting.removeLast().dropped;
    waiting.add(new Entry(null, before + 1));
    return isFirstDropped;
  }

  private synchronized @Nullable Entry next() {
    Entry next = waiting.poll();
    if (next != null && next.event != null) {
      events--;
    }
    return next;
  }

  private void tellNext() {
    LockListener told = listener;
    Entry next = next();
    if (told == null || next == null) {
      return;
    }
    if (next.event != null) {
      next.event.accept(told);
    } else {
      told.eventsDropped(next.dropped);
    }
  }
}
