package io.github.batonlock.internal.virtual;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** The wall clock of a machine on virtual time. */
public final class HostClock extends Clock {
  private final Machine machine;
  private final ZoneId zone;

  /** The clock of one machine. */
  public HostClock(Machine machine, ZoneId zone) {
    this.machine = machine;
    this.zone = zone;
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return new HostClock(machine, other);
  }

  @Override
  public long millis() {
    return machine.epochMillis();
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }
}
