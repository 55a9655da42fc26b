package io.github.batonlock.internal.protocol;

import io.github.batonlock.Revocation.Reason;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One hold's versions and what is known of them (protocol sections 3 and 5): which may stand in the
 * item, when each was sent, which is confirmed.
 *
 * <p>Candidates are the confirmed version and those sent after it whose fate is unknown. A version
 * sent before the confirmed one can never apply any more: its condition named only still earlier
 * ones. Used by one thread.
 */
public final class Tenure {

  /** DynamoDB takes 100 operands in an IN; beyond this many candidates, only reads can tell. */
  private static final int MAX_CANDIDATES = 90;

  private final String ownerName;
  private final long fencingToken;
  private final Map<String, Sent> candidates = new LinkedHashMap<>();
  private String confirmed;
  private Moment confirmedAt;

  private record Sent(Moment at, long dataRevision) {}

  /**
   * A hold that was just granted.
   *
   * @param ownerName the holder, as the item says
   * @param version the version that granted it
   * @param sentAt taken before that version was sent
   * @param fencingToken the token that it was granted with
   */
  public Tenure(String ownerName, String version, Moment sentAt, long fencingToken) {
    this.ownerName = ownerName;
    this.fencingToken = fencingToken;
    this.confirmed = version;
    this.confirmedAt = sentAt;
    candidates.put(version, new Sent(sentAt, 0));
  }

  /**
   * When the last confirmed version was sent: the lease counts from here.
   *
   * @return the moment before the send
   */
  public Moment confirmedAt() {
    return confirmedAt;
  }

  /**
   * The versions that may stand in the item.
   *
   * @return in the order they were sent, the confirmed one first
   */
  public List<String> candidates() {
    return List.copyOf(candidates.keySet());
  }

  /**
   * Whether some write's fate is unknown, so that a look at the item may renew the lease.
   *
   * @return true if there are candidates besides the confirmed one
   */
  public boolean isAmbiguous() {
    return candidates.size() > 1;
  }

  /**
   * Whether another write may be sent, or only reads can go on.
   *
   * @return false if there are too many candidates for one condition
   */
  public boolean canSend() {
    return candidates.size() < MAX_CANDIDATES;
  }

  /**
   * A heartbeat is about to be sent, conditioned on the candidates before this call.
   *
   * @param version its version, never used before
   * @param at taken before the send
   * @param dataRevision the revision of the lock's data that it carries
   */
  public void sending(String version, Moment at, long dataRevision) {
    candidates.put(version, new Sent(at, dataRevision));
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
  public Verdict applied(String version) {
    return confirm(version);
  }

  /**
   * A heartbeat's condition failed, or the item was read: this is what stands there.
   *
   * @param state the item
   * @return what it means
   */
  public Verdict found(ItemState state) {
    Reason loss = lossShownBy(state);
    if (loss != null) {
      return new Verdict.Lost(loss);
    }
    return state instanceof ItemState.Lock lock
        ? confirm(lock.item().version())
        : Verdict.UNCONFIRMED;
  }

  /**
   * Whether the hold is lost, if this stands there now.
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

  /** By the token, which grows with each holder; clients of other makes keep or drop it. */
  private boolean hasHadALaterHolder(LockItem item, boolean ours) {
    if (item.fencingToken().isEmpty()) {
      return !ours || !item.released();
    }
    long token = item.fencingToken().getAsLong();
    return token == fencingToken ? !ours : token > fencingToken;
  }

  private Verdict confirm(String version) {
    Sent sent = candidates.get(version);
    if (sent == null || version.equals(confirmed)) {
      return Verdict.UNCONFIRMED;
    }
    dropSentBefore(version);
    confirmed = version;
    confirmedAt = sent.at();
    return new Verdict.Renewed(sent.dataRevision());
  }

  private void dropSentBefore(String version) {
    Iterator<String> each = candidates.keySet().iterator();
    while (each.hasNext() && !each.next().equals(version)) {
      each.remove();
    }
  }
}
