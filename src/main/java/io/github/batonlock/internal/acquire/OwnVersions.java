package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.observe.Claims;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Collection;

/**
 * The record versions that acquisitions of this client write.
 *
 * <pre>
 *   fresh --> claimed --granted------------------> held: the hold stands for it
 *                '------no longer wanted, late---> retired --free--> its item is freed
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class OwnVersions {
  private final String owner;
  private final VersionFactory versions;
  private final RetiredVersions retired;
  private final Claims claims;
  private final Releases releases;

  public OwnVersions(
      String owner,
      VersionFactory versions,
      RetiredVersions retired,
      Claims claims,
      Releases releases) {
    this.owner = owner;
    this.versions = versions;
    this.retired = retired;
    this.claims = claims;
    this.releases = releases;
  }

  /** The name under which this client writes. */
  String owner() {
    return owner;
  }

  /** A version that no other write has. Any thread. */
  String fresh(ClockReading sentAt) {
    return versions.next(sentAt);
  }

  /** A granting write with this version may be applied from now on. */
  void claim(String version) {
    claims.add(version);
  }

  /** A write takes a lock over from a holder with this version. */
  void takingOver(String silentVersion) {
    retired.takingOver(silentVersion);
  }

  /** A hold has this version now. */
  void held(String version) {
    claims.remove(version);
  }

  /** No hold has these versions, or will have them: items that show them are ghosts. */
  void retire(Collection<String> fewer) {
    retired.add(fewer);
    claims.removeAll(fewer);
  }

  /** Retires the versions of a release, and frees an item that shows one of them. */
  void free(Releases.Job job) {
    retire(job.versions());
    releases.cleanUp(job);
  }
}
