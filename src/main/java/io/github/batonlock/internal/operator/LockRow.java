package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.ItemState.NotALock;
import io.github.batonlock.internal.protocol.LockItem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One row of the lock table, as an operator sees it.
 *
 * @param key its key
 * @param state what one look can tell of the lock
 * @param lock the lock item; null where there is none
 * @param bad what is wrong with a row that is no lock; null for others
 * @param age how long ago the item's version was sent: by the table's clock if the item says so,
 *     otherwise by the wall clocks of holder and operator; empty if neither is known
 * @param life the item with versions that show the holder's life: the lock's own, or that of the
 *     session that keeps the lock; null where there is no lock item
 * @param asked the clients that ask the present holder to finish, in no order
 */
public record LockRow(
    LockKey key,
    State state,
    @Nullable LockItem lock,
    @Nullable NotALock bad,
    Optional<Duration> age,
    @Nullable LockItem life,
    List<Asker> asked) {

  /**
   * A client that asks the holder to finish.
   *
   * @param name its owner name
   * @param reason for people
   * @param age how long ago it asked, by the wall clocks of that client and of the operator; empty
   *     if it is not known
   * @param waits whether it waits for the lock
   */
  public record Asker(String name, String reason, Optional<Duration> age, boolean waits) {}

  /** A row without a lock item. */
  static LockRow without(LockKey key, State state, @Nullable NotALock bad) {
    return new LockRow(key, state, null, bad, Optional.empty(), null, List.of());
  }

  /** What one look can tell of a lock. */
  public enum State {
    /** There is no item. */
    ABSENT,
    /** The lock is free: it was released, or the time for which it was closed is over. */
    FREE,
    /** A client holds the lock. One look cannot tell that this client is alive. */
    HELD,
    /** The lease of the last holder is over: the next client that wants the lock takes it. */
    DEAD,
    /** Its holder has released the lock and left it closed for a while. */
    CLOSED,
    /** An operator has closed the lock. */
    FROZEN,
    /** The item of a session whose client renews it. */
    SESSION,
    /** The item of a session that has ended. */
    SESSION_OVER,
    /** The row is no lock: another program or an edit has made it. */
    NOT_A_LOCK;

    /** The name as people read it. */
    public String inWords() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** The lock item of a row that has one. */
  LockItem item() {
    LockItem present = lock;
    if (present == null) {
      throw new IllegalStateException("no lock under key '" + key + "'");
    }
    return present;
  }

  /** Whether the row is that of a lock, not of a session, another program, or missing. */
  public boolean isLock() {
    return switch (state) {
      case FREE, HELD, DEAD, CLOSED, FROZEN -> true;
      case ABSENT, SESSION, SESSION_OVER, NOT_A_LOCK -> false;
    };
  }

  /** The holder, or the last holder of a free lock; empty where there is no lock item. */
  public String owner() {
    return lock == null ? "" : lock.ownerName();
  }

  /** The fencing token of the last grant; empty for a lock that only foreign clients wrote. */
  public OptionalLong token() {
    return lock == null ? OptionalLong.empty() : lock.fencingToken();
  }

  /** The lease that the item says; empty where there is no lock item. */
  public Optional<Duration> lease() {
    return Optional.ofNullable(lock).map(LockItem::leaseDuration);
  }

  /** The version of the last write; empty where there is no lock item. */
  public String version() {
    return lock == null ? "" : lock.version();
  }

  /** The version that shows the holder's life; empty where there is no lock item. */
  public String lifeVersion() {
    return life == null ? "" : life.version();
  }

  /** The lease that a new {@link #lifeVersion} begins; zero where there is no lock item. */
  public Duration lifeLease() {
    return life == null ? Duration.ZERO : life.leaseDuration();
  }

  /** The session that keeps a held lock; empty for a lock with its own lease. */
  public Optional<LockKey> session() {
    return lock == null || lock.released() ? Optional.empty() : Optional.ofNullable(lock.session());
  }

  /** What is wrong with a row that is no lock, as a sentence; empty for others. */
  public Optional<String> problem() {
    return Optional.ofNullable(bad).map(found -> found.attribute() + " " + found.problem());
  }

  /** The note of a frozen lock, also when its time is over. */
  public Optional<FreezeNote> note() {
    return lock == null ? Optional.empty() : FreezeNote.of(lock);
  }

  /**
   * How long a closed or frozen lock stays so.
   *
   * @return empty for other locks, and if it is not known since when the lock is closed
   */
  public Optional<Duration> rest() {
    boolean isClosed = state == State.CLOSED || state == State.FROZEN;
    return isClosed ? age.map(passed -> item().leaseDuration().minus(passed)) : Optional.empty();
  }
}
