package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;

/**
 * The request of one waiter to the holders that it waits for: release the lock, and reserve it for
 * this client (protocol section 3). It stands until the waiter has the lock, or gives up.
 *
 * <pre>
 *   first look at a hold --> ask it, once --> it releases: kept for this client, taken at once
 *                                         '-> no more waiters: withdraw, or free what is kept
 * </pre>
 *
 * <p>It only shortens the wait. If a request fails or comes too late, the acquisition waits for the
 * lock as without it.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class StandingReleaseRequest implements PendingWork.Unfinished {
  private static final long NO_TOKEN = -1;

  private final AcquireSpec spec;
  private final AcquireSpec.Wish wish;
  private final String id;
  private final ReleaseRequester requester;
  private final RequestDispatcher requests;
  private final PendingWork work;
  private long askedToken = NO_TOKEN;
  private boolean busy;
  private boolean mayStand;
  private boolean over;
  private boolean givesUp;

  StandingReleaseRequest(
      AcquireSpec spec,
      AcquireSpec.Wish wish,
      ReleaseRequester requester,
      RequestDispatcher requests,
      PendingWork work) {
    this.spec = spec;
    this.wish = wish;
    this.id = requester.newId();
    this.requester = requester;
    this.requests = requests;
    this.work = work;
  }

  /** A look has shown this holder, which is another client or this one. */
  void holderIs(LockItem item) {
    long token = item.fencingToken().orElse(NO_TOKEN);
    // An item without a token is that of another library's client.
    boolean canBeAsked = token != NO_TOKEN && !requester.isReserved(item);
    if (over || busy || !canBeAsked || token == askedToken) {
      return;
    }
    boolean reserve = item.session() == null;
    if (reserve) {
      requester.expectReservation(id);
    }
    ask(token, requester.write(spec.key(), item, requester.request(id, wish, token, reserve)));
  }

  /** Whether an item says that its holder keeps the lock for this client. */
  boolean isReserved(LockItem item) {
    return requester.isReserved(item);
  }

  /**
   * This client holds the lock itself: no request is sent, and the next waiter in the queue gets
   * it.
   */
  void heldHere(DefaultHeldLock lock) {
    if (!over && lock.fencingToken() != askedToken) {
      askedToken = lock.fencingToken();
      lock.asked(requester.request(id, wish, askedToken, false));
    }
  }

  private void ask(long token, LockWrite.Ask ask) {
    busy = true;
    mayStand = ask.asked().reserve();
    askedToken = token;
    requests.write(
        ask,
        RequestTimeouts.patient(spec.terms()),
        answer -> {
          boolean isFull =
              answer.item().state() instanceof ItemState.Lock of && !of.item().released();
          if (isFull && ask.asked().lock() != null) {
            var unused = requester.sessionIsFull();
          }
          settled(answer.applied(), answer.applied());
        },
        failure -> {
          // A request that was refused permanently is not sent to this holder again.
          boolean isRefused = failure.kind() == LockStoreException.Kind.INVALID_REQUEST;
          if (isRefused) {
            requester.notAsked(spec.key(), failure);
          }
          settled(isRefused, failure.mayHaveBeenApplied());
        });
  }

  private void settled(boolean isOver, boolean mayBeAsked) {
    busy = false;
    mayStand &= mayBeAsked;
    if (!isOver) {
      // The next look sends the request again.
      askedToken = NO_TOKEN;
    }
    if (givesUp) {
      withdraw();
    }
  }

  /**
   * The acquisition has ended.
   *
   * @param granted whether it got the lock, which ends the request, too
   */
  void end(boolean granted) {
    over = true;
    requester.expectNoReservation(id);
    givesUp = !granted && mayStand;
    if (givesUp) {
      work.begun(this);
      if (!busy) {
        withdraw();
      }
    }
  }

  private void withdraw() {
    if (!mayStand) {
      work.finished(this);
      return;
    }
    requests.write(
        new LockWrite.Withdraw(spec.key(), id),
        RequestTimeouts.patient(spec.terms()),
        this::withdrawn,
        // The lock may then be reserved for this client, for one lease at most.
        failure -> work.finished(this));
  }

  private void withdrawn(WriteAnswer answer) {
    if (!answer.applied() && answer.item().state() instanceof ItemState.Lock lock) {
      LockItem item = lock.item();
      if (!item.released() && requester.isReserved(item)) {
        requester.freeReserved(spec, item);
      }
    }
    work.finished(this);
  }
}
