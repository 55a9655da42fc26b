package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What a client knows of the others that take a lock in turn with it. Each has it for 100. */
class RivalEstimatorTest {
  private static final long EACH = 100;

  private final RivalEstimator rivals = new RivalEstimator();
  private int clients = 100;

  private void othersHave(long from, long to) {
    for (long token = from; token <= to; token++) {
      rivals.saw((int) (token % clients), OptionalLong.of(token), token * EACH);
    }
  }

  private void turns(int all, int number) {
    clients = all;
    for (long turn = 0; turn < number; turn++) {
      long token = 1 + turn * clients;
      rivals.acquired(token, token * EACH, false);
      othersHave(token + 1, token + clients - 1);
    }
  }

  @Test
  void firstWait_isAsOfOneThatWaitsAlone_untilOthersAreSeen() {
    assertThat(rivals.untilTurn(0)).isZero();
    assertThat(rivals.share()).isEqualTo(1);
    othersHave(1, 1);
    assertThat(rivals.share()).isEqualTo(1);
    othersHave(2, 4);
    assertThat(rivals.share()).isEqualTo(4);
    othersHave(5, 50);
    assertThat(rivals.share()).isEqualTo(9);
    assertThat(rivals.untilTurn(50 * EACH)).isZero();
  }

  /** Two that pass the lock to each other are two, however often they do so. */
  @Test
  void firstTurn_thatComesLate_isNotTakenForOneOfMany() {
    clients = 2;
    othersHave(1, 100);
    assertThat(rivals.share()).isEqualTo(2);
    rivals.acquired(101, 101 * EACH, false);
    othersHave(102, 102);
    assertThat(rivals.untilTurn(102 * EACH)).isLessThanOrEqualTo(3 * EACH);
  }

  @Test
  void twoInTurn_waitForNoOther() {
    turns(2, 20);
    long now = 40 * EACH;
    assertThat(rivals.share()).isEqualTo(1);
    // Less than the hold that has just begun.
    assertThat(rivals.untilTurn(now)).isBetween(0L, EACH - 1);
  }

  @Test
  void tenInTurn_leaveTheLockToTheOthers_andLookMoreRarely() {
    turns(10, 20);
    rivals.acquired(201, 201 * EACH, false);
    othersHave(202, 202);
    assertThat(rivals.untilTurn(202 * EACH)).isCloseTo(7 * EACH, within(2L));
    assertThat(rivals.untilTurn(205 * EACH)).isCloseTo(4 * EACH, within(2L));
    othersHave(209, 209);
    assertThat(rivals.untilTurn(209 * EACH)).isZero();
    double onTime = rivals.share();
    assertThat(onTime).isGreaterThan(2);
    othersHave(220, 220);
    assertThat(rivals.share()).isLessThan(onTime / 2);
  }

  @Test
  void handingOnWithinTheClient_isOneTurn() {
    turns(3, 20);
    for (long token = 61; token < 90; token++) {
      rivals.acquired(token, token * EACH, token > 61);
    }
    othersHave(90, 90);
    assertThat(rivals.share()).isEqualTo(1.2, within(0.01));
  }

  @Test
  void locksOfALibraryWithoutTokens_tellNothing() {
    rivals.saw(1, OptionalLong.empty(), 0);
    rivals.saw(1, OptionalLong.empty(), EACH);
    assertThat(rivals.share()).isEqualTo(1);
    assertThat(rivals.untilTurn(EACH)).isZero();
  }
}
