package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.acquire.AcquireSpec;
import io.github.batonlock.internal.acquire.Acquisition;
import io.github.batonlock.internal.acquire.ReleaseRequester;
import io.github.batonlock.internal.acquire.SingleReleaseRequest;
import io.github.batonlock.internal.callback.PendingCalls;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.DynamoLockStore;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.observe.LockScan;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.LivePlatform;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.LockStore;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lock client. It hands calls of the user's threads to the loop and waits for the results. */
public final class DefaultLockClient implements LockClient {
  private final Core core;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final RecipeSupport recipes;
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();

  /** The locks that closing could not confirm free. */
  private volatile Map<LockKey, LockException> unconfirmed = Map.of();

  private DefaultLockClient(Core core) {
    this.core = core;
    this.recipes = new RecipeSupport(core, closed::get);
  }

  /**
   * Starts a client on the real machine and table.
   *
   * @param config the checked configuration
   * @param dynamoDb the SDK client
   * @param requestExecutor the user's executor for requests, or null
   * @param callbackExecutor the user's executor for callbacks, or null
   * @param listener the user's listener, or null
   * @return the client
   */
  public static LockClient start(
      ClientConfig config,
      DynamoCalls.Factory dynamoDb,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      @Nullable LockListener listener) {
    if (dynamoDb instanceof ClientHost host) {
      return host.start(config, requestExecutor, callbackExecutor, listener);
    }
    Platform platform = platform(config, requestExecutor, callbackExecutor);
    LockStore store = store(config, config.tableName(), dynamoDb, platform);
    return start(config, platform, store, listener);
  }

  /**
   * The real machine, for one client.
   *
   * @param config the checked configuration
   * @param requestExecutor the user's executor for requests, or null
   * @param callbackExecutor the user's executor for callbacks, or null
   * @return its threads have started
   */
  public static Platform platform(
      ClientConfig config,
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor) {
    Bounds bounds = config.bounds();
    return new LivePlatform(
        requestExecutor,
        callbackExecutor,
        new LivePlatform.ThreadCounts(
            bounds.of(Bound.REQUEST_THREADS), bounds.of(Bound.CALLBACK_THREADS)));
  }

  /**
   * The real table, for one client.
   *
   * @param config the checked configuration
   * @param tableName the table
   * @param dynamoDb the SDK client
   * @param platform sends the requests
   * @return sends nothing yet
   */
  public static LockStore store(
      ClientConfig config, String tableName, DynamoCalls.Factory dynamoDb, Platform platform) {
    Bounds bounds = config.bounds();
    return new DynamoLockStore(
        dynamoDb.on(platform.requests()),
        tableName,
        config.partitionKeyName(),
        config.sortKeyName(),
        new DynamoLockStore.Kept(
            bounds.of(Bound.EXPRESSION_CHARACTERS), bounds.of(Bound.REQUEST_OVERRIDES)));
  }

  /**
   * Starts a client on any machine and store. Tests use it to replace both.
   *
   * @param config the checked configuration
   * @param platform clocks and threads
   * @param store the table
   * @param listener the user's listener, or null
   * @return the client
   */
  public static LockClient start(
      ClientConfig config, Platform platform, LockStore store, @Nullable LockListener listener) {
    return new DefaultLockClient(new Core(config, platform, store, listener));
  }

  @Override
  public HeldLock acquire(LockRequest request) throws InterruptedException {
    return acquireForWork(request).handedOver();
  }

  private DefaultHeldLock acquireForWork(LockRequest request) throws InterruptedException {
    return obtain(request, false)
        .orElseThrow(() -> new IllegalStateException("an acquisition ended without a lock"));
  }

  @Override
  public Optional<HeldLock> tryAcquire(LockRequest request) throws InterruptedException {
    return obtain(request, true).map(DefaultHeldLock::handedOver);
  }

  private Optional<DefaultHeldLock> obtain(LockRequest request, boolean oneLook)
      throws InterruptedException {
    Acquisition acquisition = created(request, oneLook);
    var unused = core.platform.begin(() -> started(acquisition));
    return obtained(acquisition);
  }

