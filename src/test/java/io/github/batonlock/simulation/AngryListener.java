package io.github.batonlock.simulation;

import io.github.batonlock.LockListener;

/** A client's listener that does what another one does, and then may throw an error. */
final class AngryListener extends ForwardingListener {
  private final Anger anger;

  AngryListener(LockListener listener, Anger anger) {
    super(listener);
    this.anger = anger;
  }

  @Override
  void passedOn() {
    anger.mayThrow();
  }
}
