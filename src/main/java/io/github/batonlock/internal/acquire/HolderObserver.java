package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.observe.Finding;
import io.github.batonlock.internal.observe.ItemClassifier;
import io.github.batonlock.internal.observe.LockInfoFactory;
import io.github.batonlock.internal.observe.SessionObserver;
import io.github.batonlock.internal.observe.SessionObservers;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import org.jspecify.annotations.Nullable;

/**
 * The judge of the items that acquisitions are shown. {@link ItemClassifier} says what an item
 * means; this says what the acquisition does next. It sends nothing but marks, and knows no
 * acquisition.
 *
 * <pre>
 *   not a lock -----------------------------------> fail
 *   absent, or released --by a rejected acquire---> look again (absent, but has to exist: fail)
 *       '--by a read, or a rejected takeover------> take it
 *   held --by a session, not a ghost of ours------> wait for the session; is it over: take over
 *     | '--silent for long enough, or a ghost-----> take over
 *     '--otherwise--------------------------------> wait for the holder
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class HolderObserver {
  /** The request whose answer shows an item. */
  enum Shown {
    BY_READ,
    BY_REJECTED_ACQUIRE,
    BY_REJECTED_TAKEOVER
  }

  private final ItemClassifier classifier;
  private final LockInfoFactory infos;
  private final SessionObservers sessions;
  private final Marks marks;

  public HolderObserver(
      ItemClassifier classifier, LockInfoFactory infos, SessionObservers sessions, Marks marks) {
    this.classifier = classifier;
    this.infos = infos;
    this.sessions = sessions;
    this.marks = marks;
  }

  /** Judges an item that shows no write of the acquisition itself. */
  NextStep judge(AcquireSpec spec, StoredItem stored, Shown by) {
    LockKey key = spec.key();
    Finding finding = classifier.classify(key, stored.state(), by != Shown.BY_READ);
    if (finding instanceof Finding.Held held) {
      return held(held, infoOf(key, held.item(), stored));
    } else if (finding instanceof Finding.NotALock bad) {
      return new NextStep.Fail(bad.problem());
    }
    boolean isChanging = by == Shown.BY_REJECTED_ACQUIRE;
    if (isChanging && finding instanceof Finding.Absent && spec.onlyIfExists()) {
      return new NextStep.NoSuchLock();
    }
    return isChanging ? new NextStep.LookAgain() : new NextStep.TakeFree();
  }

  private NextStep held(Finding.Held held, LockInfo holder) {
    LockItem item = held.item();
    if (held instanceof Finding.Shared shared) {
      LockKey session = shared.session();
      return new NextStep.AwaitSession(item, holder, session, sessions.isOver(session));
    } else if (held instanceof Finding.Live live) {
      return new NextStep.AwaitHolder(item, holder, live.untilTakeover());
    }
    boolean isCurrent = !(held instanceof Finding.Stale);
    return new NextStep.TakeOver(
        item, holder, isCurrent ? item.version() : null, held instanceof Finding.OwnGhost);
  }

  /** What users see of a held lock. */
  LockInfo infoOf(LockKey key, LockItem item, StoredItem stored) {
    return infos.of(key, item, stored.attributes());
  }

  /** Whether this client has seen a holder since it last saw the lock free. */
  boolean hasSeenHolder(LockKey key) {
    return classifier.hasSeenHolder(key);
  }

  /** This client has the lock now. */
  void taken(LockKey key) {
    classifier.forget(key);
  }

  /**
   * The mark of an acquisition that gives up on a held lock, so that what it has seen outlives it.
   *
   * @param key the lock
   * @param item the item that was seen last; null if none was
   * @return null if no mark is wanted
   */
  LockWrite.@Nullable Mark markOf(LockKey key, @Nullable LockItem item) {
    if (item == null) {
      return null;
    }
    LockKey session = item.session();
    return session == null
        ? classifier.markOf(key, item, classifier.observationOf(key))
        : sessions.markOf(key, item, session);
  }

  /** Leaves a mark. Then tells the caller, whether the mark was written or not. */
  void leave(LockWrite.Mark mark, LeaseTerms terms, Runnable then) {
    marks.leave(mark, terms, then);
  }

  // Sessions

  /** Waits for the end of the session that an item names, instead of any other. */
  void join(NextStep.AwaitSession held, SessionObserver.Waiter waiter) {
    sessions.join(held.session(), held.item(), waiter);
  }

  void leave(SessionObserver.Waiter waiter) {
    sessions.leave(waiter);
  }
}
