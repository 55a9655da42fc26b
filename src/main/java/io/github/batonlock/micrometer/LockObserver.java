package io.github.batonlock.micrometer;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockRequest;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Starts the observations of one client. Any thread. */
final class LockObserver {
  private static final DefaultLockObservationConvention DEFAULT =
      new DefaultLockObservationConvention();

  private final String ownerName;
  private final ObservationRegistry registry;
  private final @Nullable LockObservationConvention convention;

  LockObserver(
      String ownerName,
      ObservationRegistry registry,
      @Nullable LockObservationConvention convention) {
    this.ownerName = ownerName;
    this.registry = registry;
    this.convention = convention;
  }

  /** An acquisition begins now. */
  ObservedAcquisition acquisition(LockRequest request) {
    Observation parent = registry.getCurrentObservation();
    LockObservationContext context = LockObservationContext.ofAcquisition(request.key(), ownerName);
    boolean isOneTry =
        !request.isWaitForever() && request.waitUpTo().filter(Duration::isZero).isPresent();
    return new ObservedAcquisition(this, parent, start(context, parent), context, isOneTry);
  }

  /** A hold begins now. */
  ObservedHold hold(HeldLock lock, @Nullable Observation parent) {
    LockObservationContext context =
        LockObservationContext.ofHold(lock.key(), ownerName, lock.fencingToken());
    ObservedHold hold = new ObservedHold(start(context, parent), context);
    var unused = lock.onRevoked(hold::revoked);
    return hold;
  }

  private Observation start(LockObservationContext context, @Nullable Observation parent) {
    Observation observation =
        context.observation().observation(convention, DEFAULT, () -> context, registry);
    if (parent != null) {
      observation.parentObservation(parent);
    }
    return observation.start();
  }
}
