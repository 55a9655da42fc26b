package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.chaos.HandOffs.HandOff;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times are in nanoseconds; the lease is {@link Settings#LEASE}. */
class HandOffsTest {
  private static final long LEASE = Settings.LEASE.toNanos();

  @Test
  void releasedLock_wanted_isFreeFromTheReleaseToTheNextHolder() {
    assertThat(
            of(
                "100 110 table SEEN a 7 held v1 o1",
                "150 150 w2.1 WAITING a 4 -",
                "190 200 table SEEN a 7 free v2 o1",
                "290 300 table SEEN a 8 held v3 o2",
                "301 301 w2.1 ACQUIRED a 8 4"))
        .containsExactly(new HandOff("a", 8, 300, false, 100, 100));
  }

  @Test
  void releasedLock_wantedByNobodyForAWhile_isFreeWhileWantedFromTheFirstWish() {
    assertThat(
            of(
                "190 200 table SEEN a 7 free v2 o1",
                "210 210 w1.1 WAITING a 1 -",
                "230 230 w1.1 GAVE_UP a 1 HELD",
                "270 270 w2.1 WAITING a 4 -",
                "290 300 table SEEN a 8 held v3 o2",
                "301 301 w2.1 ACQUIRED a 8 4"))
        .containsExactly(new HandOff("a", 8, 300, false, 30, 30));
  }

  @Test
  void releasedLock_wantedByOneAfterTheOther_countsAllOfIt() {
    assertThat(
            of(
                "190 200 table SEEN a 7 free v2 o1",
                "180 180 w1.1 WAITING a 1 -",
                "240 240 w2.1 WAITING a 4 -",
                "250 250 w1.1 KILLED - 0 -",
                "290 300 table SEEN a 8 held v3 o2",
                "301 301 w2.1 ACQUIRED a 8 4"))
        .containsExactly(new HandOff("a", 8, 300, false, 100, 60));
  }

  @Test
  void silentHoldersLock_wanted_isFreeALeaseAfterItsLastHeartbeat() {
    long taken = 110 + LEASE + 40;
    assertThat(of(silence(105, taken))).containsExactly(new HandOff("a", 8, taken, true, 40, 40));
  }

  @Test
  void silentHoldersLock_wantedLater_isNotFreeForALeaseOfTheWaitersOwn() {
    long taken = 110 + LEASE + 40;
    assertThat(of(silence(130, taken))).containsExactly(new HandOff("a", 8, taken, true, 40, 20));
    assertThat(of(silence(300, taken))).containsExactly(new HandOff("a", 8, taken, true, 40, 0));
  }

  private static String[] silence(long wanted, long taken) {
    return new String[] {
      "90 100 table SEEN a 7 held v1 o1",
      "105 110 table SEEN a 7 held v2 o1",
      wanted + " " + wanted + " w2.1 WAITING a 4 -",
      "400 400 w1.1 KILLED - 0 -",
      taken + " " + taken + " table SEEN a 8 held v3 o2",
      (taken + 1) + " " + (taken + 1) + " w2.1 ACQUIRED a 8 4"
    };
  }

  @Test
  void waiter_underAFault_isCountedApart() {
    long taken = 300 + LEASE;
    assertThat(
            of(
                "190 200 table SEEN a 7 free v2 o1",
                "150 150 w2.1 WAITING a 4 -",
                "230 270 w2 FAULT - 0 STALL",
                taken + " " + taken + " table SEEN a 8 held v3 o2",
                (taken + 1) + " " + (taken + 1) + " w2.1 ACQUIRED a 8 4"))
        .containsExactly(new HandOff("a", 8, taken, false, taken - 200, 30));
    assertThat(
            of(
                "190 200 table SEEN a 7 free v2 o1",
                "150 150 w2.1 WAITING a 4 -",
                "180 290 table FAULT - 0 STOP_TABLE",
                "295 300 table SEEN a 8 held v3 o2",
                "301 301 w2.1 ACQUIRED a 8 4"))
        .containsExactly(new HandOff("a", 8, 300, false, 100, 0));
  }

  @Test
  void lock_takenSoonerThanALeaseAfterAHeartbeat_wasReleasedUnseen() {
    assertThat(
            of(
                "150 150 w2.1 WAITING a 4 -",
                "190 200 table SEEN a 7 held v2 o1",
                "290 300 table SEEN a 8 held v3 o2",
                "301 301 w2.1 ACQUIRED a 8 4"))
        .containsExactly(new HandOff("a", 8, 300, false, 0, 0));
  }

  @Test
  void heartbeatsAndReleases_areNoHandOffs() {
    assertThat(
            of(
                "100 110 table SEEN a 7 held v1 o1",
                "120 130 table SEEN a 7 held v2 o1",
                "140 150 table SEEN a 7 free v3 o1"))
        .isEmpty();
  }

  private static List<HandOff> of(String... lines) {
    return HandOffs.of(Arrays.stream(lines).map(Event::parse).toList());
  }
}
