package io.github.batonlock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.micrometer.MeteredWorld.Metered;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each alert of the page: its condition is not met while all is well, and is met once it has been
 * provoked. Lease 20 s, usable 16 s, heartbeats each 5 s.
 */
class AlertsTest {
  private static final Duration LEASE = Duration.ofSeconds(20);

  @RegisterExtension private final World world = new World();
  private final MeteredWorld metered = new MeteredWorld(world);
  private final Metered a = metered.process("a");
  private final Metered b = metered.process("b");

  /** Some work on which no alert fires, and what was scraped before it. */
  private Scrape quietTime(String alert) {
    Scrape begin = metered.scrape();
    for (int i = 0; i < 3; i++) {
      HeldLock lock = a.node().acquired();
      world.seconds(40);
      lock.close();
      b.node().acquired(request -> request.key("other")).close();
      world.seconds(1);
    }
    assertThat(Page.alert(alert).isMet(begin, metered.scrape())).as(alert).isFalse();
    return metered.scrape();
  }

  @Test
  void page_hasFiveAlerts_andEachIsProvokedHere() {
    assertThat(Page.alerts().keySet())
        .isEqualTo(
            Set.of(
                "BatonLeaseSlackLow",
                "BatonLockTakenOver",
                "BatonWaitsLong",
                "BatonWaitingWithoutHolder",
                "BatonRefusedOften"));
  }

  @Test
  void slackLow_whenRenewalsComeLate_isMet() {
    Scrape begin = quietTime("BatonLeaseSlackLow");
    HeldLock lock = a.node().acquired();
    a.node().store.fail("heartbeat", Fault.THROTTLED);
    Duration little = Duration.ofSeconds(4);
    world.until("little left", LEASE, () -> lock.remaining().compareTo(little) < 0);
    a.node().store.heal();
    world.seconds(7);
    assertThat(lock.isHeld()).isTrue();
    assertThat(Page.alert("BatonLeaseSlackLow").isMet(begin, metered.scrape())).isTrue();
  }

  @Test
  void takenOver_whenAHolderSleepsLongerThanItsLease_isMet() {
    Scrape begin = quietTime("BatonLockTakenOver");
    HeldLock lock = a.node().acquired();
    a.node().machine.sleep();
    b.node().acquire();
    world.seconds(30);
    a.node().machine.wake();
    world.seconds(5);
    assertThat(lock.revocation()).map(Revocation::reason).contains(Revocation.Reason.TAKEN_OVER);
    assertThat(Page.alert("BatonLockTakenOver").isMet(begin, metered.scrape())).isTrue();
  }

  @Test
  void waitsLong_whenAHolderKeepsTheLockLongerThanALease_isMet() {
    Scrape begin = quietTime("BatonWaitsLong");
    HeldLock lock = a.node().acquired();
    b.node().acquire(LockRequest.Builder::waitForever);
    world.seconds(30);
    lock.close();
    world.seconds(5);
    assertThat(Page.alert("BatonWaitsLong").isMet(begin, metered.scrape())).isTrue();
  }

  @Test
  void waitingWithoutHolder_whenTheTableRefusesAll_isMetForItsTime() {
    Page.Alert alert = Page.alert("BatonWaitingWithoutHolder");
    Scrape begin = quietTime("BatonWaitingWithoutHolder");
    b.node().store.failAll(Fault.THROTTLED);
    b.node().acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    for (Duration passed = Duration.ZERO;
        passed.compareTo(alert.lasting()) <= 0;
        passed = passed.plusSeconds(10)) {
      assertThat(alert.isMet(begin, metered.scrape())).as("after %s", passed).isTrue();
      world.seconds(10);
    }
    b.node().store.heal();
    world.seconds(30);
    assertThat(alert.isMet(begin, metered.scrape())).isFalse();
  }

  /** The takeover of a dead holder's lock takes less time than the alert waits. */
  @Test
  void waitingWithoutHolder_whileALockIsTakenOver_lastsTooShortlyToFire() {
    Page.Alert alert = Page.alert("BatonWaitingWithoutHolder");
    Scrape begin = quietTime("BatonWaitingWithoutHolder");
    a.node().acquired();
    world.seconds(7);
    a.node().machine.crash();
    metered.isGone("a");
    b.node().acquire();
    world.seconds(1);
    assertThat(alert.isMet(begin, metered.scrape())).isTrue();
    world.seconds(alert.lasting().toSeconds() / 2.0);
    assertThat(alert.isMet(begin, metered.scrape())).isFalse();
  }

  @Test
  void refusedOften_whenAProcessTriesAllTheTime_isMet() {
    Scrape begin = quietTime("BatonRefusedOften");
    a.node().acquired();
    for (int i = 0; i < 30; i++) {
      b.node().acquire(request -> request.waitUpTo(Duration.ZERO));
      world.seconds(1);
    }
    assertThat(Page.alert("BatonRefusedOften").isMet(begin, metered.scrape())).isTrue();
  }
}
