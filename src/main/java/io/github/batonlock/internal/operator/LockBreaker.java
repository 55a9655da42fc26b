package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.operator.OperatorTable.Written;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Breaks locks: frees a lock although its holder has not released it (protocol section 10).
 *
 * <pre>
 *   the item is the one that was shown --no--> nothing is changed
 *      |--at once -------------------------------------------------------> free
 *      '--ask the holder to finish
 *            |--it lets go ---------------------------------------------> done
 *            |--it is silent for a lease -------------------------------> free
 *            '--it goes on: leave the lock closed for a lease
 *                  (its renewals fail, it stops, no client gets the lock) -> free
 * </pre>
 */
public final class LockBreaker {
  /** How often a waiting break looks. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /**
   * The time after which the holder of a lock with a shared lease has noticed what happened to its
   * item, in leases: the client's audit reads each item once in ten, and then once more.
   */
  private static final int LEASES_TO_AUDIT = 11;

  /** How long a write that meets a renewal of the holder is tried again. */
  private static final Duration LONGEST_TRIES = Duration.ofSeconds(10);

  /** How long the item of a session that was ended stays. */
  private static final Duration SESSION_RETENTION = Duration.ofDays(7);

  private final OperatorTable table;
  private final LockReader reader;
  private final Consumer<String> progress;

  /**
   * Creates a breaker of locks.
   *
   * @param table the table
   * @param progress told what the break waits for
   */
  public LockBreaker(OperatorTable table, Consumer<String> progress) {
    this.table = table;
    this.reader = new LockReader(table);
    this.progress = progress;
  }

  /**
   * The lock to break, as it was shown to the operator.
   *
   * @param key the lock
   * @param token the fencing token that was shown; empty for a lock that has none
   * @param version the version that was shown: a holder that has shown life since keeps the lock;
   *     empty for any version
   * @param reason for people
   */
  public record Shown(LockKey key, OptionalLong token, Optional<String> version, String reason) {

    /** Checks that the hold is named. */
    public Shown {
      if (token.isEmpty() && version.isEmpty()) {
        throw new IllegalArgumentException("Name the hold to break, by its token or its version");
      }
      FreezeNote.checkReason(reason);
    }

    boolean fits(LockItem item) {
      boolean isToken = token.isEmpty() || token.equals(item.fencingToken());
      return isToken && (version.isEmpty() || version.get().equals(item.version()));
    }
  }

  /** How a break ended. */
  public enum End {
    /** The lock is free, and was taken from its holder. */
    BROKEN,
    /** The holder has released the lock, or handed it on, when it was asked. */
    LET_GO,
    /** No client holds the lock; nothing was changed. */
    WAS_FREE,
    /** Another hold, or another version, stands in the item; nothing was changed. */
    STALE,
    /** No client holds the lock, and it stays closed for a while; nothing was changed. */
    CLOSED,
    /** The lock is frozen; nothing was changed. */
    FROZEN,
    /** There is no lock under this key; nothing was changed. */
    NOT_A_LOCK
  }

  /**
   * The result of a break.
   *
   * @param end how it ended
   * @param before the row as it was found
   * @param now the row as it is now
   */
  public record Result(End end, LockRow before, LockRow now) {}

  /**
   * Frees a lock at once. The holder learns of it with its next renewal; until then it may believe
   * that it holds the lock, beside the next holder.
   */
  public Result breakNow(Shown shown) throws InterruptedException {
    LockRow row = reader.read(shown.key());
    Result refusal = refusal(shown, row);
    return refusal != null ? refusal : new Break(shown, row).free(row.item());
  }

  /**
   * Frees a lock so that the holder has stopped before another client can have it.
   *
   * @param patience how long the holder may take to finish
   */
  public Result breakGently(Shown shown, Duration patience) throws InterruptedException {
    LockRow row = reader.read(shown.key());
    Result refusal = refusal(shown, row);
    return refusal != null ? refusal : new Break(shown, row).gently(patience);
  }

