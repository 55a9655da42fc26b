package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tries of recipes that cannot succeed, because their own client holds a lock that they need: no
 * request is sent.
 */
class OwnLockTriesTest {
  @RegisterExtension final World world = new World();
  private final World.Node a = world.node("a");

  private void assertRefusedWithoutARequest(Callable<Optional<?>> attempt) throws Exception {
    int before = a.store.trace().size();
    for (int i = 0; i < 40; i++) {
      assertThat(attempt.call()).isEmpty();
    }
    assertThat(a.store.trace()).hasSize(before);
  }

  @Test
  void severalLocks_ofWhichTheClientHoldsOne() throws Exception {
    HeldLock held = a.acquired(r -> r.key("z"));
    MultiLock locks = MultiLock.of(a.client, "x", "y", "z");
    assertRefusedWithoutARequest(locks::tryAcquire);
    assertRefusedWithoutARequest(locks.inOrder()::tryAcquire);
    held.close();
    assertThat(locks.tryAcquire()).isPresent();
  }

  /** Regression: the gate and the other permits were taken and given back. */
  @Test
  void writer_whileAReaderOfTheClientIsInside() throws Exception {
    SharedExclusiveLock lock = SharedExclusiveLock.of(a.client, LockRequest.of("k"), 4);
    Hold reader = lock.tryAcquireShared().orElseThrow();
    assertRefusedWithoutARequest(lock::tryAcquireExclusive);
    reader.close();
    assertThat(lock.tryAcquireExclusive()).isPresent();
  }

  @Test
  void readerAndWriter_whileAWriterOfTheClientIsInside() throws Exception {
    SharedExclusiveLock lock = SharedExclusiveLock.of(a.client, LockRequest.of("k"), 4);
    Hold writer = lock.tryAcquireExclusive().orElseThrow();
    assertRefusedWithoutARequest(lock::tryAcquireExclusive);
    assertRefusedWithoutARequest(lock::tryAcquireShared);
    writer.close();
    assertThat(lock.tryAcquireShared()).isPresent();
  }

  @Test
  void permit_whileTheClientHasAll() throws Exception {
    CountedSemaphore semaphore = CountedSemaphore.of(a.client, "k", 3);
    List<Hold> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(semaphore.tryAcquire().orElseThrow());
    }
    assertRefusedWithoutARequest(semaphore::tryAcquire);
    all.get(0).close();
    assertThat(semaphore.tryAcquire()).isPresent();
  }

  /** Regression: the queue and a ticket were taken and given back. */
  @Test
  void turn_whileTheClientHasTheLock() throws Exception {
    FairLock lock = FairLock.of(a.client, "k");
    Hold turn = lock.acquire(Duration.ofMinutes(1));
    int before = a.store.trace().size();
    assertThatThrownBy(() -> lock.acquire(Duration.ZERO))
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
              assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo("a");
            });
    assertThat(a.store.trace()).hasSize(before);
    turn.close();
    assertThat(lock.acquire(Duration.ZERO).isHeld()).isTrue();
  }

  @Test
  void viewOfALock_thatTheClientHolds() {
    a.acquired();
    ReentrantLockView view = ReentrantLockView.of(a.client, LockRequest.of("k"));
    for (int i = 0; i < 40; i++) {
      assertThat(view.tryLock()).isFalse();
    }
    assertThat(a.store.trace()).hasSize(1);
  }
}
