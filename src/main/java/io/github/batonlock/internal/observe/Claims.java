package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Versions that belong to this client although none of its holds has them: those of granting writes
 * that may have been applied, and those of lost holds with work that may go on.
 *
 * <p>If an item names a session of this client with another version than these, and than those of
 * its holds, no client holds that lock.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Claims {
  private final Set<String> versions = new HashSet<>();

  public void add(String version) {
    versions.add(version);
  }

  public void addAll(Collection<String> more) {
    versions.addAll(more);
  }

  public void remove(String version) {
    versions.remove(version);
  }

  public void removeAll(Collection<String> fewer) {
    fewer.forEach(versions::remove);
  }

  boolean contains(String version) {
    return versions.contains(version);
  }

  public void count(Census census) {
    census.add(Census.Kept.CLAIMED_VERSIONS, versions.size());
  }
}
