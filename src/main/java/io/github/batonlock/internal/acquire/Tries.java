package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.hold.Handoff;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.session.SessionRef;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.WriteAnswer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one acquisition, and the handling of their answers.
 *
 * <pre>
 *   write --applied--------------------------------> granted
 *     | `--rejected: our own version is there-----> granted, counted from that version's send
 *     | `--rejected: held--> observe --> poll --free--------------> write
 *     | `--no answer-----> back off      `--silent for L(1+g)----> write, on that version
 *     |                       `--> write, with a fresh version
 * </pre>
 *
 * <p>At most one request is under way.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Tries {
  /** The kind of request that is under way. */
  private enum Busy {
    NO,
    OPENING_SESSION,
    READING,
    WAITING_TO_WRITE,
    WRITING
  }

  private final AcquireContext core;
  private final AcquireSpec spec;
  private final Acquisition acquisition;
  private final boolean oneTry;
  private final UnsettledGrants attempts;
  private final AcquisitionTimer waiting;
  private final SessionRef session;
  private final Findings findings;

  private Busy busy = Busy.NO;
  private boolean retried;
  private boolean freedMeanwhile;
  private @Nullable LockStoreException lastFailure;

  Tries(AcquireContext core, AcquireSpec spec, Acquisition acquisition) {
    this.core = core;
    this.spec = spec;
    this.acquisition = acquisition;
    this.oneTry = acquisition.isOneTry();
    this.attempts = new UnsettledGrants(core, spec);
    this.waiting =
        new AcquisitionTimer(core.loop, core.requests.backoff(spec.terms()), spec.maxWait());
    this.session = new SessionRef(core.sessions, spec.leases(), acquisition);
    this.findings = new Findings(core, spec, acquisition, this);
  }

  private LockKey key() {
    return spec.key();
  }

  boolean areIdle() {
    return busy == Busy.NO;
  }

  /** The failure of the last request; null if no request has failed since the last answer. */
  @Nullable LockStoreException lastFailure() {
    return lastFailure;
  }

  /** Whether a write is under way. Its answer tells more than anything else. */
  boolean areWriting() {
    return busy == Busy.WRITING;
  }

  Findings findings() {
    return findings;
  }

  UnsettledGrants attempts() {
    return attempts;
  }

  /** Whether this client has freed the lock since the last request was sent. */
  boolean wasFreedMeanwhile() {
    return freedMeanwhile;
  }

  void lastFailure(@Nullable LockStoreException failure) {
    lastFailure = failure;
  }

  AcquisitionTimer waiting() {
    return waiting;
  }

  // Notices from the queue

  /** Writes at once. */
  void begin() {
    write(null);
  }

  /** This client has just freed the lock: there is no need to wait for the next poll. */
  void freed(long standBack) {
    if (busy == Busy.NO) {
      waiting.pause(standBack, () -> write(null));
    } else {
      freedMeanwhile = true;
    }
  }

  /** Whether a granting write can be sent now. */
  boolean canWrite() {
    return busy == Busy.NO && !waiting.isTimeUp() && session.isReady();
  }

  /** Takes the lock from a hold of this client that ends now. */
  void takeFrom(Handoff from) {
    inTurn(
        turn -> {
          LockWrite.Grant grant = attempts.next(null, session.current());
          send(
              turn,
              from.write(grant),
              answer -> {
                from.answered(grant.version(), answer);
                written(grant.version(), Findings.Shown.BY_REJECTED_TAKEOVER, answer);
              },
              failure -> {
                from.failed(failure);
                writeFailed(grant.version(), failure);
              });
        },
        from::declined,
        failure -> {
          from.failed(failure);
          requestFailed(failure, () -> write(null));
        });
  }

  // Requests

  /**
   * The one write that takes a lock: without a known version, or on the version of a silent holder.
   */
  void write(@Nullable String silentVersion) {
    if (!session.isReady()) {
      waiting.cancelPause();
      busy = Busy.OPENING_SESSION;
      session.open(
          orFail(opened -> sessionOpened(silentVersion)),
          orFail(failure -> requestFailed(failure, () -> write(null))));
      return;
    }
    Findings.Shown by =
        silentVersion == null
            ? Findings.Shown.BY_REJECTED_ACQUIRE
            : Findings.Shown.BY_REJECTED_TAKEOVER;
    inTurn(
        turn -> {
          LockWrite.Grant grant = attempts.next(silentVersion, session.current());
          send(
              turn,
              attempts.write(grant, silentVersion),
              answer -> written(grant.version(), by, answer),
              failure -> writeFailed(grant.version(), failure));
        },
        () -> {},
        failure -> requestFailed(failure, () -> write(null)));
  }

  private void sessionOpened(@Nullable String silentVersion) {
    if (acquisition.isDone()) {
      settledAfterEnd();
    } else {
      writeIfInTime(silentVersion);
    }
  }

  void writeIfInTime(@Nullable String silentVersion) {
    if (oneTry || !waiting.isTimeUp()) {
      write(silentVersion);
    } else {
      acquisition.notAcquired(Reason.HELD);
    }
  }

  /**
   * Sends a write when its turn comes, unless it is no longer wanted by then.
   *
   * @param send makes the write, and sends it
   * @param unwanted runs instead if it is no longer wanted
   * @param failed told if the turn does not come
   */
  private void inTurn(Consumer<Turn> send, Runnable unwanted, Consumer<LockStoreException> failed) {
    waiting.cancelPause();
    busy = Busy.WAITING_TO_WRITE;
    freedMeanwhile = false;
    core.requests.change(
        key(),
        RequestTimeouts.patient(spec.terms()).total(),
        ifWanted(send, unwanted),
        orFail(failed));
  }

  private Consumer<Turn> ifWanted(Consumer<Turn> send, Runnable unwanted) {
    return orFail(
        turn -> {
          if (acquisition.isDone()) {
            unwanted.run();
            settledAfterEnd();
          } else {
            send.accept(turn);
          }
        });
  }

  private void send(
      Turn turn,
      LockWrite write,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    busy = Busy.WRITING;
    core.requests.write(
        turn, write, RequestTimeouts.patient(spec.terms()), orFail(answered), orFail(failed));
  }

  /** Makes an internal error fail the acquisition, so that no caller waits without a limit. */
  private <T> Consumer<T> orFail(Consumer<T> handler) {
    return answer -> {
      busy = Busy.NO;
      try {
        handler.accept(answer);
      } catch (Throwable t) {
        if (!acquisition.isDone()) {
          acquisition.fail(t);
        }
        throw t;
      }
    };
  }

  private void written(String version, Findings.Shown by, WriteAnswer answer) {
    waiting.answered();
    if (answer.retried()) {
      attempts.mayComeLate(version);
    }
    if (!answer.applied()) {
      if (!answer.item().hasVersion(version)) {
        attempts.notApplied(version);
      }
      long now = core.loop.now().nanos();
      findings.found(answer.item(), answer.serverDate(), by, now);
    } else if (answer.item().state() instanceof ItemState.Lock lock) {
      findings.granted(version, lock.item());
    } else {
      acquisition.fail(
          new IllegalStateException("The store applied an acquisition without a lock item"));
    }
  }

  private void writeFailed(String version, LockStoreException failure) {
    if (failure.mayHaveBeenApplied()) {
      attempts.mayComeLate(version);
    } else {
      attempts.notApplied(version);
    }
    boolean settleNow = acquisition.isOneLook() && failure.mayHaveBeenApplied() && !retried;
    retried = true;
    if (!acquisition.isDone() && settleNow) {
      write(null);
    } else {
      requestFailed(failure, () -> write(null));
    }
  }

  void poll() {
    if (core.holds.isHeldHere(key())) {
      return;
    }
    busy = Busy.READING;
    core.requests.look(
        key(),
        RequestTimeouts.patient(spec.terms()).total(),
        ifWanted(this::read, () -> {}),
        orFail(failure -> requestFailed(failure, this::poll)));
  }

  private void read(Turn turn) {
    busy = Busy.READING;
    long sent = core.loop.now().nanos();
    core.requests.read(
        turn,
        key(),
        false,
        RequestTimeouts.patient(spec.terms()),
        orFail(answer -> read(answer, sent)),
        orFail(failure -> requestFailed(failure, this::poll)));
  }

  private void read(ReadAnswer answer, long sent) {
    waiting.answered();
    findings.found(answer.item(), answer.serverDate(), Findings.Shown.BY_READ, sent);
  }

  private void requestFailed(LockStoreException failure, Runnable again) {
    lastFailure = failure;
    if (acquisition.isDone()) {
      settledAfterEnd();
    } else if (acquisition.isOneLook() || !failure.kind().isTransient() || waiting.isTimeUp()) {
      acquisition.fail(failure);
    } else {
      waiting.backOff(again);
      acquisition.goesOnWaiting();
    }
  }

  /** The caller's time is up. */
  void timeUp() {
    // A write under way is waited for, since it may succeed; a read is not.
    if (!acquisition.isDone() && !areWriting()) {
      LockStoreException failure = lastFailure;
      if (failure != null) {
        acquisition.fail(failure);
      } else {
        acquisition.notAcquired(Reason.HELD);
      }
    }
  }

  // End

  /** The acquisition is over, but an answer may still come. */
  void stop() {
    waiting.stop();
    core.sessionWatches.leave(findings);
    session.leave();
  }

  void settledAfterEnd() {
    attempts.freeWhatMayHaveLanded();
    core.work.finished(acquisition);
  }
}