  private @Nullable Result refusal(Shown shown, LockRow row) {
    End end =
        switch (row.state()) {
          case ABSENT, NOT_A_LOCK, SESSION, SESSION_OVER -> End.NOT_A_LOCK;
          case FREE -> End.WAS_FREE;
          case FROZEN -> End.FROZEN;
          case HELD, DEAD, CLOSED -> shown.fits(row.item()) ? null : End.STALE;
        };
    return end == null ? null : new Result(end, row, row);
  }

  /** One break under way. */
  private final class Break {
    private final Shown shown;
    private final LockKey key;
    private final LockRow before;
    private final LockItem hold;
    private final Silence silence = new Silence(table);

    Break(Shown shown, LockRow before) {
      this.shown = shown;
      this.key = shown.key();
      this.before = before;
      this.hold = before.item();
    }

    private Result ended(End end) throws InterruptedException {
      return new Result(end, before, reader.read(key));
    }

    /** The item if it is still that of the hold; null if the holder has let go. */
    private @Nullable LockItem stillHeld(StoredItem stored) {
      boolean isHeld =
          stored.state() instanceof ItemState.Lock lock
              && !lock.item().released()
              && lock.item().keptClosed() == hold.keptClosed()
              && lock.item().ownerName().equals(hold.ownerName())
              && lock.item().fencingToken().equals(hold.fencingToken());
      return isHeld ? ((ItemState.Lock) stored.state()).item() : null;
    }

    Result gently(Duration patience) throws InterruptedException {
      if (before.state() == State.CLOSED) {
        // A holder that another break has stopped may need that time.
        return ended(End.CLOSED);
      }
      boolean isAsked = false;
      long end = table.now().nanos() + patience.toNanos();
      while (true) {
        StoredItem stored = tried(key);
        if (stored != null) {
          LockItem item = stillHeld(stored);
          if (item == null) {
            return ended(End.LET_GO);
          } else if (!shown.fits(item)) {
            return ended(End.STALE);
          } else if (isSilent(item)) {
            if (isReleased(item)) {
              return ended(End.BROKEN);
            }
          } else if (!isAsked) {
            isAsked = true;
            progress.accept(ask(patience) + "; waiting up to " + Ages.inWords(patience));
          } else if (table.now().nanos() >= end) {
            return revoke(item);
          }
        }
        table.pause(PAUSE);
      }
    }

    /** Frees the lock of a silent holder, unless that holder shows life now. */
    private boolean isReleased(LockItem silent) throws InterruptedException {
      String version = table.newVersion();
      return table.write(release(silent, version), version).applied();
    }

    /** Reads an item while there is time for another try; null if it could not be read. */
    private @Nullable StoredItem tried(LockKey read) throws InterruptedException {
      try {
        return table.read(read);
      } catch (LockStoreException e) {
        if (!e.kind().isTransient()) {
          throw e;
        }
        progress.accept("the table did not answer: " + e.getMessage());
        return null;
      }
    }

    // The holder is asked

    private String ask(Duration patience) throws InterruptedException {
      if (hold.fencingToken().isEmpty()) {
        return "the holder is a client of another library, and cannot be asked";
      }
      AskedRelease asked =
          new AskedRelease(
              table.newVersion(),
              table.config().ownerName(),
              shown.reason(),
              patience,
              hold.fencingToken().getAsLong());
      LockKey session = hold.session();
      int most = Bound.SESSION_RELEASE_REQUESTS.defaultValue();
      LockWrite write =
          session == null
              ? new LockWrite.Ask(key, hold.ownerName(), asked)
              : new LockWrite.Ask(session, hold.ownerName(), asked.inSession(key), most);
      boolean isAsked = table.write(write, null).applied();
      return isAsked ? "asked the holder to finish" : "the holder could not be asked";
    }

    // The holder is silent

    private boolean isSilent(LockItem item) throws InterruptedException {
      LockKey session = item.session();
      if (session == null) {
        return silence.isOver(key, item);
      }
      StoredItem stored = tried(session);
      if (stored == null) {
        return false;
      } else if (stored.state() instanceof ItemState.Lock lock) {
        LockItem kept = lock.item();
        return kept.released()
            || (silence.isOver(session, kept) && end(session, kept.version(), kept));
      }
      return stored.state() instanceof ItemState.Absent
          && silence.isMissing(session, item.leaseDuration())
          && end(session, null, item);
    }

