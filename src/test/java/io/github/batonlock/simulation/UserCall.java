package io.github.batonlock.simulation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call of a user's that has to end by itself: an update, a close, a join, a wait for what a
 * recipe gives.
 */
final class UserCall {
  final Node node;
  final String what;
  final Reading began;

  /**
   * How long the call may take, whatever happens; null where only a connected process is in time.
   */
  final @Nullable Duration always;

  /** How long it may take before a connected process has to end it; null where that is as above. */
  final @Nullable Duration patience;

  @Nullable Reading ended;

  private UserCall(Node node, String what, @Nullable Duration always, @Nullable Duration patience) {
    this.node = node;
    this.what = what;
    this.began = node.reading();
    this.always = always;
    this.patience = patience;
  }

  /** One that ends within a time, also while nothing can be reached. */
  static UserCall within(Duration time, Node node, String what) {
    return new UserCall(node, what, time, null);
  }

  /** One that a process ends soon after a time once it is connected. */
  static UserCall soonAfter(Duration time, Node node, String what) {
    return new UserCall(node, what, null, time);
  }

  /** Ends with a future. */
  UserCall until(CompletableFuture<?> future) {
    CompletableFuture<?> unused = future.whenComplete((value, failure) -> end());
    return this;
  }

  /** Has ended. */
  void end() {
    if (ended == null) {
      ended = node.reading();
    }
  }

  @Override
  public String toString() {
    return node + "'s " + what;
  }
}
