package io.github.batonlock.micrometer;

import io.github.batonlock.LockListener.AcquisitionEnded;
import io.github.batonlock.Revocation;
import io.github.batonlock.micrometer.LockMeters.HoldEnd;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A group of locks: its counts, and its meters in each registry. Any thread. */
final class LockGroup {
  private final Tags tags;
  private final LockCounts counts = new LockCounts();
  private final List<LockMeters> meters = new CopyOnWriteArrayList<>();

  /**
   * A group in no registry.
   *
   * @param tags the tag of the group; empty where locks have no groups
   */
  LockGroup(Tags tags) {
    this.tags = tags;
  }

  void bindTo(MeterRegistry registry, boolean hasTimers) {
    meters.add(new LockMeters(registry, tags, counts, hasTimers));
  }

  LockCounts counts() {
    return counts;
  }

  void acquisitionEnded(AcquisitionEnded event) {
    meters.forEach(each -> each.acquisitionEnded(event));
  }

  void holdEnded(HoldEnd end, Duration held) {
    meters.forEach(each -> each.holdEnded(end, held));
  }

  void revoked(Revocation.Reason reason) {
    meters.forEach(each -> each.revoked(reason));
  }
}
