package io.github.batonlock.recipe.election;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A leader's request that another candidate leads next, and how long this candidate respects it.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class HandoverPreference {
  private final RecipeSupport support;
  private final String candidateId;
  private final Duration standBack;
  private @Nullable Wish wish;

  /** The last request that this candidate met: its term, and until when it counts. */
  private record Wish(long term, long until) {}

  HandoverPreference(RecipeSupport support, String candidateId, Duration standBack) {
    this.support = support;
    this.candidateId = candidateId;
    this.standBack = standBack;
  }

  /**
   * Returns whether the lock is reserved for another candidate now, by the record that the last
   * leader left in it.
   */
  boolean isForAnother(Optional<LeaderRecord> left) {
    String heir = left.map(LeaderRecord::heir).orElse(null);
    if (heir == null || heir.equals(candidateId)) {
      return false;
    }
    long term = left.map(LeaderRecord::term).orElse(0L);
    if (wish == null || wish.term() != term) {
      wish = from(term);
    }
    return support.nanoTime() < wish.until();
  }

  /** Records that this candidate hands over, at the end of the given term. */
  void handedOver(long term) {
    wish = from(term);
  }

  private Wish from(long term) {
    return new Wish(term, support.nanoTime() + standBack.toNanos());
  }
}
