package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.group.Group;
import io.github.batonlock.support.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Recipes whose client is not Baton's own, but wraps one. */
class RecipesOfAWrapperTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final CountingClient client = new CountingClient(a.client);

  /** A client that counts acquisitions, as a user may write one; its locks are wrapped, too. */
  private static class CountingClient implements LockClient {
    private final LockClient wrapped;
    final AtomicInteger acquisitions = new AtomicInteger();

    CountingClient(LockClient wrapped) {
      this.wrapped = wrapped;
    }

    private HeldLock counted(HeldLock lock) {
      return (HeldLock)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {HeldLock.class},
              (self, method, arguments) -> {
                try {
                  Object returned = method.invoke(lock, arguments);
                  return returned == lock ? self : returned;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    @Override
    public HeldLock acquire(LockRequest request) throws InterruptedException {
      acquisitions.incrementAndGet();
      return counted(wrapped.acquire(request));
    }

    @Override
    public Optional<HeldLock> tryAcquire(LockRequest request) throws InterruptedException {
      acquisitions.incrementAndGet();
      return wrapped.tryAcquire(request).map(this::counted);
    }

    @Override
    public CompletableFuture<HeldLock> acquireAsync(LockRequest request) {
      acquisitions.incrementAndGet();
      CompletableFuture<HeldLock> acquired = wrapped.acquireAsync(request);
      CompletableFuture<HeldLock> counted = acquired.thenApply(this::counted);
      CompletableFuture<HeldLock> unused =
          counted.whenComplete((lock, failure) -> acquired.cancel(false));
      return counted;
    }

    @Override
    public CompletableFuture<Optional<HeldLock>> tryAcquireAsync(LockRequest request) {
      acquisitions.incrementAndGet();
      return wrapped.tryAcquireAsync(request).thenApply(lock -> lock.map(this::counted));
    }

    @Override
    public <T, E extends Exception> T callLocked(LockRequest request, Task<T, E> task)
        throws E, InterruptedException {
      acquisitions.incrementAndGet();
      return wrapped.callLocked(request, task);
    }

    @Override
    public <T, E extends Exception> Optional<T> tryCallLocked(LockRequest request, Task<T, E> task)
        throws E, InterruptedException {
      acquisitions.incrementAndGet();
      return wrapped.tryCallLocked(request, task);
    }

    @Override
    public Optional<LockInfo> inspect(LockKey key) {
      return wrapped.inspect(key);
    }

    @Override
    public CompletableFuture<Optional<LockInfo>> inspectAsync(LockKey key) {
      return wrapped.inspectAsync(key);
    }

    @Override
    public Stream<LockInfo> listLocks() {
      return wrapped.listLocks();
    }

    @Override
    public LockWatch watch(LockKey key, Consumer<? super LockWatch.State> listener) {
      return wrapped.watch(key, listener);
    }

    @Override
    public Optional<LockInfo> requestRelease(LockKey key, String reason, Duration gracePeriod) {
      return wrapped.requestRelease(key, reason, gracePeriod);
    }

    @Override
    public CompletableFuture<Optional<LockInfo>> requestReleaseAsync(
        LockKey key, String reason, Duration gracePeriod) {
      return wrapped.requestReleaseAsync(key, reason, gracePeriod);
    }

    @Override
    public String ownerName() {
      return wrapped.ownerName();
    }

    @Override
    public RecipeHost recipeHost() {
      return wrapped.recipeHost();
    }

    @Override
    public void close() {
      wrapped.close();
    }
  }

  /** A recipe, and the acquisitions of one hold. */
  enum Recipe {
    SEMAPHORE(1) {
      @Override
      Hold acquire(LockClient client) throws InterruptedException {
        return CountedSemaphore.of(client, "k", 2).acquire();
      }
    },
    READER(1) {
      @Override
      Hold acquire(LockClient client) throws InterruptedException {
        return SharedExclusiveLock.of(client, "k", 2).acquireShared();
      }
    },
    WRITER(3) {
      @Override
      Hold acquire(LockClient client) throws InterruptedException {
        return SharedExclusiveLock.of(client, "k", 2).acquireExclusive();
      }
    },
    SEVERAL(0) {
      @Override
      Hold acquire(LockClient client) throws InterruptedException {
        return MultiLock.of(client, "k", "l").acquire();
      }
    },
    SEVERAL_IN_ORDER(2) {
      @Override
      Hold acquire(LockClient client) throws InterruptedException {
        return MultiLock.of(client, "k", "l").inOrder().acquire();
      }
    },
    FAIR(3) {
      @Override
      Hold acquire(LockClient client) throws InterruptedException {
        return FairLock.of(client, "k").acquire();
      }
    };

    private final int acquisitions;

    Recipe(int acquisitions) {
      this.acquisitions = acquisitions;
    }

    abstract Hold acquire(LockClient client) throws InterruptedException;
  }

  @ParameterizedTest
  @EnumSource
  void wrapper_seesTheAcquisitions(Recipe recipe) throws Exception {
    Hold hold = recipe.acquire(client);
    assertThat(hold.isHeld()).isTrue();
    assertThat(client.acquisitions).hasValue(recipe.acquisitions);
    hold.close();

    assertThat(hold.isHeld()).isFalse();
    world.seconds(1);
    recipe.acquire(a.client).close();
  }

  @Test
  @SuppressWarnings("LockNotBeforeTry") // Only the acquisitions are of interest.
  void wrapper_seesTheAcquisitionsOfAViewAndOfARun() throws Exception {
    ReentrantLockView view = ReentrantLockView.of(client, "k");
    view.lock();
    view.unlock();
    RunOnce run = RunOnce.of(client, "job", "r");

    assertThat(run.tryRun(lock -> {})).isEqualTo(RunOnce.Outcome.DONE);
    assertThat(client.acquisitions).hasValue(2);
  }

  @Test
  void wrapper_seesTheAcquisitionsOfElectionsAndGroups() throws Exception {
    try (LeaderElection election = LeaderElection.builder(client, "e").campaign();
        Group group = Group.builder(client, "g").open()) {
      world.seconds(1);
      assertThat(election.isLeader()).isTrue();
      assertThat(client.acquisitions).hasValue(1);
      assertThat(group.members()).isEmpty();
    }
  }

  /** A wrapped ticket is deleted like another one. */
  @Test
  void fairLock_ofAWrapper_leavesNoMoreTickets() throws Exception {
    FairLock lock = FairLock.of(client, "k");
    for (int i = 0; i < 5; i++) {
      lock.acquire(LONG).close();
      world.seconds(1);
    }
    long tickets;
    try (Stream<LockInfo> all = a.client.listLocks()) {
      tickets = all.filter(info -> info.key().partitionKey().startsWith("k/ticket/")).count();
    }
    assertThat(tickets).isEqualTo(1);
  }

  private void assertRefused(LockClient other, String what) {
    Stream.<Runnable>of(
            () -> CountedSemaphore.of(other, "k", 1),
            () -> SharedExclusiveLock.of(other, "k", 1),
            () -> MultiLock.of(other, "k"),
            () -> FairLock.of(other, "k"),
            () -> RunOnce.of(other, "k", "r"),
            () -> LeaderElection.builder(other, "k"),
            () -> Group.builder(other, "k").open())
        .forEach(
            made ->
                assertThatIllegalArgumentException()
                    .isThrownBy(made::run)
                    .withMessageContaining("recipeHost()")
                    .withMessageContaining(other.getClass().getName())
                    .withMessageContaining(what)
                    .withMessageContaining("returns the recipeHost() of the client that it wraps"));
  }

  @Test
  void clientWithoutAHost_isRefused() {
    assertRefused(
        new CountingClient(a.client) {
          @Override
          @SuppressWarnings("NullAway") // A mock does that.
          public @Nullable RecipeHost recipeHost() {
            return null;
          }
        },
        "is null");
  }

  @Test
  void clientWithAHostOfItsOwn_isRefused() {
    LockClient.RecipeHost own = new LockClient.RecipeHost() {};
    assertRefused(
        new CountingClient(a.client) {
          @Override
          public RecipeHost recipeHost() {
            return own;
          }
        },
        "is a " + own.getClass().getName());
  }
}
