package io.github.batonlock.internal.store;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/** One conditional write of the protocol (section 3); every one asks for the item it fails on. */
public sealed interface LockWrite {

  /**
   * The item to write.
   *
   * @return its key
   */
  LockKey key();

  /**
   * Whether the write makes somebody the holder: its sender, or whom the lock is kept for.
   *
   * @return true for an acquisition, a takeover and a handoff
   */
  default boolean isGrant() {
    return grant() != null;
  }

  /**
   * What the write puts into the item if it makes somebody the holder.
   *
   * @return null for other writes
   */
  default @Nullable Grant grant() {
    return null;
  }

  /**
   * What a granting write puts into the item. It also removes {@code isReleased} and {@code ttl},
   * {@code session} where it does not name one, and what was asked of the last holder, and sets
   * {@code fencingToken = if_not_exists(fencingToken, :seed) + 1}.
   *
   * @param ownerName the new holder
   * @param leaseDuration its lease
   * @param version the version of this send
   * @param tokenSeed what the token starts from when the item has none
   * @param data replaces the item's data; null leaves it
   * @param attributes set on the item; all others of the user stay
   * @param session the session that the item names; null for a lock with its own lease
   */
  record Grant(
      String ownerName,
      Duration leaseDuration,
      String version,
      long tokenSeed,
      @Nullable SdkBytes data,
      UserAttributes attributes,
      @Nullable LockKey session) {

    /**
     * A grant of a lock with its own lease.
     *
     * @param ownerName the new holder
     * @param leaseDuration its lease
     * @param version the version of this send
     * @param tokenSeed what the token starts from when the item has none
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
  }

  /**
   * Takes a lock that is absent or released. Condition: no item with this key, or one that is a
   * released lock.
   *
   * @param key the lock
   * @param grant what to write
   * @param onlyIfExists whether an absent item fails the condition, too
   */
  record Acquire(LockKey key, Grant grant, boolean onlyIfExists) implements LockWrite {}

  /**
   * Takes a lock from a silent holder. Condition: the item still has exactly the observed version.
   *
   * @param key the lock
   * @param grant what to write
   * @param observedVersion the version that was seen unchanged for long enough
   */
  record Takeover(LockKey key, Grant grant, String observedVersion) implements LockWrite {}

  /**
   * Passes a lock on to a waiter. Condition as for {@link Heartbeat}; where it is kept for another
   * client, also that this one still asks for it.
   *
   * @param key the lock
   * @param ownerName the client whose hold ends
   * @param candidates the versions the item may have by the hold that ends, 1 to 100
   * @param grant what to write; the owner in it is the same client, or the one that asks
   * @param askedBy the id of the request of the client that the lock is kept for; null for a waiter
   *     of the same client
   */
  record Handoff(
      LockKey key, String ownerName, List<String> candidates, Grant grant, @Nullable String askedBy)
      implements LockWrite {

    /**
     * Passes a lock on within one client.
     *
     * @param key the lock
     * @param ownerName the client, before and after
     * @param candidates the versions the item may have by the hold that ends, 1 to 100
     * @param grant what to write
     */
    public Handoff(LockKey key, String ownerName, List<String> candidates, Grant grant) {
      this(key, ownerName, candidates, grant, null);
    }
  }

  /**
   * Opens a session. Condition: no item with this key, since no session is ever opened twice.
   *
   * @param key the session
   * @param grant what to write
   */
  record Open(LockKey key, Grant grant) implements LockWrite {}

  /**
   * Ends somebody else's session for ever. Condition: the item still has exactly the observed
   * version and is not released; or there is no item.
   *
   * @param key the session
   * @param observedVersion the version that was seen unchanged for long enough; null if the item
   *     has been missing for as long
   * @param ownerName who ends it, written where the item was missing
   * @param leaseDuration written where the item was missing
   * @param version the version of this send
   * @param expiry after when DynamoDB's TTL may delete the item
   */
  record End(
      LockKey key,
      @Nullable String observedVersion,
      String ownerName,
      Duration leaseDuration,
      String version,
      Instant expiry)
      implements LockWrite {}

  /**
   * Extends a lease. Condition: the version is one of the candidates, the owner this one, and the
   * lock not released; with an update of the data, also that the token is the hold's. Where the
   * lock has its own lease, and where it is that of a session, the answer carries what is asked of
   * the holder.
   *
   * @param key the lock
   * @param ownerName the holder
   * @param candidates the versions the item may have, 1 to 100
   * @param version the version of this send
   * @param update of the data; null leaves it
   * @param session the session that the item names with its new version, too; null for a lock with
   *     its own lease
   * @param heard how many requests at the head of a session item's list have been told, and are
   *     removed; zero for a lock
   */
  record Heartbeat(
      LockKey key,
      String ownerName,
      List<String> candidates,
      String version,
      @Nullable Update update,
      @Nullable LockKey session,
      int heard)
      implements LockWrite {

    /**
     * A heartbeat of a lock.
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
      this(key, ownerName, candidates, version, update, session, 0);
    }

    /**
     * A heartbeat of a lock with its own lease.
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
     * @return null if it stays
     */
    public @Nullable SdkBytes data() {
      return update == null ? null : update.data();
    }

    /** Whether the answer says what is asked of the holder: that of a lock with its own lease. */
    public boolean asks() {
      return session == null && !SessionKey.isSession(key);
    }
  }

  /**
   * New data of a lock, for one hold only. Late duplicates of an acquisition and of an update can
   * arrive one after the other: the second finds the version that the first has brought back, but
   * not its token, and leaves data alone that is newer.
   *
   * @param data replaces the item's data
   * @param fencingToken the token of the hold that updates it
   */
  record Update(SdkBytes data, long fencingToken) {}

  /**
   * Asks a holder to release his lock. Changes nothing else, the version included. Condition: owner
   * and token are those of the hold that is meant, and the lock is not released; in a session item,
   * that the owner is the holder, it has not ended, and not too many wait to be told.
   *
   * @param key the lock, or the session that keeps it
   * @param ownerName the holder
   * @param asked what is asked, and of which hold
   * @param most how many may wait in a session item, this one included
   */
  record Ask(LockKey key, String ownerName, AskedRelease asked, int most) implements LockWrite {

    /**
     * Asks the holder of a lock with its own lease.
     *
     * @param key the lock
     * @param ownerName the holder
     * @param asked what is asked, and of which hold
     */
    public Ask(LockKey key, String ownerName, AskedRelease asked) {
      this(key, ownerName, asked, 1);
    }
  }

  /**
   * Takes a request to release back. Changes nothing else. Condition: it still stands in the item.
   *
   * @param key the lock
   * @param id the request's
   */
  record Withdraw(LockKey key, String id) implements LockWrite {}

  /**
   * Frees a lock and keeps its item. Condition as for {@link Heartbeat}.
   *
   * @param key the lock
   * @param ownerName the holder
   * @param candidates the versions the item may have, 1 to 100
   * @param version the version of this send; a release changes it, too
   * @param expiry after when DynamoDB's TTL may delete the item; null for never
   */
  record Release(
      LockKey key,
      String ownerName,
      List<String> candidates,
      String version,
      @Nullable Instant expiry)
      implements LockWrite {}

  /**
   * Frees a lock and deletes its item. Condition as for {@link Heartbeat}.
   *
   * @param key the lock
   * @param ownerName the holder
   * @param candidates the versions the item may have, 1 to 100
   */
  record Delete(LockKey key, String ownerName, List<String> candidates) implements LockWrite {}
}
