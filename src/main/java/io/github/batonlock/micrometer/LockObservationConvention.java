package io.github.batonlock.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * The names and keys of Baton's observations. Implement it, or extend {@link
 * DefaultLockObservationConvention}, to change them. A convention that gives no name keeps those of
 * {@link LockObservation}.
 */
public interface LockObservationConvention extends ObservationConvention<LockObservationContext> {
  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof LockObservationContext;
  }
}