  /** Waits for the result of an acquisition that has begun. */
  Optional<DefaultHeldLock> obtained(Acquisition acquisition) throws InterruptedException {
    try {
      Optional<DefaultHeldLock> lock = core.platform.await(acquisition.result());
      if (lock.filter(DefaultHeldLock::isGivenUpByClient).isPresent()) {
        throw acquisition.closedMeanwhile();
      }
      return lock;
    } catch (InterruptedException e) {
      core.loop.execute(acquisition::abandon);
      throw e;
    }
  }

  @Override
  public CompletableFuture<HeldLock> acquireAsync(LockRequest request) {
    return obtainAsync(request, false, Optional::orElseThrow);
  }

  @Override
  public CompletableFuture<Optional<HeldLock>> tryAcquireAsync(LockRequest request) {
    return obtainAsync(request, true, lock -> lock);
  }

  private <T> CompletableFuture<T> obtainAsync(
      LockRequest request, boolean oneLook, Function<Optional<HeldLock>, T> asResult) {
    AcquireSpec spec = check(request, oneLook);
    if (closed.get()) {
      return CompletableFuture.failedFuture(PendingCalls.clientClosed());
    }
    Acquisition acquisition = created(spec, oneLook);
    var started = started(acquisition);
    CompletableFuture<T> forUser = new CompletableFuture<>();
    CompletableFuture<?> unused =
        started.whenCompleteAsync(
            (lock, failure) -> {
              if (failure != null) {
                forUser.completeExceptionally(failure);
              } else if (lock.isPresent()) {
                hand(lock.get(), acquisition, forUser, asResult);
              } else {
                forUser.complete(asResult.apply(Optional.empty()));
              }
            },
            core.callbacks.executor());
    CompletableFuture<?> unusedToo =
        forUser.whenComplete(
            (lock, failure) -> {
              // The user has completed or cancelled the future before there was an answer.
              if (!acquisition.result().isDone()) {
                core.loop.execute(acquisition::abandon);
              }
            });
    return forUser;
  }

  private static <T> void hand(
      DefaultHeldLock lock,
      Acquisition acquisition,
      CompletableFuture<T> forUser,
      Function<Optional<HeldLock>, T> asResult) {
    if (lock.isGivenUpByClient()) {
      forUser.completeExceptionally(acquisition.closedMeanwhile());
      return;
    }
    boolean wanted = !forUser.isDone();
    if (wanted) {
      // Enable callbacks before the future completes: the user's dependent stages run inside
      // complete(), and may take long.
      lock.handedOver();
      wanted = forUser.complete(asResult.apply(Optional.of(lock)));
    }
    if (!wanted) {
      lock.discard();
    }
  }

  Acquisition begin(LockRequest request, boolean oneLook) {
    Acquisition acquisition = created(request, oneLook);
    var unused = started(acquisition);
    return acquisition;
  }

  private Acquisition created(LockRequest request, boolean oneLook) {
    AcquireSpec spec = check(request, oneLook);
    checkOpen();
    return created(spec, oneLook);
  }

  private AcquireSpec check(LockRequest request, boolean oneLook) {
    return oneLook
        ? AcquireSpec.ofOneTry(request, core.config)
        : AcquireSpec.of(request, core.config);
  }

  private Acquisition created(AcquireSpec spec, boolean oneLook) {
    Acquisition acquisition = core.acquisitions.create(spec, oneLook, core.timeOfOneTry.get());
    core.events.ofAcquisition(acquisition::onEnd);
    core.events.ofWait(acquisition::onWait);
    core.calls.track(acquisition.result(), acquisition::failAsClosed);
    return acquisition;
  }

  private CompletableFuture<Optional<DefaultHeldLock>> started(Acquisition acquisition) {
    core.loop.execute(
        () -> {
          if (core.work.isClosing()) {
            acquisition.clientClosed();
          } else {
            acquisition.start();
          }
        });
    return acquisition.result();
  }

  @Override
  public <T, E extends Exception> T callLocked(LockRequest request, Task<T, E> task)
      throws E, InterruptedException {
    return LockedTaskRunner.run(acquireForWork(request), task);
  }

