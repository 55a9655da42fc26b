package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.LockAttributes.CLOSED;
import static io.github.batonlock.internal.store.LockAttributes.DATA;
import static io.github.batonlock.internal.store.LockAttributes.IS_RELEASED;
import static io.github.batonlock.internal.store.LockAttributes.KEPT_CLOSED;
import static io.github.batonlock.internal.store.LockAttributes.LEASE_DURATION;
import static io.github.batonlock.internal.store.LockAttributes.OWNER_NAME;
import static io.github.batonlock.internal.store.LockAttributes.RELEASED;
import static io.github.batonlock.internal.store.LockAttributes.RELEASE_REQUEST;
import static io.github.batonlock.internal.store.LockAttributes.SENT_BEFORE;
import static io.github.batonlock.internal.store.LockAttributes.SESSION;
import static io.github.batonlock.internal.store.LockAttributes.TTL;
import static io.github.batonlock.internal.store.LockAttributes.VERSION;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * One conditional write of the protocol (section 3). Each write describes its condition and its
 * changes itself, and asks for the item that makes it fail.
 */
public sealed interface LockWrite {

  /**
   * The item to write.
   *
   * @return its key
   */
  LockKey key();

  /**
   * Names the condition of the write and the changes that it makes. A write without changes deletes
   * the item.
   *
   * @param to receives each clause once
   */
  void describe(WriteClauses to);

  /** The part of the new item that the answer to an applied write contains. */
  enum Returned {
    /** Nothing. */
    NOTHING,
    /** The attributes that the write sets. Data may be large: a heartbeat asks for no more. */
    CHANGES,
    /** The whole item, which costs no capacity. */
    ITEM
  }

  /**
   * What the write asks to have returned.
   *
   * @return the item for a grant, since the table decides the token, and data and the user's
   *     attributes may be another holder's
   */
  default Returned returned() {
    return isGrant() ? Returned.ITEM : Returned.NOTHING;
  }

  /**
   * Whether the write gives the lock to a client: its sender, or the client that the lock is
   * reserved for.
   *
   * @return true for an acquisition, a takeover and a handoff
   */
  default boolean isGrant() {
    return grant() != null;
  }

  /**
   * The attributes that the write puts into the item if it gives the lock to a client.
   *
   * @return null for other writes
   */
  default @Nullable Grant grant() {
    return null;
  }

  /** Sets a version, and the session with it. A write without new data leaves the old. */
  private static void setVersion(
      WriteClauses to, String version, @Nullable SdkBytes data, @Nullable LockKey session) {
    to.set(VERSION, version);
    if (data != null) {
      to.set(DATA, data);
    }
    if (session != null) {
      to.set(SESSION, SessionKey.text(session, version));
    }
  }

  /** The condition of a holder's writes. */
  private static void isHeldBy(WriteClauses to, String ownerName, List<String> candidates) {
    to.versionIsOneOf(candidates);
    to.isHeldBy(ownerName);
  }

  /**
   * The attributes that a granting write puts into the item. The write also lets the token grow,
   * and removes what the item says of the hold or the release before.
   *
   * @param ownerName the new holder
   * @param leaseDuration its lease
   * @param version the version of this send
   * @param tokenSeed the start value of the token when the item has none
   * @param data replaces the item's data; null leaves it
   * @param attributes set on the item; all other attributes of the user stay
   * @param session the session that the item names; null for a lock with its own lease
   * @param sentBefore what the item says of the time of this send; not written where a session
   *     keeps the lock, since the session's item says it
   */
  record Grant(
      String ownerName,
      Duration leaseDuration,
      String version,
      long tokenSeed,
      @Nullable SdkBytes data,
      UserAttributes attributes,
      @Nullable LockKey session,
      SentBefore sentBefore) {

    /**
     * A grant of a lock with its own lease, by a client that does not know the table's clock.
     *
     * @param ownerName the new holder
     * @param leaseDuration its lease
     * @param version the version of this send
     * @param tokenSeed the start value of the token when the item has none
     * @param data replaces the item's data; null leaves it
     * @param attributes set on the item
     */
    public Grant(
        String ownerName,
        Duration leaseDuration,
        String version,
        long tokenSeed,
        @Nullable SdkBytes data,
        UserAttributes attributes) {
      this(ownerName, leaseDuration, version, tokenSeed, data, attributes, null);
    }

    /**
     * A grant by a client that does not know the table's clock.
     *
     * @param ownerName the new holder
     * @param leaseDuration its lease
     * @param version the version of this send
     * @param tokenSeed the start value of the token when the item has none
     * @param data replaces the item's data; null leaves it
     * @param attributes set on the item
     * @param session the session that the item names; null for a lock with its own lease
     */
    public Grant(
        String ownerName,
        Duration leaseDuration,
        String version,
        long tokenSeed,
        @Nullable SdkBytes data,
        UserAttributes attributes,
        @Nullable LockKey session) {
      this(
          ownerName,
          leaseDuration,
          version,
          tokenSeed,
          data,
          attributes,
          session,
          SentBefore.stamp(version, OptionalLong.empty()));
    }

    private void describe(LockKey key, WriteClauses to) {
      setVersion(to, version, data, session);
      to.set(OWNER_NAME, ownerName);
      to.set(LEASE_DURATION, leaseDuration);
      to.growToken(tokenSeed);
      to.setAll(attributes);
      to.remove(IS_RELEASED);
      to.remove(TTL);
      to.remove(KEPT_CLOSED);
      if (session != null) {
        to.remove(RELEASE_REQUEST);
        to.remove(SENT_BEFORE);
        return;
      }
      to.set(SENT_BEFORE, sentBefore.text());
      if (SessionKey.isSession(key)) {
        to.setNoRequests();
      } else {
        to.setNoRequest();
      }
      to.remove(SESSION);
    }
  }

