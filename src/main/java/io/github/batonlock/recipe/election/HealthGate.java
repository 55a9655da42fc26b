package io.github.batonlock.recipe.election;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The health check of a candidate: asks whether the candidate can lead, on a thread of its own. */
@ConfinedTo(ConfinedTo.SERIAL)
final class HealthGate {
  private final RecipeSupport support;
  private final BooleanSupplier gate;
  private final Executor state;
  private final Executor asking;
  private final Consumer<Boolean> answered;
  private boolean asked;
  private long askedAt;

  HealthGate(
      RecipeSupport support, BooleanSupplier gate, Executor state, Consumer<Boolean> answered) {
    this.support = support;
    this.gate = gate;
    this.state = state;
    this.asking = support.serial();
    this.answered = answered;
  }

  /**
   * Asks, unless the last question is still open. A question that is open for a lease counts as no.
   */
  void ask() {
    long now = support.nanoTime();
    if (!asked) {
      asked = true;
      askedAt = now;
      asking.execute(this::askNow);
    } else if (now - askedAt >= support.leaseDuration().toNanos()) {
      answered.accept(false);
    }
  }

  private void askNow() {
    boolean[] answer = new boolean[1];
    try {
      answer[0] = gate.getAsBoolean();
    } finally {
      state.execute(
          () -> {
            asked = false;
            answered.accept(answer[0]);
          });
    }
  }
}
