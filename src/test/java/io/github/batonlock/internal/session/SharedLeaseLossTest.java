package io.github.batonlock.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told of the loss of locks that share a lease. Lease 20 s, usable 16 s, beat 5 s. */
class SharedLeaseLossTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> config.leases = Leases.shared());

  @Test
  void lossOfALock_whoseSessionCouldNotBeRenewed_namesTheFailureOfTheRenewal() {
    HeldLock lock = a.acquired();
    HeldLock other = a.acquired(request -> request.key("other"));
    List<Revocation> told = a.revocations(lock);
    a.store.fail("heartbeat", Fault.THROTTLED);
    List<Revocation> ofOther = a.revocations(other);
    world.seconds(20);

    assertThat(List.of(told.get(0), ofOther.get(0)))
        .allSatisfy(
            loss -> {
              assertThat(loss.reason()).isEqualTo(Reason.LEASE_EXPIRED);
              assertThat(loss.cause())
                  .hasValueSatisfying(
                      cause ->
                          assertThat(cause)
                              .isInstanceOf(LockStoreException.class)
                              .hasMessageContaining("THROTTLED"));
            });
  }

  @Test
  void lossOfALock_thatNoFailureCameBefore_namesNone() {
    HeldLock lock = a.acquired();
    List<Revocation> told = a.revocations(lock);
    a.store.failNext("heartbeat", Fault.THROTTLED);
    world.seconds(10);
    a.machine.pause();
    world.seconds(30);
    a.machine.resume();
    world.seconds(1);

    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.LEASE_EXPIRED);
    assertThat(told.get(0).cause()).isEmpty();
  }
}
