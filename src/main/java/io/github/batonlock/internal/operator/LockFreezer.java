package io.github.batonlock.internal.operator;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.operator.OperatorTable.Written;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Freezes locks, so that no client gets them, and thaws them (protocol section 10).
 *
 * <p>A frozen lock is one that the operator has acquired, like any client, and left closed by its
 * release, with the note of the freeze as its owner's name.
 */
public final class LockFreezer {
  /** The longest time for which a lock may be left closed. */
  public static final Duration LONGEST = LeaseTerms.MAX_LEASE;

  private final OperatorTable table;
  private final LockReader reader;
  private final Function<String, LockClient> clients;

  /**
   * Creates a freezer of locks.
   *
   * @param table the table
   * @param clients makes a client of the table, with this owner name
   */
  public LockFreezer(OperatorTable table, Function<String, LockClient> clients) {
    this.table = table;
    this.reader = new LockReader(table);
    this.clients = clients;
  }

  /** How a freeze or a thaw ended. */
  public enum End {
    /** The lock is frozen now. */
    FROZEN,
    /** An operator had frozen the lock before; nothing was changed. */
    WAS_FROZEN,
    /** A client holds the lock, or has left it closed; it is not frozen. */
    HELD,
    /** The lock is free for all clients now. */
    THAWED,
    /** The lock is not frozen; nothing was changed. */
    NOT_FROZEN,
    /** The row is no lock; nothing was changed. */
    NOT_A_LOCK
  }

  /**
   * The result of a freeze or a thaw.
   *
   * @param end how it ended
   * @param before the row as it was found
   * @param now the row as it is now
   */
  public record Result(End end, LockRow before, LockRow now) {}

  /**
   * Acquires a lock, and leaves it closed.
   *
   * @param key the lock; it need not have an item yet
   * @param note the operator and the reason
   * @param length how long the lock stays frozen at most
   * @param patience how long to wait for the lock; zero for one try
   * @param asks whether to ask the holder to finish
   */
  public Result freeze(
      LockKey key, FreezeNote note, Duration length, Duration patience, boolean asks)
      throws InterruptedException {
    if (length.isNegative() || length.isZero() || length.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "A lock can be frozen for more than no time and up to " + Ages.inWords(LONGEST));
    }
    LockRow before = reader.read(key);
    if (before.state() == State.FROZEN) {
      return new Result(End.WAS_FROZEN, before, before);
    } else if (!before.isLock() && before.state() != State.ABSENT) {
      return new Result(End.NOT_A_LOCK, before, before);
    }
    boolean isAcquired = acquireAndClose(key, note, length, patience, asks);
    LockRow now = reader.read(key);
    if (!isAcquired) {
      return new Result(now.state() == State.FROZEN ? End.WAS_FROZEN : End.HELD, before, now);
    }
    if (!now.note().equals(Optional.of(note)) || now.state() != State.FROZEN) {
      throw new LockStoreException(
          LockStoreException.Kind.UNAVAILABLE,
          true,
          "Lock '"
              + key
              + "' was acquired, but the write that freezes it is not confirmed. If its item is"
              + " full, it cannot be frozen. Look at it, then try again",
          null);
    }
    return new Result(End.FROZEN, before, now);
  }

  private boolean acquireAndClose(
      LockKey key, FreezeNote note, Duration length, Duration patience, boolean asks)
      throws InterruptedException {
    LockRequest.Builder request =
        LockRequest.builder().key(key).leases(Leases.own()).holdAtLeast(length);
    try (LockClient client = clients.apply(note.ownerName())) {
      Optional<HeldLock> lock;
      if (patience.isZero()) {
        lock = client.tryAcquire(request.build());
      } else {
        request.waitUpTo(patience);
        if (asks) {
          request.requestRelease(note.reason(), patience);
        }
        lock = Optional.of(client.acquire(request.build()));
      }
      lock.ifPresent(HeldLock::close);
      return lock.isPresent();
    } catch (LockNotAcquiredException e) {
      return false;
    }
  }

  /**
   * Frees a frozen lock, also one whose time is over.
   *
   * @param key the lock
   */
  public Result thaw(LockKey key) throws InterruptedException {
    LockRow before = reader.read(key);
    if (before.note().isEmpty()) {
      return new Result(
          before.state() == State.NOT_A_LOCK ? End.NOT_A_LOCK : End.NOT_FROZEN, before, before);
    }
    LockItem item = before.item();
    String version = table.newVersion();
    Written written =
        table.write(
            new LockWrite.Release(key, item.ownerName(), List.of(item.version()), version, null),
            version);
    return new Result(written.applied() ? End.THAWED : End.NOT_FROZEN, before, reader.read(key));
  }
}
