package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One possession of a lock, as its user saw it. */
final class Hold {
  final Node node;
  final LockKey key;
  final HeldLock lock;
  final LockRequest request;
  final String lineage;

  /** The session that keeps it; null if it has a lease of its own. */
  final @Nullable LockKey session;

  final Reading grantedAt;
  final List<Belief> beliefs = new ArrayList<>();
  final List<Told> told = new ArrayList<>();
  final List<Update> updates = new ArrayList<>();
  final List<Worry> worries = new ArrayList<>();
  final List<Suspicion> suspicions = new ArrayList<>();

  /** Whether the lock was held when it was returned. */
  boolean heldWhenGiven;

  private @Nullable Reading suspectSince;

  /** When the user said that his work goes on, holding the lock. */
  final List<Reading> pulses = new ArrayList<>();

  @Nullable Reading closedAt;
  @Nullable Reading releaseReturnedAt;
  @Nullable Reading crashedAt;
  int updatesAsked;

  /** The latest send among its renewals that the table had applied when it was granted. */
  @Nullable Reading renewedBefore;

  /** When the work of a guarded call ended; zero for other holds. */
  long workEndedAt;

  /** When the user stopped and said so, also of a lock that he had lost. */
  long closeAskedAt = Long.MAX_VALUE;

  boolean releaseUnconfirmed;

  /**
   * The user was told that he holds the lock.
   *
   * @param at when
   * @param renewedAt the latest send among the hold's renewals that the table had applied by then
   * @param answeredAt the latest send among those whose answer the client had by then
   * @param namedByItem whether the item named this hold at that moment
   */
  record Belief(Reading at, Reading renewedAt, Reading answeredAt, boolean namedByItem) {}

  /**
   * The user was told that renewals fail for long, or that all is well again.
   *
   * @param at when
   * @param begins whether the jeopardy begins
   * @param answeredAt the latest send among the hold's renewals whose answer the client had by then
   */
  record Worry(Reading at, boolean begins, Reading answeredAt) {}

  /** A time at whose begin and end the lock was neither held for certain nor lost. */
  record Suspicion(Reading began, Reading ended) {}

  /**
   * The user was told that he lost the lock.
   *
   * @param at when
   * @param revocation what he was told
   * @param renewedAt the latest send among the hold's renewals that the table had applied by then
   * @param answeredAt the latest send among those whose answer the client had by then
   */
  record Told(Reading at, Revocation revocation, Reading renewedAt, Reading answeredAt) {}

  /** Data that the user was told is stored, or was, before a later update of his. */
  record Update(long at, int number) {
    /** Bytes of an item that are not data, at least. */
    private static final int OTHERS = 220;

    static String text(Hold hold, int number) {
      String text = hold.node + "-" + hold.token() + "-" + number;
      if (!hold.node.hasFullItems()) {
        return text;
      }
      int least = Scenario.FULL_ITEM_BYTES - OTHERS - OTHERS;
      return text + ".".repeat(least - text.length() + Math.floorMod(text.hashCode(), OTHERS));
    }
  }

  Hold(
      Node node,
      HeldLock lock,
      LockRequest request,
      String lineage,
      @Nullable LockKey session,
      Reading grantedAt) {
    this.node = node;
    this.key = lock.key();
    this.lock = lock;
    this.request = request;
    this.lineage = lineage;
    this.session = session;
    this.grantedAt = grantedAt;
  }

  /**
   * The user asked, and the lock was neither held for certain nor lost; whether for the first time.
   */
  boolean isSuspect(Reading at) {
    boolean isFirst = suspectSince == null;
    if (isFirst) {
      suspectSince = at;
    } else {
      suspicions.add(new Suspicion(suspectSince, at));
    }
    return isFirst;
  }

  /** The user asked, and the lock was held, or lost. */
  void isCertain() {
    suspectSince = null;
  }

  /** The user stops now, and says so. */
  void asksToClose(long now) {
    closeAskedAt = Math.min(closeAskedAt, now);
  }

  long token() {
    return lock.fencingToken();
  }

  /** When the user stopped, by his own will, by being told, or by crashing; never is the end. */
  long endedAt() {
    long end = Long.MAX_VALUE;
    if (closedAt != null) {
      end = Math.min(end, closedAt.world());
    }
    if (crashedAt != null) {
      end = Math.min(end, crashedAt.world());
    }
    return told.isEmpty() ? end : Math.min(end, told.get(0).at().world());
  }

  /** Until when at most its lock is kept for its user to stop, by his client. */
  long keptUntil() {
    // As a slow clock has it.
    long lease = node.terms.lease().toNanos() / 9 * 10;
    return LimitCheck.isLostByLimit(this) ? Math.min(closeAskedAt, endedAt() + lease) : endedAt();
  }

  long lastBelievedAt() {
    return beliefs.isEmpty() ? -1 : beliefs.get(beliefs.size() - 1).at().world();
  }

  @Override
  public String toString() {
    return node + "'s hold of '" + key + "' with token " + token();
  }
}
