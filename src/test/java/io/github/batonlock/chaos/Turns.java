package io.github.batonlock.chaos;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.chaos.Event.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.SdkBytes;

/** One thread of a worker: takes locks in all the ways there are, and works under them. */
public final class Turns {
  private static final AtomicLong ATTEMPTS = new AtomicLong();

  private final Supplier<LockClient> client;
  private final List<String> keys;
  private final RandomGenerator random;
  private final History history;
  private final Beliefs beliefs;
  private final FenceLink fence;
  private final CountDownLatch quit;
  private LockClient used;

  Turns(
      Supplier<LockClient> client,
      List<String> keys,
      RandomGenerator random,
      History history,
      Beliefs beliefs,
      FenceLink fence,
      CountDownLatch quit) {
    this.client = client;
    this.keys = keys;
    this.random = random;
    this.history = history;
    this.beliefs = beliefs;
    this.fence = fence;
    this.quit = quit;
  }

  /** Takes turns until told to quit. */
  void run() {
    while (quit.getCount() > 0) {
      String key = keys.get(random.nextInt(keys.size()));
      long attempt = ATTEMPTS.incrementAndGet();
      history.now(Kind.WAITING, key, attempt, "");
      try {
        boolean worked = turn(key, attempt);
        if (!worked) {
          history.now(Kind.GAVE_UP, key, attempt, "held");
        }
        pause(random.nextInt(worked ? 30 : 150));
      } catch (LockRevokedException e) {
        // The work was interrupted; what there is to say of it was written down on the way.
      } catch (LockNotAcquiredException e) {
        history.now(Kind.GAVE_UP, key, attempt, e.reason().name());
      } catch (LockStoreException e) {
        history.now(Kind.GAVE_UP, key, attempt, e.kind().name());
        if (!e.kind().isTransient()) {
          odd(e);
        }
      } catch (IllegalStateException e) {
        history.now(Kind.GAVE_UP, key, attempt, "closed");
        if (used == client.get()) {
          odd(e);
        }
      } catch (Exception | Error e) {
        odd(e);
      }
    }
  }

  private void odd(Throwable e) {
    history.now(Kind.ODD, "", 0, e.toString().replace('\n', ' '));
  }

  private boolean turn(String key, long attempt) throws Exception {
    LockRequest request =
        LockRequest.builder()
            .key(key)
            .leases(Settings.leases(key, attempt))
            .waitUpTo(Duration.ofMillis(random.nextInt(3 * (int) Settings.LEASE.toMillis())))
            .deleteOnRelease(!Settings.isKept(key))
            .onRevoked(revocation -> told(key, revocation))
            .build();
    used = client.get();
    int way = random.nextInt(10);
    if (way == 0) {
      return workAndClose(used.tryAcquire(request.withoutWaiting()), attempt);
    } else if (way < 3) {
      runLocked(request, attempt);
      return true;
    } else if (way < 5) {
      return workAndClose(acquireAsync(request), attempt);
    }
    return workAndClose(Optional.of(used.acquire(request)), attempt);
  }

  /** Some are cancelled on their way. */
  private Optional<HeldLock> acquireAsync(LockRequest request) throws Exception {
    CompletableFuture<HeldLock> lock = used.acquireAsync(request);
    try {
      if (random.nextInt(4) == 0 && isLate(lock) && lock.cancel(true)) {
        return Optional.empty();
      }
      return Optional.of(lock.get());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  private boolean isLate(CompletableFuture<HeldLock> lock) throws Exception {
    try {
      return lock.get(random.nextInt(1500), TimeUnit.MILLISECONDS) == null;
    } catch (TimeoutException e) {
      return true;
    }
  }

  private void runLocked(LockRequest request, long attempt) throws Exception {
    AtomicReference<HeldLock> held = new AtomicReference<>();
    try {
      used.runLocked(
          request,
          lock -> {
            held.set(lock);
            try {
              work(lock, attempt);
            } catch (InterruptedException e) {
              // The library's sign that the lock is lost.
            }
          });
    } finally {
      if (held.get() != null) {
        ended(held.get());
      }
    }
  }

  private boolean workAndClose(Optional<HeldLock> acquired, long attempt) throws Exception {
    if (acquired.isEmpty()) {
      return false;
    }
    HeldLock lock = acquired.get();
    try {
      work(lock, attempt);
    } finally {
      if (random.nextBoolean()) {
        lock.close();
      } else {
        lock.closeAsync().join();
      }
      ended(lock);
    }
    return true;
  }

  private void ended(HeldLock lock) {
    Kind kind = lock.revocation().isPresent() ? Kind.CLOSED : Kind.RELEASED;
    history.now(kind, lock.key().partitionKey(), lock.fencingToken(), "");
  }

  private void told(String key, Revocation revocation) {
    history.now(Kind.TOLD, key, revocation.fencingToken(), revocation.reason().name());
  }

  private void work(HeldLock lock, long attempt) throws Exception {
    String key = lock.key().partitionKey();
    history.now(Kind.ACQUIRED, key, lock.fencingToken(), Long.toString(attempt));
    beliefs.watch(lock);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(workMillis());
    do {
      if (!beliefs.ask(lock, random)) {
        break;
      }
      boolean accepted = fence.write(key, lock.fencingToken());
      if (!accepted) {
        return;
      }
      if (random.nextInt(20) == 0) {
        updateData(lock);
      }
      pause(random.nextInt(60));
    } while (quit.getCount() > 0 && (System.nanoTime() < end || isUnrenewed(lock)));
    if (lock.revocation().isPresent()) {
      writeLate(lock);
    }
  }

  /** As a request that was under way when the lock was lost: the fence is to sort that out. */
  private void writeLate(HeldLock lock) throws Exception {
    pause(random.nextInt(2 * (int) Settings.LEASE.toMillis()));
    boolean unused = fence.write(lock.key().partitionKey(), lock.fencingToken());
  }

  /** A holder whose renewals fail does not let go: that is when others come for the lock. */
  private static boolean isUnrenewed(HeldLock lock) {
    return lock.remaining().compareTo(Settings.LEASE.dividedBy(2)) < 0;
  }

  /** Half are moments; a quarter last longer than a lease can be used, so that renewals matter. */
  private long workMillis() {
    long lease = Settings.LEASE.toMillis();
    int dice = random.nextInt(4);
    return random.nextLong(dice < 2 ? lease / 16 : dice == 2 ? lease / 2 : 2 * lease);
  }

  private void updateData(HeldLock lock) throws InterruptedException {
    try {
      lock.updateDataAsync(SdkBytes.fromUtf8String("at " + System.nanoTime())).join();
    } catch (CompletionException e) {
      boolean isOver =
          e.getCause() instanceof LockException || e.getCause() instanceof IllegalStateException;
      if (!isOver) {
        throw e;
      }
    }
  }

  private void pause(long millis) throws InterruptedException {
    boolean quitting = quit.await(millis, TimeUnit.MILLISECONDS);
    if (quitting) {
      return;
    }
  }
}