    /** Ends a session whose client is silent, as a waiter does (protocol section 6). */
    private boolean end(LockKey session, @Nullable String observed, LockItem like)
        throws InterruptedException {
      String version = table.newVersion();
      Instant expiry = Instant.ofEpochMilli(table.now().epochMillis()).plus(SESSION_RETENTION);
      LockWrite write =
          new LockWrite.End(
              session, observed, table.config().ownerName(), like.leaseDuration(), version, expiry);
      return table.write(write, version).applied();
    }

    // The lock is taken away

    /** Frees the lock, if the hold that was shown still stands. */
    Result free(LockItem found) throws InterruptedException {
      Changed changed = change(found, this::release);
      return changed.refused() != null ? changed.refused() : ended(End.BROKEN);
    }

    private LockWrite release(LockItem item, String version) {
      return new LockWrite.Release(key, item.ownerName(), List.of(item.version()), version, null);
    }

    /**
     * Takes the lock from a holder that goes on, and gives it to no client before the holder has
     * stopped.
     */
    private Result revoke(LockItem found) throws InterruptedException {
      Duration rest = timeToStop(found);
      Changed changed = change(found, (item, version) -> close(item, version, rest));
      if (changed.refused() != null) {
        return changed.refused();
      }
      progress.accept(
          "took the lock from its holder; it is closed for "
              + Ages.inWords(rest)
              + ", the time in which the holder notices");
      table.pause(rest);
      String version = table.newVersion();
      LockWrite write =
          new LockWrite.Release(key, found.ownerName(), List.of(changed.version()), version, null);
      // Refused where the next client has taken the lock meanwhile.
      Written unused = table.write(write, version);
      return ended(End.BROKEN);
    }

    private LockWrite close(LockItem item, String version, Duration rest) {
      return new LockWrite.KeepClosed(
          key,
          item.ownerName(),
          List.of(item.version()),
          version,
          rest,
          true,
          table.stamp(version));
    }

    /** The time after which the holder has stopped, if no renewal succeeds any more. */
    private Duration timeToStop(LockItem item) {
      Duration lease = item.leaseDuration();
      if (item.session() != null) {
        lease = lease.multipliedBy(LEASES_TO_AUDIT);
      } else if (!RecordVersion.isOurs(item.version())) {
        // Foreign holders keep no margin for the rates of clocks.
        lease = lease.plus(lease.dividedBy(4)).plusMillis(1);
      }
      Duration whole = Duration.ofMillis(lease.toMillis());
      return whole.compareTo(LeaseTerms.MAX_LEASE) > 0 ? LeaseTerms.MAX_LEASE : whole;
    }

    /**
     * Sends a write for the hold that was shown, with each version that it gets meanwhile.
     *
     * @param found the item as it was read last
     */
    private Changed change(LockItem found, Change change) throws InterruptedException {
      LockItem item = found;
      long end = table.now().nanos() + LONGEST_TRIES.toNanos();
      while (table.now().nanos() < end) {
        String version = table.newVersion();
        Written written = table.write(change.of(item, version), version);
        if (written.applied()) {
          return new Changed(version, null);
        }
        LockItem next = stillHeld(written.item());
        if (next == null || !shown.fits(next)) {
          boolean isFree =
              written.item().state() instanceof ItemState.Lock lock && lock.item().released();
          return new Changed("", ended(isFree ? End.LET_GO : End.STALE));
        }
        item = next;
      }
      throw new LockStoreException(
          LockStoreException.Kind.CONFLICT,
          false,
          "Lock '"
              + key
              + "' was renewed before each write of "
              + Ages.inWords(LONGEST_TRIES)
              + " that should break it; nothing was changed. Try again",
          null);
    }
  }

  /** A write for an item as it stands, with a version of its own. */
  @FunctionalInterface
  private interface Change {
    LockWrite of(LockItem item, String version);
  }

  /** The version of the write that took place, or the result where none did. */
  private record Changed(String version, @Nullable Result refused) {}
}
