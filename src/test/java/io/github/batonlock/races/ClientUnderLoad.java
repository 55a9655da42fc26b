package io.github.batonlock.races;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.LivePlatform;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A client on real threads, what is done with it, and what must be so when it has closed. */
final class ClientUnderLoad implements LockListener {
  private static final Duration LONG = Duration.ofMinutes(1);

  private static final LockRequest IF_FREE =
      LockRequest.builder().key("work").waitUpTo(Duration.ZERO).build();

  private final InMemoryLockStore table;
  private final WiredStore store;
  private final LockClient client;
  private final String threads;
  private final AtomicInteger working;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Queue<Obtained> obtained = new ConcurrentLinkedQueue<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private volatile boolean closing;

  /** A lock, and how often its callback ran. */
  private record Obtained(HeldLock lock, AtomicInteger told) {}

  /** The client has said that it is closed. */
  private static final class Closed extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /**
   * A client with renewals in quick succession.
   *
   * @param working how many do guarded work now, in all clients of the table
   */
  ClientUnderLoad(String owner, InMemoryLockStore table, Executor wire, AtomicInteger working) {
    this.table = table;
    this.working = working;
    this.store = new WiredStore(table, wire);
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.ownerName = owner;
    // No pause of this machine makes a lock run out, and every lock is renewed under way.
    draft.leaseDuration = Duration.ofMinutes(10);
    draft.heartbeatInterval = Duration.ofMillis(10);
    draft.closeTimeout = LONG;
    LivePlatform platform = new LivePlatform(null, null, Platforms.THREADS);
    CompletableFuture<String> loop = new CompletableFuture<>();
    platform.loop().execute(() -> loop.complete(Thread.currentThread().getName()));
    this.threads = loop.join().replace("loop-1", "");
    this.client = DefaultLockClient.start(draft.build(), platform, store, this);
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    if (failure instanceof LockRevokedException) {
      violations.add(lock + " was released, and reported as lost: " + failure);
    }
  }

  /** Uses the client in every way there is, until it says that it is closed. */
  void useUntilClosed() throws Exception {
    try {
      while (true) {
        useOnce();
      }
    } catch (Closed e) {
      assertThat(closing).as("closed by nobody").isTrue();
    }
  }

  private void useOnce() throws Exception {
    String key = keyOf(numbers.incrementAndGet());
    try {
      switch (ThreadLocalRandom.current().nextInt(8)) {
        case 0 -> use(obtain(client.acquire(key)), true);
        case 1 -> use(obtain(client.acquire(key)), false);
        case 2 -> client.tryAcquire("shared").ifPresent(lock -> use(obtain(lock), true));
        case 3 -> useAsync(key);
        case 4 -> client.runLocked(IF_FREE, this::work);
        case 5 -> assertThat(client.inspect(key)).isEmpty();
        case 6 -> assertThat(client.listLocks().limit(150).count()).isNotNegative();
        default -> client.acquire("shared").close();
      }
    } catch (LockNotAcquiredException e) {
      if (e.reason() == LockNotAcquiredException.Reason.CLIENT_CLOSED) {
        throw new Closed();
      }
      assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
    } catch (LockRevokedException e) {
      assertThat(e.revocation().reason()).isEqualTo(Revocation.Reason.CLIENT_CLOSED);
    } catch (LockStoreException e) {
      // Nothing here takes that long, but a machine may.
      assertThat(e.kind()).isEqualTo(LockStoreException.Kind.TIMED_OUT);
    } catch (IllegalStateException e) {
      assertThat(e).isExactlyInstanceOf(IllegalStateException.class);
      throw new Closed();
    }
  }

  private void useAsync(String key) throws Exception {
    CompletableFuture<HeldLock> lock = client.acquireAsync(LockRequest.of(key));
    if (ThreadLocalRandom.current().nextBoolean()) {
      Rounds.dawdle();
      lock.cancel(false);
    } else {
      use(obtain(Eventually.get(lock, LONG)), true);
    }
  }

  private HeldLock obtain(HeldLock lock) {
    AtomicInteger told = new AtomicInteger();
    lock.onRevoked(loss -> told.incrementAndGet());
    obtained.add(new Obtained(lock, told));
    return lock;
  }

  /** Everything that can be done with a lock; only closing the client may take it away. */
  private static void use(HeldLock lock, boolean close) {
    try {
      lock.ensureHeld();
      CompletableFuture<Void> update = lock.updateDataAsync(SdkBytes.fromUtf8String("data"));
      if (close) {
        Rounds.dawdle();
        lock.close();
        assertThat(lock.isHeld()).isFalse();
      }
      awaitUpdate(update, close);
    } catch (LockRevokedException e) {
      assertThat(lock.revocation()).isPresent();
      throw e;
    }
  }

  private static void awaitUpdate(CompletableFuture<Void> update, boolean closed) {
    try {
      Eventually.get(update, LONG);
    } catch (LockRevokedException e) {
      throw e;
    } catch (Exception e) {
      assertThat(e).isExactlyInstanceOf(IllegalStateException.class);
      assertThat(closed).as("released by nobody").isTrue();
    }
  }

  /** Ignores its interrupt, as work may: for as long as it goes on nobody else gets the lock. */
  private void work(HeldLock lock) {
    if (working.getAndIncrement() != 0) {
      violations.add("two at work under one lock");
    }
    for (int i = 0; i < 5; i++) {
      Rounds.dawdle();
    }
    if (table.row(lock.key()).containsKey("isReleased")) {
      violations.add("released under work that goes on");
    }
    working.decrementAndGet();
  }

  void close() {
    closing = true;
    client.close();
    store.end();
  }

  /** All was given back and told, and nothing goes on. */
  void verifyClosed() {
    assertThat(violations).isEmpty();
    Eventually.until("its threads have ended", LONG, () -> !hasThreads());
    for (Obtained each : obtained) {
      assertThat(each.lock().isHeld()).isFalse();
      int times = each.lock().revocation().isPresent() ? 1 : 0;
      Eventually.until("told " + times, LONG, () -> each.told().get() == times);
    }
    for (int number = 1; number <= numbers.get(); number++) {
      verifyFree(keyOf(number));
    }
    assertThat(store.sentAfterEnd()).as("requests after the client was closed").isZero();
  }

  /** Whoever used it, nobody has it. */
  void verifyFree(String key) {
    Map<String, AttributeValue> row = table.row(LockKey.of(key));
    if (row != null) {
      assertThat(row).as("item of lock " + key).containsKey("isReleased");
    }
  }

  /** No other client uses it. */
  private String keyOf(int number) {
    return client.ownerName() + number;
  }

  private boolean hasThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith(threads));
  }
}
