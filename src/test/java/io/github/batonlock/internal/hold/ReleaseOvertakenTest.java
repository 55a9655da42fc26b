package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A release that arrives after the next holder of the same client has come and gone. */
class ReleaseOvertakenTest implements LockStore, LockListener {
  @RegisterExtension private final World world = new World();
  private final World.Node other = world.node("b");
  private final List<String> told = new ArrayList<>();
  private final Machine machine = world.time.machine();
  private final LockClient client =
      DefaultLockClient.start(new ClientConfig.Draft("locks").build(), machine, this, this);
  private boolean slow;
  private boolean sentTwice;

  /** Regression: it was reported as a lock that somebody had taken. */
  @Test
  void release_overtakenByTheNextHolderOfThisClient_isARelease() {
    HeldLock first = acquire().join();
    slow = true;
    CompletableFuture<Void> released = first.closeAsync();
    world.time.settle();
    slow = false;
    CompletableFuture<HeldLock> second = acquire();
    // Its own client's release is waited for, but not for longer than an answer may take.
    world.seconds(1);
    second.join().close();
    HeldLock others = other.acquired();
    assertThat(released).isNotDone();

    world.seconds(3);

    assertThat(released).isCompleted();
    assertThat(told).containsExactly("released 2", "released 1");
    assertThat(others.isHeld()).isTrue();
  }

  /** Regression: it was reported as a lock that somebody had taken. */
  @Test
  void release_whoseFirstAttemptWasAppliedUnnoticed_isARelease_thoughOthersHaveTheLockNow() {
    HeldLock lock = acquire().join();
    sentTwice = true;

    lock.close();

    world.time.settle();
    assertThat(told).containsExactly("released 1");
    assertThat(world.owner()).isEqualTo("b");
  }

  private CompletableFuture<HeldLock> acquire() {
    CompletableFuture<HeldLock> lock = client.acquireAsync(LockRequest.of("k"));
    world.seconds(0.01);
    return lock;
  }

  @Override
  public void released(HeldLock lock) {
    told.add("released " + number(lock));
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    told.add("unconfirmed " + number(lock));
  }

  private static long number(HeldLock lock) {
    return lock.fencingToken() % 1_000;
  }

  @Override
  public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    if (sentTwice) {
      sentTwice = false;
      world.table.write(write, timeouts).join();
      other.acquire();
      world.seconds(0.01);
      WriteAnswer answer = world.table.write(write, timeouts).join();
      return CompletableFuture.completedFuture(
          new WriteAnswer(answer.applied(), answer.item(), true, null));
    }
    if (!slow) {
      return world.table.write(write, timeouts);
    }
    CompletableFuture<WriteAnswer> answer = new CompletableFuture<>();
    world.time.schedule(
        Duration.ofSeconds(3).toNanos(),
        () -> answer.complete(world.table.write(write, timeouts).join()));
    return answer;
  }

  @Override
  public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
    return world.table.read(key, consistent, timeouts);
  }

  @Override
  public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
    return world.table.list(after, timeouts);
  }
}
