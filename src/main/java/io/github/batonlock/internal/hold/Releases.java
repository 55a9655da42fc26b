package io.github.batonlock.internal.hold;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.observe.OwnVersions;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.protocol.MinimumHold;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.request.Unreached;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The releaser of lock items, whose versions it retires. Each release goes on until it is certain,
 * or until a lease is over. It has a successor: none, a local waiter, or the client that has asked
 * for the lock. A lock that has to stay closed for a while has none.
 *
 * <pre>
 *   release --a minimum time is not over--> keep closed --applied--------------------> done
 *      |                                        |--no answer: again, or free when it is over
 *      |--another client asks for it, and to keep it--> reserve --applied------> done
 *      | '---a waiter of this client is next--------------> hand on --applied------> done
 *      |                                                       | refused, failed, declined
 *      '--no successor--> free &lt;---------------------------------'
 *                          | '--applied, or by an earlier try------------------> done
 *                          |--no answer: again, until a lease is over
 *                          '--not ours: done if an earlier try may have been applied, or if this
 *                                       client has the lock again; otherwise lost
 * </pre>
 *
 * <p>A write that is invalid is not tried again, because DynamoDB would refuse it again. If there
 * are more versions than one condition names, a refused write shows which of them is in the item.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Releases {
  private static final long MICROS_PER_MILLI = 1_000;

  /** How long the close of the client tries to reach a table that cannot be reached. */
  private static final long LONGEST_UNREACHED_NANOS = 1_000_000_000;

  private final EventLoop loop;
  private final HoldRequests requests;
  private final OwnVersions versions;
  private final Observations observations;
  private final PendingWork work;
  private final Successors successors;

  public Releases(
      EventLoop loop,
      HoldRequests requests,
      OwnVersions versions,
      Observations observations,
      PendingWork work,
      Successors successors) {
    this.loop = loop;
    this.requests = requests;
    this.versions = versions;
    this.observations = observations;
    this.work = work;
    this.successors = successors;
  }

  /**
   * One release.
   *
   * @param key the lock
   * @param terms its lease
   * @param versions the versions that may be in the item, all retired
   * @param delete whether to delete the item
   * @param lastSent when the last of the versions was sent; one lease later, other clients can take
   *     the lock anyway
   * @param session the session that keeps the lock beyond that; null for a lock with its own lease
   * @param minimum how long the lock stays closed; null if it is free with the release
   */
  public record Job(
      LockKey key,
      LeaseTerms terms,
      List<String> versions,
      boolean delete,
      ClockReading lastSent,
      @Nullable SharedLeaseSource session,
      @Nullable MinimumHold minimum) {

    /** A release that frees the lock. */
    public Job(
        LockKey key,
        LeaseTerms terms,
        List<String> versions,
        boolean delete,
        ClockReading lastSent,
        @Nullable SharedLeaseSource session) {
      this(key, terms, versions, delete, lastSent, session, null);
    }

    /** The same release, after an answer has shown this version in the item. */
    Job showing(String version) {
      List<String> first = new ArrayList<>(versions);
      first.remove(version);
      first.add(0, version);
      return new Job(key, terms, List.copyOf(first), delete, lastSent, session, minimum);
    }

    /** The same release, but it deletes the item. */
    Job deleting() {
      return new Job(key, terms, versions, true, lastSent, session);
    }

    /** How long the lock stays closed if it is released now; zero if it is free then. */
    Duration rest(ClockReading now) {
      return minimum == null || delete ? Duration.ZERO : minimum.rest(now);
    }

    /** Whether no client may have the lock yet, this one included. */
    boolean staysClosed(ClockReading now) {
      return !rest(now).isZero();
    }

    /**
     * Whether the lock can be reserved for the client that requested it, and that client wants
     * this.
     */
    boolean canBeReservedFor(AskedRelease asked) {
      return asked.reserve() && !delete && RecordVersion.isOurs(asked.id());
    }

    /**
     * The time until other clients can take the lock anyway, in nanoseconds. The end of a session
     * does not free a lock that is being closed: its last heartbeat counts for another lease.
     */
    private long left(ClockReading now) {
      long ownLeft = left(now, lastSent);
      if (session == null || !session.isOver(now)) {
        return session == null ? ownLeft : Long.MAX_VALUE;
      }
      return minimum == null ? ownLeft : Math.max(ownLeft, left(now, session.lease().lastSent()));
    }

    private long left(ClockReading now, ClockReading sent) {
      return terms.lease().toNanos() - now.monotonicSince(sent);
    }
  }

  /** The receiver of a release's result. */
  interface Outcome {
    /** Nothing more will be sent for this release. Told last. */
    default void over() {}

    /** The item is free or has its next holder, or was so when the release was applied. */
    void confirmed();

    /**
     * None of the versions is in the item, and no write of this release can have been applied.
     *
     * @param state the state of the item
     */
    void lost(ItemState state);

    /**
     * A try failed. None has been confirmed, whether this was the last one or not.
     *
     * @param failure what happened
     * @param last whether it was the last try
     */
    void failed(LockStoreException failure, boolean last);
  }

  /** Whether the client closes: then the close frees the items of its holds. */
  boolean isClosing() {
    return work.isClosing();
  }

  /** No hold will have these versions again. */
  void retire(Collection<String> ended) {
    assert loop.isCurrent();
    versions.retire(ended);
  }

  /** The client stands for these versions, although no hold has them. */
  void claim(Collection<String> lost) {
    assert loop.isCurrent();
    versions.claim(lost);
  }

  void disclaim(Collection<String> lost) {
    assert loop.isCurrent();
    versions.disclaim(lost);
  }

  /**
   * Releases the lock of a hold that its holder has ended. Retires its versions: at once, or when
   * the lock need not stay closed any more.
   *
   * @param asked the release request that the last heartbeat brought back; null if there is none
   */
  void release(Job job, @Nullable AskedRelease asked, Outcome outcome) {
    assert loop.isCurrent();
    Release release = new Release(job, outcome, versions.follow(job.versions()));
    successors.releaseBegan(job.key());
    if (job.staysClosed(loop.now())) {
      release.free();
      return;
    }
    versions.retire(job.versions());
    if (asked != null && job.canBeReservedFor(asked)) {
      release.reserve(asked);
      return;
    }
    Successors.Successor next = job.delete() ? null : successors.next(job.key());
    if (next == null) {
      release.free();
    } else {
      next.takeFrom(release);
    }
  }

  /** The client closes, and this lock may still be held in the table. */
  void leftUnconfirmed(LockKey key, LockException why) {
    work.leftUnconfirmed(key, why);
  }

  /** This lock is free after all. */
  void confirmed(LockKey key) {
    work.confirmed(key);
  }

  /**
   * Frees the lock that an acquisition may have obtained before it was given up.
   *
   * @param notFreed told if an operator has to do something before the item can be freed
   */
  public void cleanUp(Job job, Consumer<LockStoreException> notFreed) {
    cleanUp(job, notFreed, () -> {});
  }

  /**
   * Frees the item of a hold that was lost. Otherwise as {@link #cleanUp(Job, Outcome, Runnable)}.
   */
  void cleanUp(Job job, Consumer<LockStoreException> notFreed, Runnable whenOver) {
    cleanUp(job, new CleanUp(job.key(), notFreed), whenOver);
  }

  /**
   * Frees the item of a hold that was lost, or that closing the client has ended. Retires its
   * versions as {@link #release} does.
   *
   * @param whenOver runs when this client need not stand for the versions any more: at once, or
   *     when a write has closed the lock for the rest of its time
   */
  void cleanUp(Job job, Outcome outcome, Runnable whenOver) {
    assert loop.isCurrent();
    if (job.staysClosed(loop.now())) {
      new Release(job, new ThenOver(outcome, whenOver), null).free();
      return;
    }
    versions.retire(job.versions());
    new Release(job, outcome, null).free();
    whenOver.run();
  }

  /** Another outcome, and what follows when nothing more will be sent. */
  private record ThenOver(Outcome outcome, Runnable whenOver) implements Outcome {
    @Override
    public void over() {
      outcome.over();
      whenOver.run();
    }

    @Override
    public void confirmed() {
      outcome.confirmed();
    }

    @Override
    public void lost(ItemState state) {
      outcome.lost(state);
    }

    @Override
    public void failed(LockStoreException failure, boolean last) {
      outcome.failed(failure, last);
    }
  }

  /** The report of a release that no caller waits for. */
  private final class CleanUp implements Outcome {
    private final LockKey key;
    private final Consumer<LockStoreException> notFreed;

    CleanUp(LockKey key, Consumer<LockStoreException> notFreed) {
      this.key = key;
      this.notFreed = notFreed;
    }

    @Override
    public void confirmed() {}

    @Override
    public void lost(ItemState state) {}

    @Override
    public void failed(LockStoreException failure, boolean last) {
      if (last && isClosing()) {
        leftUnconfirmed(key, failure);
      } else if (last && !failure.kind().isTransient()) {
        notFreed.accept(failure);
      }
    }
  }

  /** One release under way. */
  private final class Release implements Handoff, PendingWork.Unfinished {
    private Job job;
    private final Outcome outcome;
    private final RetiredVersions.@Nullable Followed followed;
    private final Backoff backoff;
    private final Map<String, Boolean> ownVersions = new LruMap<>(requests.unconfirmed());
    private List<String> named = List.of();
    private String sent = "";
    private String reservedAs = "";
    private boolean mayBeApplied;
    private boolean hasRoom = true;
    private Duration rest = Duration.ZERO;
    private long refusedPause;
    private Timer again = () -> {};
    private boolean pausing;
    private long sentAt;
    private @Nullable LockStoreException lastFailure;

    /** Since when the client closes and the table cannot be reached; null if it can. */
    private @Nullable Long unreachedSince;

    /**
     * A release that has not begun.
     *
     * @param followed the versions, if a hold has ended; null if no waiter waits for the release
     */
    Release(Job job, Outcome outcome, RetiredVersions.@Nullable Followed followed) {
      this.job = job;
      this.outcome = outcome;
      this.followed = followed;
      this.backoff = requests.backoff(job.terms());
    }

    // Reserved for the client that has asked for the lock

    /**
     * Reserves the lock (protocol section 3). From then on the item names that client, with a
     * version that the client recognizes and takes over at once. For all other clients the lock is
     * like any other: free after a lease if that client does not take it.
     */
    void reserve(AskedRelease asked) {
      work.begun(this);
      requests.change(
          job.key(),
          timeouts(),
          () -> reservation(asked),
          answer -> {
            if (answer.applied() || answer.item().hasVersion(reservedAs)) {
              observations.forget(job.key());
            }
            answered(reservedAs, answer);
          },
          this::failed);
    }

    private LockWrite reservation(AskedRelease asked) {
      ClockReading sentAt = loop.now();
      reservedAs = RecordVersion.recognizable(sentAt.epochMillis(), asked.id());
      LockWrite.Grant grant =
          new LockWrite.Grant(
              asked.askedBy(),
              job.terms().lease(),
              reservedAs,
              sentAt.epochMillis() * MICROS_PER_MILLI,
              null,
              UserAttributes.NONE,
              null,
              requests.stamp(reservedAs, sentAt));
      return new LockWrite.Handoff(
          job.key(), requests.ownerName(), requests.named(job.versions()), grant, asked.id());
    }

    // Handed on to a waiter of this client

    @Override
    public LockWrite write(LockWrite.Grant grant) {
      return new LockWrite.Handoff(
          job.key(), requests.ownerName(), requests.named(job.versions()), grant);
    }

    @Override
    public void answered(String version, WriteAnswer answer) {
      assert loop.isCurrent();
      if (answer.applied() || answer.item().hasVersion(version)) {
        confirmed();
      } else if (canStillBeFreed(answer.item().state())) {
        free();
        return;
      } else {
        notOurs(answer);
      }
      over();
    }

    /**
     * Whether a release can still succeed: the item has a version that the write did not name, the
     * request was withdrawn, or a release requires less of an item.
     */
    private boolean canStillBeFreed(ItemState state) {
      return state instanceof ItemState.NotALock || heldBy(state) != null;
    }

    @Override
    public void declined() {
      free();
    }

    @Override
    public void failed(LockStoreException failure) {
      assert loop.isCurrent();
      failed(failure, false);
      free();
    }

    // Freed for all clients

    void free() {
      work.begun(this);
      send();
    }

    private void send() {
      sentAt = loop.nanoTime();
      requests.change(
          job.key(), timeouts(), this::freeing, this::freeingAnswered, this::freeingFailed);
    }

    private Timeouts timeouts() {
      return RequestTimeouts.patient(job.terms());
    }

    private LockWrite freeing() {
      String owner = requests.ownerName();
      named = requests.named(job.versions());
      if (job.delete()) {
        return new LockWrite.Delete(job.key(), owner, named);
      }
      ClockReading now = loop.now();
      String version = requests.newVersion(now);
      ownVersions.put(version, true);
      sent = version;
      rest = job.rest(now);
      if (!rest.isZero()) {
        return new LockWrite.KeepClosed(
            job.key(), owner, named, version, rest, hasRoom, requests.stamp(version, now));
      }
      if (job.minimum() != null) {
        versions.retire(job.versions());
      }
      return new LockWrite.Release(
          job.key(), owner, named, version, hasRoom ? requests.expiry(job.key(), now) : null);
    }

    private void freeingAnswered(WriteAnswer answer) {
      String standing = answer.applied() ? null : heldBy(answer.item().state());
      if (standing != null && !named.contains(standing)) {
        job = job.showing(standing);
        send();
        return;
      }
      if (answer.applied() || isOwnDoing(answer.item().state())) {
        freed(answer);
      } else {
        notOurs(answer);
      }
      over();
    }

    private void freed(WriteAnswer answer) {
      observations.forget(job.key());
      LockItem closed = leftClosed(answer);
      if (closed == null) {
        confirmed();
        successors.released(job.key());
        return;
      }
      // The waiters of this client wait for the rest of the time, like those of others.
      versions.retire(job.versions());
      observations.see(job.key(), closed, loop.now().nanos());
      confirmed();
    }

    /** The item that this release has left closed; null if the lock is free. */
    private @Nullable LockItem leftClosed(WriteAnswer answer) {
      if (answer.applied()) {
        return rest.isZero() ? null : closedAs(sent);
      }
      return answer.item().state() instanceof ItemState.Lock lock && !lock.item().released()
          ? lock.item()
          : null;
    }

    private LockItem closedAs(String version) {
      return new LockItem(requests.ownerName(), rest, version, false, OptionalLong.empty(), null);
    }

    /** The version under which an item is to be freed; null if there is nothing to free. */
    private @Nullable String heldBy(ItemState state) {
      if (state instanceof ItemState.Lock lock
          && !lock.item().released()
          && lock.item().ownerName().equals(requests.ownerName())
          && job.versions().contains(lock.item().version())) {
        return lock.item().version();
      }
      return null;
    }

    /** Whether an earlier try was applied although its answer was lost. */
    private boolean isOwnDoing(ItemState state) {
      if (state instanceof ItemState.Lock lock) {
        LockItem item = lock.item();
        return ownVersions.containsKey(item.version());
      }
      return job.delete() && state instanceof ItemState.Absent;
    }

    private void freeingFailed(LockStoreException failure) {
      boolean isInvalid = failure.kind() == LockStoreException.Kind.INVALID_REQUEST;
      ClockReading now = loop.now();
      if (isInvalid && hasRoom && addsToTheItem(now)) {
        hasRoom = false;
        send();
        return;
      }
      long delay = pause(failure);
      boolean last = isInvalid || delay >= job.left(now) || isHopelessAtClose(failure, delay);
      failed(failure, last);
      if (last) {
        over();
      } else {
        pausing = true;
        again = loop.schedule(delay, this::tryAgain);
      }
    }

    /** A full item has no room for its time to live, or for the mark of a closed lock. */
    private boolean addsToTheItem(ClockReading now) {
      return !job.delete() && (!rest.isZero() || requests.expiry(job.key(), now) != null);
    }

    private void tryAgain() {
      pausing = false;
      send();
    }

    @Override
    public void clientCloses() {
      if (pausing) {
        again.cancel();
        tryAgain();
      }
    }

    /** Whether the client closes, and would wait in vain for another try. */
    private boolean isHopelessAtClose(LockStoreException failure, long delay) {
      if (!work.isClosing() || !failure.kind().isTransient()) {
        return work.isClosing();
      }
      long now = loop.nanoTime();
      if (!Unreached.isShownBy(failure)) {
        unreachedSince = null;
      } else if (unreachedSince == null) {
        unreachedSince = sentAt;
      }
      return unreachedSince != null && now + delay - unreachedSince > LONGEST_UNREACHED_NANOS;
    }

    /** A write that is refused until an operator changes something is not sent every second. */
    private long pause(LockStoreException failure) {
      long pause = backoff.next();
      if (failure.kind().isTransient()) {
        refusedPause = 0;
        return pause;
      }
      refusedPause = Math.min(Math.max(2 * refusedPause, pause), job.terms().lease().toNanos());
      return refusedPause;
    }

    @Override
    public void giveUpFinishing() {
      LockStoreException before = lastFailure;
      failed(
          new LockStoreException(
              LockStoreException.Kind.TIMED_OUT,
              true,
              "The LockClient was closed before the release of lock '"
                  + job.key()
                  + "' was confirmed"
                  + (before == null ? "" : "; the last try failed: " + before.getMessage()),
              before),
          true);
    }

    // Results

    private void over() {
      // First: the end of the lock's session may be what a client that closes waits for next.
      outcome.over();
      work.finished(this);
    }

    private void confirmed() {
      settled(true);
      outcome.confirmed();
    }

    /** None of the versions is in the item. No release was needed, or possible. */
    private void notOurs(WriteAnswer answer) {
      ItemState state = answer.item().state();
      boolean isPassedOn = followed != null && followed.isPassedOn();
      boolean isOursAgain =
          state instanceof ItemState.Lock now
              && now.item().ownerName().equals(requests.ownerName());
      settled(true);
      if (mayBeApplied || answer.retried() || isPassedOn || isOursAgain) {
        outcome.confirmed();
      } else {
        outcome.lost(state);
      }
    }

    private void failed(LockStoreException failure, boolean last) {
      mayBeApplied = true;
      lastFailure = failure;
      settled(last);
      outcome.failed(failure, last);
    }

    /** Tells the waiters of this client that an answer has come, or does not come. */
    private void settled(boolean last) {
      if (followed == null) {
        return;
      }
      if (last) {
        versions.unfollow(followed);
      }
      successors.releaseSettled(job.key());
    }
  }
}
