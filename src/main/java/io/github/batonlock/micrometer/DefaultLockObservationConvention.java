package io.github.batonlock.micrometer;

import io.github.batonlock.micrometer.LockObservation.HighKey;
import io.github.batonlock.micrometer.LockObservation.LowKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/** The keys that {@link LockObservation} documents. */
public class DefaultLockObservationConvention implements LockObservationConvention {
  /** Creates the convention. */
  public DefaultLockObservationConvention() {}

  @Override
  public KeyValues getLowCardinalityKeyValues(LockObservationContext context) {
    KeyValue outcome = LowKey.OUTCOME.withValue(context.outcome());
    if (context.observation() == LockObservation.ACQUIRE) {
      return KeyValues.of(outcome);
    }
    String reason =
        context.revocation().map(revocation -> LockMeters.name(revocation.reason())).orElse("none");
    return KeyValues.of(outcome, LowKey.REASON.withValue(reason));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(LockObservationContext context) {
    KeyValues keys =
        KeyValues.of(
            HighKey.KEY.withValue(context.key().toString()),
            HighKey.OWNER.withValue(context.ownerName()));
    return context.fencingToken().isEmpty()
        ? keys
        : keys.and(HighKey.TOKEN.withValue(Long.toString(context.fencingToken().getAsLong())));
  }
}
