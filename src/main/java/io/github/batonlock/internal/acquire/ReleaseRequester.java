package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The release requests that one acquisition sends to the holders it waits for. A request asks the
 * holder to release the lock, and to reserve it for this client (protocol section 3).
 *
 * <pre>
 *   first look at a hold --> ask it, once --> it releases: kept for this client, taken at once
 *                                         '-> no more waiters: withdraw, or free what is kept
 * </pre>
 *
 * <p>A petition only shortens the wait. If a request fails or comes too late, the acquisition waits
 * for the lock as without a petition.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class ReleaseRequester implements PendingWork.Unfinished {
  /** The content of the request. */
  record Wish(String reason, Duration deadline) {}

  private static final Logger log = LoggerFactory.getLogger(ReleaseRequester.class);
  private static final long NO_TOKEN = -1;

  private final AcquireContext core;
  private final AcquireSpec spec;
  private final Wish wish;
  private final String id;
  private long askedToken = NO_TOKEN;
  private boolean busy;
  private boolean mayStand;
  private boolean over;
  private boolean givesUp;

  private ReleaseRequester(AcquireContext core, AcquireSpec spec, Wish wish) {
    this.core = core;
    this.spec = spec;
    this.wish = wish;
    this.id = core.versions.next(core.loop.now());
  }

  /** The petition of an acquisition; null if the acquisition sends no requests. */
  static @Nullable ReleaseRequester of(AcquireContext core, AcquireSpec spec) {
    Wish wish = spec.wish();
    return wish == null ? null : new ReleaseRequester(core, spec, wish);
  }

  private LockKey key() {
    return spec.key();
  }

  private AskedRelease asked(long token, boolean reserve) {
    return new AskedRelease(
        id, core.config.ownerName(), wish.reason(), wish.deadline(), token, reserve, null);
  }

  /** A look has shown this holder, which is another client or this one. */
  void holderIs(LockItem item) {
    long token = item.fencingToken().orElse(NO_TOKEN);
    // An item without a token is that of another library's client.
    boolean canBeAsked = token != NO_TOKEN && !core.reservations.contains(item.version());
    if (over || busy || !canBeAsked || token == askedToken) {
      return;
    }
    LockKey session = item.session();
    AskedRelease asked = asked(token, session == null);
    if (session == null) {
      core.reservations.add(id);
      ask(token, new LockWrite.Ask(key(), item.ownerName(), asked));
    } else {
      int most = core.config.bounds().of(Bound.SESSION_RELEASE_REQUESTS);
      ask(token, new LockWrite.Ask(session, item.ownerName(), asked.inSession(key()), most));
    }
  }

  /**
   * This client holds the lock itself: no request is sent, and the next waiter in the queue gets
   * it.
   */
  void heldHere(DefaultHeldLock lock) {
    if (!over && lock.fencingToken() != askedToken) {
      askedToken = lock.fencingToken();
      lock.asked(asked(askedToken, false));
    }
  }

  private void ask(long token, LockWrite.Ask ask) {
    busy = true;
    mayStand = ask.asked().reserve();
    askedToken = token;
    core.requests.write(
        ask,
        RequestTimeouts.patient(spec.terms()),
        answer -> {
          boolean isFull =
              answer.item().state() instanceof ItemState.Lock of && !of.item().released();
          if (isFull && ask.asked().lock() != null) {
            core.config.bounds().reached(Bound.SESSION_RELEASE_REQUESTS);
          }
          settled(answer.applied(), answer.applied());
        },
        failure -> {
          // A request that was refused permanently is not sent to this holder again.
          boolean isRefused = failure.kind() == LockStoreException.Kind.INVALID_REQUEST;
          if (isRefused) {
            log.warn("The holder of lock '{}' could not be asked to release it", key(), failure);
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
    core.reservations.over(id);
    givesUp = !granted && mayStand;
    if (givesUp) {
      core.work.begun(this);
      if (!busy) {
        withdraw();
      }
    }
  }

  private void withdraw() {
    if (!mayStand) {
      core.work.finished(this);
      return;
    }
    core.requests.write(
        new LockWrite.Withdraw(key(), id),
        RequestTimeouts.patient(spec.terms()),
        this::withdrawn,
        // The lock may then be reserved for this client, for one lease at most.
        failure -> core.work.finished(this));
  }

  private void withdrawn(WriteAnswer answer) {
    if (!answer.applied() && answer.item().state() instanceof ItemState.Lock lock) {
      freeIfKept(lock.item());
    }
    core.work.finished(this);
  }

  private void freeIfKept(LockItem item) {
    if (!item.released() && core.reservations.contains(item.version())) {
      ClockReading now = core.loop.now();
      List<String> kept = List.of(item.version());
      core.retired.add(kept);
      core.releases.cleanUp(new Releases.Job(key(), spec.terms(), kept, false, now, null));
    }
  }
}
