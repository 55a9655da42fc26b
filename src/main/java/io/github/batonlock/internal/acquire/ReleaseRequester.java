package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The maker of requests to release a lock. A request goes to one hold, into the item that its
 * holder renews: that of the lock, or of the session that keeps the lock (protocol section 3).
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class ReleaseRequester {
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final PendingWork work;
  private final ClientConfig config;
  private final Reservations reservations;
  private final GrantVersions versions;

  public ReleaseRequester(
      EventLoop loop,
      RequestDispatcher requests,
      PendingWork work,
      ClientConfig config,
      Reservations reservations,
      GrantVersions versions) {
    this.loop = loop;
    this.requests = requests;
    this.work = work;
    this.config = config;
    this.reservations = reservations;
    this.versions = versions;
  }

  /** Checks a request of a user. */
  public static void check(LockKey key, String reason, Duration gracePeriod) {
    int most = Bound.RELEASE_REASON_CHARACTERS.defaultValue();
    if (reason.length() > most) {
      throw new IllegalArgumentException(
          "The reason to release lock '"
              + key
              + "' has "
              + reason.length()
              + " characters; at most "
              + most
              + " are written into the lock item");
    }
    if (gracePeriod.isNegative() || gracePeriod.compareTo(Duration.ofDays(36_500)) > 0) {
      throw new IllegalArgumentException(
          "The gracePeriod of a request to release lock '"
              + key
              + "' is "
              + gracePeriod
              + "; it must be between zero and 36500 days");
    }
  }

  /** The request of a waiter; null if it sends none. Any thread. */
  @Nullable StandingReleaseRequest standing(AcquireSpec spec) {
    AcquireSpec.Wish wish = spec.wish();
    return wish == null ? null : new StandingReleaseRequest(spec, wish, this, requests, work);
  }

  void notAsked(LockKey key, LockStoreException failure) {
    versions.warnings().notAsked(key, failure);
  }

  String newId() {
    return versions.fresh(loop.now());
  }

  // The requests

  /** A request to the holder that has a fencing token. */
  AskedRelease request(String id, AcquireSpec.Wish wish, long token, boolean reserve) {
    return new AskedRelease(
        id, versions.owner(), wish.reason(), wish.gracePeriod(), token, reserve, null);
  }

  /** The write of a request, for the holder that an item names. */
  LockWrite.Ask write(LockKey key, LockItem held, AskedRelease request) {
    LockKey session = held.session();
    return session == null
        ? new LockWrite.Ask(key, held.ownerName(), request)
        : new LockWrite.Ask(session, held.ownerName(), request.inSession(key), roomOfSession());
  }

  /** A session has no room for one more request. Returns how many it has room for. */
  int sessionIsFull() {
    config.bounds().reached(Bound.SESSION_RELEASE_REQUESTS);
    return roomOfSession();
  }

  private int roomOfSession() {
    return config.bounds().of(Bound.SESSION_RELEASE_REQUESTS);
  }

  Timeouts timeouts() {
    return RequestTimeouts.patient(config.terms());
  }

  // Reserved locks

  /** Holders may reserve the lock for a request of this client from now on. */
  void expectReservation(String id) {
    reservations.add(id);
  }

  /** No waiter waits for what the request may bring. */
  void expectNoReservation(String id) {
    reservations.over(id);
  }

  /** Whether an item says that the lock is reserved for this client. */
  boolean isReserved(LockItem item) {
    return reservations.contains(item.version());
  }

  /** Frees a lock that is reserved for this client, and that no waiter wants. */
  void freeReserved(AcquireSpec spec, LockItem item) {
    List<String> version = List.of(item.version());
    versions.free(new Releases.Job(spec.key(), spec.terms(), version, false, loop.now(), null));
  }
}
