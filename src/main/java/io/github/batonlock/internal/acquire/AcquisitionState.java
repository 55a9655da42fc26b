package io.github.batonlock.internal.acquire;

import java.util.EnumSet;
import java.util.Set;

/**
 * The states of an {@link Acquisition}.
 *
 * <pre>
 *   NEW --one try--> FOLLOWING --queue is empty--> QUEUED
 *    '--else-------------------------------------> QUEUED
 *
 *               QUEUED
 *                 | is first
 *      .----------+----------------.
 *      | held     | being released |
 *      | here     v here           v
 *      |      OWN_RELEASE --> (OPENING_SESSION) --> WAITING_FOR_TURN --> WRITING
 *      v                           ^                   | no turn          | answer
 *   HELD_HERE      free, or silent |                   v                  |
 *      |           for L(1+g)      '-------------- DECIDING &lt;-------------'
 *      |                         held, or no answer |  ^  | one try, a session decides
 *      v hold ended                                 |  |  v
 *   PAUSED_BRIEFLY, PAUSED  &lt;-----------------------'  |  WATCHING_SESSION --is over--> write
 *      | due                                           |
 *      '--> write, or READING -------------------------'
 *
 *   DECIDING --our write was applied, or its version is there--> ENDED: granted
 *   any, but WRITING --one try and held; failure; time up; given up--> ENDED
 *   WRITING --given up--> GIVEN_UP --answer--> ENDED: what has landed is freed
 * </pre>
 *
 * <p>A hold of this client that ends can hand the lock on to the first waiter: from any state in
 * which no request is under way, to WAITING_FOR_TURN. When this client frees the lock, such a
 * waiter pauses briefly, and writes.
 */
enum AcquisitionState {
  /** It has not started. */
  NEW,
  /** One try asks what this client knows, or shares what the first in the queue finds out. */
  FOLLOWING,
  /** In the queue, behind others, or told in a moment that it is first. */
  QUEUED,
  /** First, while this client holds the lock: the end of the hold wakes it. */
  HELD_HERE,
  /** This client is releasing the lock: the answer wakes it. */
  OWN_RELEASE,
  /** The session that will keep the lock is being opened. */
  OPENING_SESSION,
  /** A write waits for its turn. */
  WAITING_FOR_TURN,
  /** A write is under way. Its answer tells more than anything else. */
  WRITING,
  /** A read is under way, or waits for its turn. */
  READING,
  /** A request was answered, or has failed: the next step is being chosen. */
  DECIDING,
  /** The next look or try is not due yet. */
  PAUSED,
  /** The next step is due in a moment. */
  PAUSED_BRIEFLY,
  /** One try waits for one look at the session that keeps the lock. */
  WATCHING_SESSION,
  /** It is over, and a write is under way. Its answer tells what to free. */
  GIVEN_UP,
  /** It is over. */
  ENDED;

  private static final Set<AcquisitionState> OVER = EnumSet.of(GIVEN_UP, ENDED);
  private static final Set<AcquisitionState> BUSY =
      EnumSet.of(OPENING_SESSION, WAITING_FOR_TURN, WRITING, READING);

  /** In these states it has seen a holder, or a failure, and waits. */
  private static final Set<AcquisitionState> DECIDED =
      EnumSet.of(HELD_HERE, PAUSED, WATCHING_SESSION);

  private static final Set<AcquisitionState> WRITE = EnumSet.of(OPENING_SESSION, WAITING_FOR_TURN);
  private static final Set<AcquisitionState> PAUSE = EnumSet.of(PAUSED, PAUSED_BRIEFLY);

  boolean isOver() {
    return OVER.contains(this);
  }

  /** Whether a request is under way, or waits for its turn. */
  boolean isBusy() {
    return BUSY.contains(this);
  }

  /** Whether no request that shows the state of the lock is under way, or is about to be sent. */
  boolean isDecided() {
    return DECIDED.contains(this);
  }

  /** Whether this state may be followed by another. Any state may end, except by a write. */
  boolean leadsTo(AcquisitionState next) {
    return switch (this) {
      case NEW, FOLLOWING -> next == FOLLOWING || next == QUEUED || next == ENDED;
      case QUEUED, HELD_HERE, OWN_RELEASE, PAUSED, PAUSED_BRIEFLY, WATCHING_SESSION ->
          next == HELD_HERE
              || next == OWN_RELEASE
              || PAUSE.contains(next)
              || WRITE.contains(next)
              || (next == READING && PAUSE.contains(this))
              || next == ENDED;
      case OPENING_SESSION, WAITING_FOR_TURN, READING -> next == DECIDING || next == ENDED;
      case WRITING -> next == DECIDING || next == GIVEN_UP;
      case DECIDING ->
          next == WRITING
              || next == HELD_HERE
              || next == WATCHING_SESSION
              || PAUSE.contains(next)
              || WRITE.contains(next)
              || next == ENDED;
      case GIVEN_UP -> next == ENDED;
      case ENDED -> false;
    };
  }
}