  /**
   * A write that takes a lock which is absent or released. Condition: no item with this key, or one
   * that is a released lock.
   *
   * @param key the lock
   * @param grant what to write
   * @param onlyIfExists whether an absent item fails the condition, too
   */
  record Acquire(LockKey key, Grant grant, boolean onlyIfExists) implements LockWrite {
    @Override
    public void describe(WriteClauses to) {
      to.isReleased();
      to.canBeGranted();
      if (!onlyIfExists) {
        to.orAbsent();
      }
      grant.describe(key, to);
    }
  }

  /**
   * A write that takes a lock from a silent holder. Condition: the item still has exactly the
   * observed version, and is a lock.
   *
   * @param key the lock
   * @param grant what to write
   * @param observedVersion the version that was seen unchanged for long enough
   */
  record Takeover(LockKey key, Grant grant, String observedVersion) implements LockWrite {
    @Override
    public void describe(WriteClauses to) {
      to.versionIs(observedVersion);
      to.isReleasedOrHeld();
      to.canBeGranted();
      grant.describe(key, to);
    }
  }

  /**
   * A write that hands a lock over to a waiter. Condition as for {@link Heartbeat}; if the lock is
   * reserved for another client, also that this client's release request is still in the item.
   *
   * @param key the lock
   * @param ownerName the client that ends its hold
   * @param candidates the versions the item may have by the hold that ends, 1 to 100
   * @param grant what to write; the owner in it is the same client, or the one that requested the
   *     release
   * @param askedBy the id of the request of the client that the lock is reserved for; null for a
   *     waiter of the same client
   */
  record Handoff(
      LockKey key, String ownerName, List<String> candidates, Grant grant, @Nullable String askedBy)
      implements LockWrite {

    /**
     * A hand-over within one client.
     *
     * @param key the lock
     * @param ownerName the client, before and after
     * @param candidates the versions the item may have by the hold that ends, 1 to 100
     * @param grant what to write
     */
    public Handoff(LockKey key, String ownerName, List<String> candidates, Grant grant) {
      this(key, ownerName, candidates, grant, null);
    }

    @Override
    public void describe(WriteClauses to) {
      isHeldBy(to, ownerName, candidates);
      to.canBeGranted();
      if (askedBy != null) {
        to.requestIs(askedBy);
      }
      grant.describe(key, to);
    }
  }

  /**
   * A write that opens a session. Condition: no item with this key, since no session is ever opened
   * twice.
   *
   * @param key the session
   * @param grant what to write
   */
  record Open(LockKey key, Grant grant) implements LockWrite {
    @Override
    public void describe(WriteClauses to) {
      to.isAbsent();
      grant.describe(key, to);
    }
  }

