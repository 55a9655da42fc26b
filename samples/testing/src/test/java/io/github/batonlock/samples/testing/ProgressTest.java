package io.github.batonlock.samples.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.testing.FakeHeldLock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Callbacks alone: a lock that is none. */
class ProgressTest {
  @Test
  void status_followsTheLock() {
    FakeHeldLock lock = FakeHeldLock.of("monthly-report");
    Progress progress = new Progress(lock);

    lock.jeopardize(Duration.ofSeconds(6));
    assertEquals("the table does not answer, 6 s left", progress.status());
    lock.renew();
    assertEquals("working", progress.status());
    lock.revoke(Reason.LEASE_EXPIRED);
    assertEquals("stopped: LEASE_EXPIRED", progress.status());
  }
}
