package io.github.batonlock.testing;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;

class FakeHeldLockTest {
  private final FakeHeldLock lock = FakeHeldLock.of("job");
  private final List<String> told = new ArrayList<>();

  @Test
  void lockThatIsNew_isHeld() {
    lock.ensureHeld();
    lock.ensureHeldFor(ofSeconds(16));

    assertThat(lock.isHeld()).isTrue();
    assertThat(lock.key()).isEqualTo(LockKey.of("job"));
    assertThat(lock.fencingToken()).isOne();
    assertThat(lock.guard().conditionCheck()).isNotNull();
  }

  @Test
  void lockThatIsRevoked_tellsOnce_andThrows() {
    HeldLock same = lock.onRevoked(revocation -> told.add("first " + revocation.reason()));
    Revocation revocation = lock.revoke(Reason.TAKEN_OVER);
    lock.revoke(Reason.LEASE_EXPIRED);
    lock.onRevoked(late -> told.add("late " + late.reason()));

    assertThat(same).isSameAs(lock);
    assertThat(told).containsExactly("first TAKEN_OVER", "late TAKEN_OVER");
    assertThat(lock.revocation()).contains(revocation);
    assertThat(revocation.untilTakeover()).isZero();
    assertThat(lock.isHeld()).isFalse();
    assertThatThrownBy(lock::ensureHeld).isInstanceOf(LockRevokedException.class);
    assertThat(lock.updateDataAsync(SdkBytes.fromUtf8String("x"))).isCompletedExceptionally();
  }

  @Test
  void leaseThatExpires_leavesTimeToStop() {
    assertThat(lock.revoke(Reason.LEASE_EXPIRED).untilTakeover()).isEqualTo(ofSeconds(4));
  }

  @Test
  void lockThatIsClosed_isNeverRevoked() {
    lock.onRevoked(revocation -> told.add("told"));
    lock.close();
    lock.revoke(Reason.LEASE_EXPIRED);

    assertThat(told).isEmpty();
    assertThat(lock.isClosed()).isTrue();
    assertThatThrownBy(lock::ensureHeld).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lockInJeopardy_isHeld_untilItIsRenewed() {
    lock.onJeopardy(held -> told.add("jeopardy " + held.remaining()));
    lock.onSafe(held -> told.add("safe " + held.remaining()));
    lock.renew();
    lock.jeopardize(ofSeconds(3));

    assertThat(lock.isHeld()).isTrue();
    assertThatThrownBy(() -> lock.ensureHeldFor(ofSeconds(5)))
        .isInstanceOf(LockNotHeldException.class)
        .hasMessageContaining("'job' has PT3S left");
    lock.renew();
    lock.ensureHeldFor(ofSeconds(5));
    assertThat(told).containsExactly("jeopardy PT3S", "safe PT16S");
  }

  @Test
  void lockThatIsSuspect_isNeitherHeldNorRevoked() {
    lock.setRemaining(Duration.ZERO);

    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.revocation()).isEmpty();
    assertThatThrownBy(lock::ensureHeld)
        .isInstanceOf(LockNotHeldException.class)
        .isNotInstanceOf(LockRevokedException.class);
  }

  @Test
  void requestForItsRelease_reachesCallbacks_alsoLateOnes() {
    lock.onReleaseRequested(request -> told.add(request.reason()));
    lock.requestRelease(
        new ReleaseRequest(lock.key(), "operator", "maintenance", Duration.ofMinutes(1)));
    lock.onReleaseRequested(request -> told.add("late " + request.askedBy()));

    assertThat(told).containsExactly("maintenance", "late operator");
  }

  @Test
  void dataAndProgress_areKept() {
    lock.updateData(SdkBytes.fromUtf8String("x"));
    lock.progress();

    assertThat(lock.data()).contains(SdkBytes.fromUtf8String("x"));
    assertThat(lock.progressReports()).isOne();
  }
}
