package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener.RenewalEnded;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.callback.ListenerEvents;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.observe.OwnVersions;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one client to the items of its holds. Renewals have their turns by deadline, and
 * releases as changes. Each write names the client, the versions that one condition takes, and a
 * fresh version. On the loop.
 */
public final class HoldRequests {
  private final ClientConfig config;
  private final RequestDispatcher requests;
  private final OwnVersions versions;
  private final ListenerEvents events;

  public HoldRequests(
      ClientConfig config,
      RequestDispatcher requests,
      OwnVersions versions,
      ListenerEvents events) {
    this.config = config;
    this.requests = requests;
    this.versions = versions;
    this.events = events;
  }

  // What writes contain

  String ownerName() {
    return config.ownerName();
  }

  String newVersion(ClockReading sentAt) {
    return versions.next(sentAt);
  }

  /** What the item says of the time when a version was sent. */
  SentBefore stamp(String version, ClockReading sentAt) {
    return versions.stamp(version, sentAt);
  }

  /** The versions that one write names: the one that an answer has shown, and the newest. */
  List<String> named(List<String> known) {
    return HoldVersions.firstAndNewest(known, config.bounds().limit(Bound.CONDITION_VERSIONS));
  }

  /** How many versions without an answer are kept. */
  Limit unconfirmed() {
    return config.bounds().limit(Bound.UNCONFIRMED_VERSIONS);
  }

  /** How many release requests one heartbeat can acknowledge. */
  int mostAcknowledged() {
    return config.bounds().of(Bound.SESSION_RELEASE_REQUESTS);
  }

  /** When the released item of a lock or session expires; null if it does not. */
  @Nullable Instant expiry(LockKey key, ClockReading now) {
    return SessionKey.isSession(key)
        ? config.sessionExpiry(now.epochMillis())
        : config.expiry(now.epochMillis());
  }

  /** The versions of a hold that was just granted. */
  HoldVersions versions(Grant grant, long fencingToken) {
    return new HoldVersions(
        config.ownerName(),
        grant.version(),
        grant.sentAt(),
        fencingToken,
        config.bounds().limit(Bound.CONDITION_VERSIONS),
        unconfirmed());
  }

  // Renewal

  Backoff backoff(LeaseTerms terms) {
    return requests.backoff(terms);
  }

  /** Asks for a turn to renew a lease, as {@link RequestDispatcher#renewal}. */
  void renewal(LeaseTerms terms, ClockReading confirmedAt, boolean throttled, Consumer<Turn> send) {
    requests.renewal(terms, confirmedAt, throttled, send);
  }

  void heartbeat(
      Turn turn,
      LockWrite.Heartbeat write,
      Timeouts timeouts,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    requests.write(turn, write, timeouts, answered, failed);
  }

  /** Whether the client's listener is told of renewals. */
  boolean tellsRenewals() {
    return events.wantsRenewals();
  }

  void renewalEnded(RenewalEnded ended) {
    events.add(listener -> listener.renewalEnded(ended));
  }

  /** Reads the item of a hold, strongly consistent. */
  void look(
      Turn turn,
      LockKey key,
      Timeouts timeouts,
      Consumer<ReadAnswer> answered,
      Consumer<LockStoreException> failed) {
    requests.read(turn, key, true, timeouts, answered, failed);
  }

  // Release

  /**
   * Sends a write that ends a hold.
   *
   * @param write makes the write when its turn has come
   */
  void change(
      LockKey key,
      Timeouts timeouts,
      Supplier<LockWrite> write,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    requests.change(
        key,
        timeouts.total(),
        turn -> requests.write(turn, write.get(), timeouts, answered, failed),
        failed);
  }
}
