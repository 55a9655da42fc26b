package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The place of one acquisition among those of its client: in the queue for its lock, or behind the
 * first one in the queue. It tells what the client knows about the lock without a request.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class QueuePlace {
  private final LockKey key;
  private final PendingAcquisitions pending;
  private final WaitQueues queues;
  private final ActiveHolds holds;
  private @Nullable WaitQueue queue;
  private @Nullable WaitQueue followed;

  QueuePlace(LockKey key, PendingAcquisitions pending, WaitQueues queues, ActiveHolds holds) {
    this.key = key;
    this.pending = pending;
    this.queues = queues;
    this.holds = holds;
  }

  /** The acquisition starts. */
  void enter(Acquisition starting) {
    pending.add(starting);
  }

  boolean isClosing() {
    return pending.isClosing();
  }

  // This client's own holds

  boolean isHeldHere() {
    return holds.isHeldHere(key);
  }

  /** This client's lock; null if it does not hold it. */
  @Nullable DefaultHeldLock heldHere() {
    ActiveHolds.Hold hold = holds.heldHere(key);
    return hold == null ? null : hold.lock();
  }

  /** Whether a holder of this client is releasing the lock, and no answer has come. */
  boolean isReleasing() {
    return queues.isReleasing(key);
  }

  /** The holder that this client knows of: itself, or the one that a waiter has seen. */
  @Nullable LockInfo holder() {
    LockInfo here = holds.infoOf(key);
    WaitQueue others = queue != null ? queue : followed;
    return here != null || others == null ? here : others.holder();
  }

  // What the first in the queue has been told

  /** A request was answered. */
  void answered() {
    WaitQueue own = queue;
    if (own != null) {
      own.answered();
    }
  }

  /** A request has failed. */
  void failed(LockStoreException why) {
    WaitQueue own = queue;
    if (own != null) {
      own.failed(why);
    }
  }

  /** The failure of the last request of the queue; null if it was answered. */
  @Nullable LockStoreException failure() {
    WaitQueue own = queue;
    return own == null ? null : own.failure();
  }

  /** Whether the table, or a hold of this client, has told something about the lock. */
  boolean isKnown() {
    WaitQueue own = queue;
    return holder() != null || (own != null && (own.wasAnswered() || own.isPassingOn()));
  }

  /** Shares the outcome of the first in the own queue. */
  void followFirst(Acquisition waiter) {
    joined().follow(waiter);
    followed = queue;
  }

  // In the queue

  void join(Acquisition waiter) {
    queue = queues.join(waiter);
  }

  boolean isFirst(Acquisition waiter) {
    return queue != null && queue.isFirst(waiter);
  }

  /** The first in the own queue; null if there is none. */
  @Nullable Acquisition first() {
    WaitQueue own = queue;
    return own == null ? null : own.first();
  }

  /** How long to leave a lock that this client has freed to other clients, in nanoseconds. */
  long standBack() {
    return joined().standBack();
  }

  /** A look has shown an item. */
  void saw(LockItem item, long lookSent, ClockReading answered) {
    joined().pollSchedule().saw(item, lookSent, answered);
  }

  /** The time to the next look if the lock may be free in a moment, in nanoseconds. */
  long soon() {
    return joined().pollSchedule().soon();
  }

  /** The time to the next look, in nanoseconds. */
  long untilNextLook(ClockReading now) {
    return joined().pollSchedule().next(now.nanos());
  }

  /** A look has shown another client that holds the lock. */
  void heldElsewhere(LockInfo holder) {
    joined().heldElsewhere(holder);
  }

  /** The first waiter has the lock now. */
  void acquired(long token) {
    joined().acquired(token);
  }

  private WaitQueue joined() {
    WaitQueue own = queue;
    if (own == null) {
      throw new IllegalStateException("An acquisition of '" + key + "' is in no queue");
    }
    return own;
  }

  // Behind the first

  /** The first of the others that wait for the lock; null if there is none. */
  @Nullable Acquisition firstOfOthers() {
    followed = queues.of(key);
    return followed == null ? null : followed.first();
  }

  /** Shares the outcome of the first of the others. */
  void follow(Acquisition oneTry) {
    if (followed != null) {
      followed.follow(oneTry);
    }
  }

  /** The first waiter has found something out. */
  void tellFollowers(Acquisition first, Consumer<Acquisition> outcome) {
    if (queue != null && queue.isFirst(first)) {
      queue.tellFollowers(outcome);
    }
  }

  // End

  /** Leaves the queue, or the first one. The outcome is told to those that have followed. */
  void leave(Acquisition waiter, Consumer<Acquisition> outcome) {
    pending.remove(waiter);
    if (followed != null) {
      followed.unfollow(waiter);
    }
    WaitQueue led = isFirst(waiter) ? queue : null;
    queues.leave(waiter);
    if (led != null) {
      led.tellFollowers(outcome);
    }
  }

  /** It has ended, and a write of it is under way. Closing the client waits for the answer. */
  void settling(Acquisition ended) {
    pending.settling(ended);
  }

  /** The answer has come. */
  void settled(Acquisition ended) {
    pending.settled(ended);
  }
}
