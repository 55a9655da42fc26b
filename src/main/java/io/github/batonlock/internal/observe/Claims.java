package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Versions that this client stands for although none of its holds has them: those of granting
 * writes whose fate is unknown, and of lost holds whose work may go on.
 *
 * <p>What names a session of this client by any other version than these, and than those of its
 * holds, is held by nobody.
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
