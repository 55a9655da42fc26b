package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.TableClock;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Collection;
import java.util.List;

/** The record versions of this client: it makes them, claims some, and retires them at last. */
@ConfinedTo(ConfinedTo.LOOP)
public final class OwnVersions {
  private final VersionFactory made;
  private final Claims claimed;
  private final RetiredVersions retired;
  private final TableClock tableClock;

  public OwnVersions(
      VersionFactory made, Claims claimed, RetiredVersions retired, TableClock tableClock) {
    this.made = made;
    this.claimed = claimed;
    this.retired = retired;
    this.tableClock = tableClock;
  }

  /** A fresh version, for a write that is sent now. */
  public String next(ClockReading sentAt) {
    return made.next(sentAt);
  }

  /** What the item says of the time when a version was sent, by the clock of the table. */
  public SentBefore stamp(String version, ClockReading sentAt) {
    return SentBefore.stamp(version, tableClock.upperBound(sentAt));
  }

  /** The client stands for these versions, although no hold has them. */
  public void claim(Collection<String> versions) {
    claimed.addAll(versions);
  }

  public void disclaim(Collection<String> versions) {
    claimed.removeAll(versions);
  }

  /** No hold will have these versions again. */
  public void retire(Collection<String> versions) {
    retired.add(versions);
  }

  /** A write takes a lock over from a holder with this version. */
  public void takingOver(String silentVersion) {
    retired.takingOver(silentVersion);
  }

  /** Follows what this client does about retired versions, until {@link #unfollow}. */
  public RetiredVersions.Followed follow(List<String> versions) {
    return retired.follow(versions);
  }

  public void unfollow(RetiredVersions.Followed followed) {
    retired.unfollow(followed);
  }
}