  /**
   * A write that ends another client's session permanently. Condition: the item still has exactly
   * the observed version and is not released; or there is no item.
   *
   * @param key the session
   * @param observedVersion the version that was seen unchanged for long enough; null if the item
   *     has been missing for as long
   * @param ownerName the client that ends it, written if the item was missing
   * @param leaseDuration written if the item was missing
   * @param version the version of this send
   * @param expiry the time after which DynamoDB's TTL may delete the item
   */
  record End(
      LockKey key,
      @Nullable String observedVersion,
      String ownerName,
      Duration leaseDuration,
      String version,
      Instant expiry)
      implements LockWrite {

    @Override
    public void describe(WriteClauses to) {
      if (observedVersion != null) {
        to.versionIs(observedVersion);
        to.isHeld();
      } else {
        to.isAbsent();
      }
      setVersion(to, version, null, null);
      to.set(IS_RELEASED, RELEASED);
      to.remove(SENT_BEFORE);
      to.set(TTL, expiry.getEpochSecond());
      if (observedVersion == null) {
        to.set(OWNER_NAME, ownerName);
        to.set(LEASE_DURATION, leaseDuration);
      }
    }
  }

  /**
   * A write that extends a lease. Condition: the version is one of the candidates, the owner this
   * one, and the lock not released; with an update of the data, also that the token is the hold's.
   * For a lock with its own lease, and for a session, the answer carries the release requests to
   * the holder.
   *
   * @param key the lock
   * @param ownerName the holder
   * @param candidates the versions the item may have, 1 to 100
   * @param version the version of this send
   * @param update of the data; null leaves it
   * @param session the session that the item names with its new version, too; null for a lock with
   *     its own lease
   * @param heard how many requests at the head of a session item's list were delivered to the
   *     holder, and are removed; zero for a lock
   * @param sentBefore what the item says of the time of this send; not written where a session
   *     keeps the lock
   */
  record Heartbeat(
      LockKey key,
      String ownerName,
      List<String> candidates,
      String version,
      @Nullable Update update,
      @Nullable LockKey session,
      int heard,
      SentBefore sentBefore)
      implements LockWrite {

    /**
     * A heartbeat of a lock, by a client that does not know the table's clock.
     *
     * @param key the lock
     * @param ownerName the holder
     * @param candidates the versions the item may have
     * @param version the version of this send
     * @param update of the data; null leaves it
     * @param session the session that the item names; null for a lock with its own lease
     */
    public Heartbeat(
        LockKey key,
        String ownerName,
        List<String> candidates,
        String version,
        @Nullable Update update,
        @Nullable LockKey session) {
      this(
          key,
          ownerName,
          candidates,
          version,
          update,
          session,
          0,
          SentBefore.stamp(version, OptionalLong.empty()));
    }

    /**
     * A heartbeat of a lock with its own lease, by a client that does not know the table's clock.
     *
     * @param key the lock
     * @param ownerName the holder
     * @param candidates the versions the item may have
     * @param version the version of this send
     * @param update of the data; null leaves it
     */
    public Heartbeat(
        LockKey key,
        String ownerName,
        List<String> candidates,
        String version,
        @Nullable Update update) {
      this(key, ownerName, candidates, version, update, null);
    }

    /**
     * The new data.
     *
     * @return null if the data stays unchanged
     */
    public @Nullable SdkBytes data() {
      return update == null ? null : update.data();
    }

    @Override
    public void describe(WriteClauses to) {
      isHeldBy(to, ownerName, candidates);
      if (update != null) {
        to.tokenIs(update.fencingToken());
      }
      setVersion(to, version, data(), session);
      if (session == null) {
        to.set(SENT_BEFORE, sentBefore.text());
      }
      to.removeRequests(heard);
      if (returned() == Returned.CHANGES) {
        to.keepRequest();
      }
    }

    /** Release requests stand in the item of a lock with its own lease, and in a session item. */
    @Override
    public Returned returned() {
      if (SessionKey.isSession(key)) {
        return Returned.ITEM;
      }
      return session == null ? Returned.CHANGES : Returned.NOTHING;
    }
  }

  /**
   * New data of a lock, for one hold only. Late duplicates of an acquisition and of an update can
   * arrive one after the other. The second then finds the version that the first has brought back,
   * but not its token, and so does not overwrite newer data.
   *
   * @param data replaces the item's data
   * @param fencingToken the token of the hold that updates it
   */
  record Update(SdkBytes data, long fencingToken) {}

  /**
   * A request to a holder to release its lock. It changes nothing else, the version included.
   * Condition: owner and token are those of the hold that is meant, and the lock is not released;
   * in a session item, that the owner is the holder, that the session has not ended, and that the
   * list of waiting requests is not full.
   *
   * @param key the lock, or the session that keeps it
   * @param ownerName the holder
   * @param asked the request, and the hold that it is for
   * @param most how many requests may wait in a session item, this one included
   */
  record Ask(LockKey key, String ownerName, AskedRelease asked, int most) implements LockWrite {

