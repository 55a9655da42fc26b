package io.github.batonlock.recipe;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The wish of a leader that somebody else leads next, and for how long it is respected here. */
@ConfinedTo(ConfinedTo.SERIAL)
final class Succession {
  private final RecipeSupport support;
  private final String candidateId;
  private final Duration standBack;
  private @Nullable Wish wish;

  /** The last that was met: of which term, and until when it counts. */
  private record Wish(long term, long until) {}

  Succession(RecipeSupport support, String candidateId, Duration standBack) {
    this.support = support;
    this.candidateId = candidateId;
    this.standBack = standBack;
  }

  /** Whether the lock, with what the last leader left in it, is not for this candidate now. */
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

  /** This candidate hands over, at the end of this term. */
  void handedOver(long term) {
    wish = from(term);
  }

  private Wish from(long term) {
    return new Wish(term, support.nanoTime() + standBack.toNanos());
  }
}
