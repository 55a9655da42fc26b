package io.github.batonlock.micrometer;

import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.micrometer.observation.Observation;
import java.util.concurrent.atomic.AtomicBoolean;

/** The observation of one hold. It ends once. Any thread. */
final class ObservedHold {
  private final Observation observation;
  private final LockObservationContext context;
  private final AtomicBoolean ended = new AtomicBoolean();

  ObservedHold(Observation observation, LockObservationContext context) {
    this.observation = observation;
    this.context = context;
  }

  /** Makes this the current observation of the thread. */
  Observation.Scope openScope() {
    return observation.openScope();
  }

  void released() {
    if (ended.compareAndSet(false, true)) {
      context.outcome("released");
      observation.stop();
    }
  }

  void revoked(Revocation revocation) {
    if (ended.compareAndSet(false, true)) {
      context.outcome("revoked");
      context.revoked(revocation);
      var unused = observation.error(new LockRevokedException(revocation));
      observation.stop();
    }
  }
}
