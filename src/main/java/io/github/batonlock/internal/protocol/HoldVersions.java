package io.github.batonlock.internal.protocol;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One hold's versions and what is known of them (protocol sections 3 and 5): which may be in the
 * item, when each was sent, which is confirmed.
 *
 * <p>Candidates are the confirmed version and those sent after it that may or may not have been
 * applied. A version sent before the confirmed one can never apply any more: its condition named
 * only still earlier ones. All candidates are known, with the times of their sends, even if the
 * condition of one write can name only a part of them: a write that is refused shows which of them
 * is in the item. Used by one thread.
 */
public final class HoldVersions {
  /**
   * How long after its send a write may still be applied. AWS refuses a request that was signed
   * five minutes ago, by clocks that may differ by as much.
   */
  public static final Duration LATEST_ARRIVAL = Duration.ofMinutes(10);

  private final String ownerName;
  private final long fencingToken;
  private final Limit named;
  private final Limit known;
  private final Map<String, Sent> candidates = new LinkedHashMap<>();
  private String confirmed;
  private ClockReading confirmedAt;

  /** Whether an answer has shown the item since the last send. */
  private boolean isShown;

  private record Sent(ClockReading at, long dataRevision) {}

  /**
   * Creates the versions of a hold that was just granted.
   *
   * @param ownerName the holder, as the item says
   * @param version the version that granted it
   * @param sentAt taken before that version was sent
   * @param fencingToken the token that it was granted with
   * @param named how many candidates the condition of one write names
   * @param known how many candidates there may be before a write has to wait for an answer
   */
  public HoldVersions(
      String ownerName,
      String version,
      ClockReading sentAt,
      long fencingToken,
      Limit named,
      Limit known) {
    this.ownerName = ownerName;
    this.fencingToken = fencingToken;
    this.named = named;
    this.known = known;
    this.confirmed = version;
    this.confirmedAt = sentAt;
    candidates.put(version, new Sent(sentAt, 0));
  }

  /**
   * When the last confirmed version was sent: the lease counts from here.
   *
   * @return the moment before the send
   */
  public ClockReading confirmedAt() {
    return confirmedAt;
  }

  /**
   * The versions that may be in the item.
   *
   * @return in the order they were sent, the confirmed one first
   */
  public List<String> candidates() {
    return List.copyOf(candidates.keySet());
  }

  /**
   * The candidates that the next write names: the confirmed one, which the last answers have shown,
   * and the newest.
   *
   * @return in the order they were sent, as many as one condition takes
   */
  public List<String> condition() {
    return firstAndNewest(candidates(), named);
  }

  /**
   * The first of several versions, and the newest.
   *
   * @param versions in the order they were sent
   * @param named how many of them one condition takes
   * @return all of them, or as many as it takes
   */
  public static List<String> firstAndNewest(List<String> versions, Limit named) {
    int left = versions.size() - named.most();
    if (left <= 0) {
      return versions;
    }
    named.passed().run();
    List<String> condition = new ArrayList<>(named.most());
    condition.add(versions.get(0));
    condition.addAll(versions.subList(1 + left, versions.size()));
    return List.copyOf(condition);
  }

  /**
   * Whether a write may or may not have been applied, so that a look at the item may renew the
   * lease.
   *
   * @return true if there are candidates besides the confirmed one
   */
  public boolean isAmbiguous() {
    return candidates.size() > 1;
  }

  /**
   * Whether another write may be sent, or has to wait until a read has shown the item.
   *
   * @return false if there are many candidates, and no answer since the last send
   */
  public boolean canSend() {
    boolean canSend = isShown || candidates.size() < known.most();
    if (!canSend) {
      known.passed().run();
    }
    return canSend;
  }

  /**
   * A heartbeat is about to be sent, conditioned on {@link #condition} before this call.
   *
   * @param version its version, never used before
   * @param at taken before the send
   * @param dataRevision the revision of the lock's data that it carries
   */
  public void sending(String version, ClockReading at, long dataRevision) {
    candidates.put(version, new Sent(at, dataRevision));
    isShown = false;
  }

  /**
   * A heartbeat certainly changed nothing.
   *
   * @param version its version
   */
  public void notApplied(String version) {
    candidates.remove(version);
  }

  /**
   * A heartbeat was applied.
   *
   * @param version its version
   * @return renewed
   */
  public RenewalOutcome applied(String version) {
    return confirm(version);
  }

  /**
   * A heartbeat's condition failed, or the item was read: this is its state.
   *
   * @param state the item
   * @param asked when the answered request was sent
   * @return what became of the hold
   */
  public RenewalOutcome found(ItemState state, ClockReading asked) {
    Reason loss = lossShownBy(state);
    if (loss != null) {
      return new RenewalOutcome.Lost(loss);
    }
    if (!(state instanceof ItemState.Lock lock)) {
      return RenewalOutcome.UNCONFIRMED;
    }
    isShown = true;
    RenewalOutcome outcome = confirm(lock.item().version());
    dropWhatCannotArrive(asked);
    return outcome;
  }

  /** Drops each candidate that is not in the item, and is too old to be applied later. */
  private void dropWhatCannotArrive(ClockReading asked) {
    long latest = LATEST_ARRIVAL.toNanos();
    candidates
        .entrySet()
        .removeIf(
            each ->
                !each.getKey().equals(confirmed)
                    && asked.monotonicSince(each.getValue().at()) > latest);
  }

  /**
   * Whether the hold is lost, if the item is in this state now.
   *
   * @param state the item
   * @return why it is lost; null if it is not, or if that is not known
   */
  public @Nullable Reason lossShownBy(ItemState state) {
    if (state instanceof ItemState.Unknown) {
      return null;
    }
    if (!(state instanceof ItemState.Lock lock)) {
      return Reason.ITEM_DELETED;
    }
    LockItem item = lock.item();
    boolean ours = item.ownerName().equals(ownerName);
    if (ours && !item.released() && candidates.containsKey(item.version())) {
      return null;
    } else if (hasHadALaterHolder(item, ours)) {
      return Reason.TAKEN_OVER;
    }
    return item.released() ? Reason.RELEASED_EXTERNALLY : Reason.ITEM_CHANGED;
  }

  /**
   * Whether the lock has had a later holder. Decided by the token, which grows with each holder;
   * clients of other libraries keep or drop it.
   */
  private boolean hasHadALaterHolder(LockItem item, boolean ours) {
    if (item.fencingToken().isEmpty()) {
      return !ours || !item.released();
    }
    long token = item.fencingToken().getAsLong();
    return token == fencingToken ? !ours : token > fencingToken;
  }

  private RenewalOutcome confirm(String version) {
    Sent sent = candidates.get(version);
    if (sent == null || version.equals(confirmed)) {
      return RenewalOutcome.UNCONFIRMED;
    }
    dropSentBefore(version);
    confirmed = version;
    confirmedAt = sent.at();
    return new RenewalOutcome.Renewed(sent.dataRevision());
  }

  private void dropSentBefore(String version) {
    Iterator<String> each = candidates.keySet().iterator();
    while (each.hasNext() && !each.next().equals(version)) {
      each.remove();
    }
  }
}
