package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.callback.Warnings;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.observe.OwnVersions;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Collection;
import java.util.List;

/**
 * The record versions that acquisitions of this client write.
 *
 * <pre>
 *   fresh --> claimed --granted------------------> held: the hold stands for it
 *                '------no longer wanted, late---> retired --free--> its item is freed
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class GrantVersions {
  private final String owner;
  private final OwnVersions versions;
  private final Releases releases;
  private final Warnings warnings;

  public GrantVersions(String owner, OwnVersions versions, Releases releases, Warnings warnings) {
    this.owner = owner;
    this.versions = versions;
    this.releases = releases;
    this.warnings = warnings;
  }

  /** The lines that the client logs. */
  Warnings warnings() {
    return warnings;
  }

  /** The name under which this client writes. */
  String owner() {
    return owner;
  }

  /** A version that no other write has. Any thread. */
  String fresh(ClockReading sentAt) {
    return versions.next(sentAt);
  }

  /** What the item says of the time when a version was sent. */
  SentBefore stamp(String version, ClockReading sentAt) {
    return versions.stamp(version, sentAt);
  }

  /** A granting write with this version may be applied from now on. */
  void claim(String version) {
    versions.claim(List.of(version));
  }

  /** A write takes a lock over from a holder with this version. */
  void takingOver(String silentVersion) {
    versions.takingOver(silentVersion);
  }

  /** A hold has this version now. */
  void held(String version) {
    versions.disclaim(List.of(version));
  }

  /** No hold has these versions, or will have them: items that show them are ghosts. */
  void retire(Collection<String> fewer) {
    versions.retire(fewer);
    versions.disclaim(fewer);
  }

  /** Retires the versions of a release, and frees an item that shows one of them. */
  void free(Releases.Job job) {
    retire(job.versions());
    releases.cleanUp(job, failure -> warnings.notFreed(job.key(), failure));
  }
}
