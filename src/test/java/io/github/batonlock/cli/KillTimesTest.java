package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KillTimesTest {

  /** Of each lease, 80 % is usable; a guard that looks late kills a pause later. */
  @ParameterizedTest
  @CsvSource({"1s, 0", "1s, 1h", "3s, 5s", "20s, 0", "20s, 5s", "20s, 1h", "1h, 1h"})
  void kills_ofToolAndGuard_comeBeforeTheLeaseIsOver(String leaseText, String graceText) {
    DurationConverter converter = new DurationConverter();
    Duration lease = converter.convert(leaseText);
    Duration grace = converter.convert(graceText);
    KillTimes times = new KillTimes(lease, grace);
    Duration usable = lease.multipliedBy(4).dividedBy(5);

    assertThat(usable.plus(times.graceAfterLoss(lease.minus(usable))))
        .isLessThanOrEqualTo(lease.multipliedBy(95).dividedBy(100));
    assertThat(usable.plus(times.guardsKill()).plus(times.pause())).isLessThan(lease);
    assertThat(times.guardsTerm()).isPositive().isLessThanOrEqualTo(times.guardsKill());
    assertThat(times.graceAfterLoss(Duration.ZERO)).isZero();
    assertThat(times.graceAfterLoss(Duration.ofDays(1))).isEqualTo(grace);
  }
}