    /**
     * A request to the holder of a lock with its own lease.
     *
     * @param key the lock
     * @param ownerName the holder
     * @param asked the request, and the hold that it is for
     */
    public Ask(LockKey key, String ownerName, AskedRelease asked) {
      this(key, ownerName, asked, 1);
    }

    @Override
    public void describe(WriteClauses to) {
      if (SessionKey.isSession(key)) {
        to.isHeldBy(ownerName);
        to.requestsAreFewerThan(most);
        to.addRequest(asked);
      } else {
        to.tokenIs(asked.token());
        to.isHeldBy(ownerName);
        to.setRequest(asked);
      }
    }
  }

  /**
   * A write that withdraws a release request. It changes nothing else. Condition: the request is
   * still in the item.
   *
   * @param key the lock
   * @param id the request's
   */
  record Withdraw(LockKey key, String id) implements LockWrite {
    @Override
    public void describe(WriteClauses to) {
      to.requestIs(id);
      to.setNoRequest();
    }
  }

  /**
   * A mark: the item says from now on that its version was sent before a given time (protocol
   * section 9). It changes nothing else, the version included. Condition: the item still has
   * exactly that version, is not released, and says what it said when it was read.
   *
   * @param key the lock, or the session that keeps it
   * @param sentBefore the version, and the time
   * @param known what the item said of its version; null if nothing
   */
  record Mark(LockKey key, SentBefore sentBefore, @Nullable SentBefore known) implements LockWrite {
    @Override
    public void describe(WriteClauses to) {
      to.versionIs(sentBefore.version());
      to.isHeld();
      to.sentBeforeIs(known);
      to.set(SENT_BEFORE, sentBefore.text());
    }
  }

  /**
   * A write that frees a lock and keeps its item. Condition as for {@link Heartbeat}.
   *
   * @param key the lock
   * @param ownerName the holder
   * @param candidates the versions the item may have, 1 to 100
   * @param version the version of this send; a release changes it, too
   * @param expiry the time after which DynamoDB's TTL may delete the item; null for never
   */
  record Release(
      LockKey key,
      String ownerName,
      List<String> candidates,
      String version,
      @Nullable Instant expiry)
      implements LockWrite {

    @Override
    public void describe(WriteClauses to) {
      isHeldBy(to, ownerName, candidates);
      setVersion(to, version, null, null);
      to.set(IS_RELEASED, RELEASED);
      to.remove(SENT_BEFORE);
      to.remove(RELEASE_REQUEST);
      to.remove(SESSION);
      if (expiry != null) {
        to.set(TTL, expiry.getEpochSecond());
      } else {
        to.remove(TTL);
      }
    }
  }

  /**
   * A write that ends a hold and keeps the lock closed: it leaves a hold that no client renews.
   * Condition as for {@link Heartbeat}.
   *
   * @param key the lock
   * @param ownerName the holder, which stays in the item
   * @param candidates the versions the item may have, 1 to 100
   * @param version the version of this send
   * @param rest how long the lock stays closed, in whole milliseconds; the lease of what is left
   * @param isMarked whether the item says that its holder has released it; for display only, and
   *     false where the item has no room for that
   * @param sentBefore what the item says of the time of this send, if there is room
   */
  record KeepClosed(
      LockKey key,
      String ownerName,
      List<String> candidates,
      String version,
      Duration rest,
      boolean isMarked,
      SentBefore sentBefore)
      implements LockWrite {

    @Override
    public void describe(WriteClauses to) {
      isHeldBy(to, ownerName, candidates);
      setVersion(to, version, null, null);
      to.set(LEASE_DURATION, rest);
      if (isMarked) {
        to.set(KEPT_CLOSED, CLOSED);
        to.set(SENT_BEFORE, sentBefore.text());
      } else {
        to.remove(SENT_BEFORE);
      }
      to.remove(RELEASE_REQUEST);
      to.remove(SESSION);
    }
  }

  /**
   * A write that frees a lock and deletes its item. Condition as for {@link Heartbeat}.
   *
   * @param key the lock
   * @param ownerName the holder
   * @param candidates the versions the item may have, 1 to 100
   */
  record Delete(LockKey key, String ownerName, List<String> candidates) implements LockWrite {
    @Override
    public void describe(WriteClauses to) {
      isHeldBy(to, ownerName, candidates);
    }
  }
}