  @Override
  public <T, E extends Exception> Optional<T> tryCallLocked(LockRequest request, Task<T, E> task)
      throws E, InterruptedException {
    Optional<DefaultHeldLock> lock = obtain(request, true);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    T result = LockedTaskRunner.run(lock.get(), task);
    if (result == null) {
      throw new NullPointerException(
          "The task of tryCallLocked for lock '"
              + request.key()
              + "' returned null, which cannot be told from a skipped task; use tryRunLocked for"
              + " work without a result");
    }
    return Optional.of(result);
  }

  @Override
  public Optional<LockInfo> inspect(LockKey key) {
    return core.platform.awaitUninterruptibly(core.platform.begin(() -> startToInspect(key)));
  }

  @Override
  public CompletableFuture<Optional<LockInfo>> inspectAsync(LockKey key) {
    return forUser(() -> startToInspect(key));
  }

  private CompletableFuture<Optional<LockInfo>> startToInspect(LockKey key) {
    AcquireSpec.checkKey(key, core.config);
    checkOpen();
    return core.calls.onLoop(
        result ->
            core.requests.read(
                key,
                true,
                RequestTimeouts.patient(core.config.terms()),
                answer -> PendingCalls.complete(result, () -> core.infos.of(key, answer.item())),
                result::completeExceptionally));
  }

  /** A call of the user that has begun. Only its arguments may make it throw. */
  private <T> CompletableFuture<T> forUser(Supplier<CompletableFuture<T>> call) {
    try {
      return core.callbacks.forUser(call.get());
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public Stream<LockInfo> listLocks() {
    checkOpen();
    return new LockScan(core.platform, core.calls, core.requests, core.callbacks, core.infos)
        .stream();
  }

  @Override
  public LockWatch watch(LockKey key, Consumer<? super LockWatch.State> listener) {
    AcquireSpec.checkKey(key, core.config);
    Objects.requireNonNull(listener, "listener");
    checkOpen();
    return new DefaultLockWatch(core, key, listener).start();
  }

  @Override
  public Optional<LockInfo> requestRelease(LockKey key, String reason, Duration gracePeriod) {
    return core.platform.awaitUninterruptibly(
        core.platform.begin(() -> startToAsk(key, reason, gracePeriod)));
  }

  @Override
  public CompletableFuture<Optional<LockInfo>> requestReleaseAsync(
      LockKey key, String reason, Duration gracePeriod) {
    return forUser(() -> startToAsk(key, reason, gracePeriod));
  }

  private CompletableFuture<Optional<LockInfo>> startToAsk(
      LockKey key, String reason, Duration gracePeriod) {
    AcquireSpec.checkKey(key, core.config);
    ReleaseRequester.check(key, reason, gracePeriod);
    checkOpen();
    return core.calls.onLoop(
        result ->
            new SingleReleaseRequest(
                    core.requester,
                    core.requests,
                    core.infos,
                    key,
                    new AcquireSpec.Wish(reason, gracePeriod),
                    result)
                .begin());
  }

  @Override
  public String ownerName() {
    return core.config.ownerName();
  }

  @Override
  public void close() {
    if (startToClose()) {
      Void unused = core.platform.awaitUninterruptibly(terminated);
      core.warnings.closed(this, unconfirmed);
    }
  }

  /** Starts to close. Returns false if closing had started before. */
  boolean startToClose() {
    boolean isFirst = closed.compareAndSet(false, true);
    if (isFirst) {
      // Closing does not wait for a callback that closes the client.
      int callers = core.callbacks.isInside() ? 1 : 0;
      core.loop.execute(() -> new Shutdown(core, callers, this::stopThreads).begin());
    }
    return isFirst;
  }

  /** Complete when the client is closed. */
  CompletableFuture<Void> terminated() {
    return terminated;
  }

  private void stopThreads(boolean inTime) {
    unconfirmed = core.work.unconfirmed();
    try {
      core.platform.shutdown(!inTime);
      core.calls.close();
    } finally {
      terminated.complete(null);
    }
  }

  Core core() {
    return core;
  }

  @Override
  public RecipeHost recipeHost() {
    return recipes;
  }

  private void checkOpen() {
    if (closed.get()) {
      throw PendingCalls.clientClosed();
    }
  }

  @Override
  public String toString() {
    return "LockClient(table="
        + core.config.tableName()
        + ", owner="
        + core.config.ownerName()
        + (closed.get() ? ", closed)" : ")");
  }
}
