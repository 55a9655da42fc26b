package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.acquire.AcquireSpec;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.Grant;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.OwnThread;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A machine and a table on which nothing happens by itself: the clock stands, the loop runs when
 * told to, requests are never answered, user code runs where it is handed out.
 *
 * <p>For tests that look at what threads share, in all orders they can get at it.
 */
public final class StillMachine implements Platform, EventLoop, LockStore {
  private static final ClientConfig CONFIG = config();

  final Core core;
  private final List<Runnable> tasks = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private Runnable whenAsked = () -> {};
  private volatile @Nullable Thread current;
  private boolean shutDown;

  public StillMachine() {
    core = new Core(CONFIG, this, this, null);
  }

  private static ClientConfig config() {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.ownerName = "a";
    return draft.build();
  }

  /** A lock that was granted now. */
  public DefaultHeldLock granted() {
    AcquireSpec spec = AcquireSpec.of(LockRequest.of("k"), CONFIG);
    return core.holdFactory.create(
        spec.hold(), 1, null, new Grant("v", new ClockReading(nanos.get(), 0), null));
  }

  /** Does something the next time that somebody asks for the time, before he is told. */
  public void whenAskedForTheTime(Runnable action) {
    whenAsked = action;
  }

  public void advance(long byNanos) {
    nanos.addAndGet(byNanos);
  }

  /** Runs what was given to the loop; as the loop, one thread at a time. */
  void runLoop() {
    while (true) {
      Runnable task;
      synchronized (this) {
        if (tasks.isEmpty() || shutDown) {
          return;
        }
        task = tasks.remove(0);
      }
      current = Thread.currentThread();
      task.run();
      current = null;
    }
  }

  @Override
  public boolean isCurrent() {
    return current == Thread.currentThread();
  }

  @Override
  public synchronized boolean execute(Runnable task) {
    if (!shutDown) {
      tasks.add(task);
    }
    return !shutDown;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    return () -> {};
  }

  @Override
  public synchronized void shutdown() {
    shutDown = true;
  }

  @Override
  public void shutdown(boolean interruptCallbacks) {
    shutdown();
  }

  @Override
  public EventLoop loop() {
    return this;
  }

  @Override
  public Executor requests() {
    return Runnable::run;
  }

  @Override
  public Executor callbacks() {
    return Runnable::run;
  }

  @Override
  public OwnThread startThread(String name, Runnable task) {
    throw new UnsupportedOperationException("no user code has a thread here");
  }

  @Override
  public RandomGenerator random() {
    return () -> 0;
  }

  /** Nobody is kept waiting here. */
  @Override
  public <T> T await(CompletableFuture<T> future) {
    return future.getNow(null);
  }

  @Override
  public long nanoTime() {
    Runnable action = whenAsked;
    whenAsked = () -> {};
    action.run();
    return nanos.get();
  }

  @Override
  public long epochMillis() {
    return 0;
  }

  @Override
  public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    return new CompletableFuture<>();
  }

  @Override
  public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
    return new CompletableFuture<>();
  }

  @Override
  public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
    return new CompletableFuture<>();
  }
}
