package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * A machine with clocks of wrong rates, and the table that it asks. Its requests are answered by
 * hosts whose clocks are within an error of true time.
 */
final class SkewedMachine {
  static final long MILLI = ClockReading.NANOS_PER_MILLI;
  static final long SECOND = 1_000 * MILLI;

  /** True time, which all machines share. */
  static final class TrueTime {
    long nanos = 1_767_225_600L * SECOND;
  }

  final TableClock tableClock;
  private final RandomGenerator random;
  private final TrueTime time;
  private final long hostError;

  /** A machine that is suspended has a wall clock that is stepped forward only. */
  private final boolean isSuspended;

  private final double monotonicRate;
  private final double wallRate;
  private double monotonic;
  private double wall;
  private long last;

  /** An answer that has not been told to the clock yet. */
  private record Answer(Instant date, ClockReading sent, ClockReading received) {}

  SkewedMachine(RandomGenerator random, TrueTime time, Duration hostError) {
    this.random = random;
    this.time = time;
    this.hostError = hostError.toNanos();
    this.tableClock = new TableClock(hostError);
    this.isSuspended = random.nextBoolean();
    this.monotonicRate = rate();
    this.wallRate = random.nextBoolean() ? monotonicRate : rate();
    this.monotonic = random.nextDouble(-1e12, 1e12);
    this.wall = random.nextDouble(1e18, 2e18);
    this.last = time.nanos;
  }

  /** Slow or fast by a ninth, as much as leases tolerate, or anything between. */
  private double rate() {
    return switch (random.nextInt(4)) {
      case 0 -> 8 / 9.0 + 1e-9;
      case 1 -> 10 / 9.0 - 1e-9;
      default -> random.nextDouble(8 / 9.0 + 1e-9, 10 / 9.0 - 1e-9);
    };
  }

  /** Mostly short, sometimes long. */
  long some(long most) {
    return (long) Math.exp(random.nextDouble(Math.log(MILLI), Math.log((double) most)));
  }

  ClockReading now() {
    catchUp();
    return new ClockReading((long) monotonic, Math.floorDiv((long) wall, MILLI));
  }

  private void catchUp() {
    monotonic += (time.nanos - last) * monotonicRate;
    wall += (time.nanos - last) * wallRate;
    last = time.nanos;
  }

  /** A suspend that the monotonic clock misses, or a step of the wall clock. */
  void disturb(long most) {
    catchUp();
    long size = some(most);
    if (isSuspended && random.nextBoolean()) {
      time.nanos += size;
      wall += size * wallRate;
      last = time.nanos;
    } else {
      wall += isSuspended || random.nextBoolean() ? size : -size;
    }
  }

  /** A request that is answered; some answers have no date, some are told out of order. */
  void request(long longest) {
    Answer first = answered(longest);
    if (random.nextInt(5) == 0) {
      tell(answered(longest));
    }
    if (random.nextInt(10) != 0) {
      tell(first);
    }
  }

  private Answer answered(long longest) {
    ClockReading sent = now();
    pass(longest);
    long error =
        random.nextInt(3) == 0
            ? random.nextLong(-hostError, hostError + 1)
            : random.nextBoolean() ? hostError : -hostError;
    Instant date = Instant.ofEpochSecond(Math.floorDiv(time.nanos + error, SECOND));
    pass(longest);
    return new Answer(date, sent, now());
  }

  private void pass(long longest) {
    time.nanos += some(longest);
    if (random.nextInt(10) == 0) {
      disturb(longest);
    }
  }

  private void tell(Answer answer) {
    tableClock.answer(answer.date(), answer.sent(), answer.received());
  }
}
