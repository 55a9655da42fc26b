package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.support.Platforms;
import io.github.batonlock.support.Throwing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Requests that wait for a thread. */
class QueuedCallsTest {
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2));

  private static final LockWrite RELEASE =
      new LockWrite.Release(LockKey.of("k"), "owner", List.of("version"), "next", null);

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private Executor executor = queue::add;
  private final List<String> sent = new ArrayList<>();

  private static Stream<Boolean> sdks() {
    return Stream.of(true, false);
  }

  @ParameterizedTest
  @MethodSource("sdks")
  void request_cancelledWhileItWaits_isNeverSent(boolean sync) {
    LockStore store = store(sync);
    CompletableFuture<ReadAnswer> given = store.read(LockKey.of("k"), true, TIMEOUTS);
    CompletableFuture<ReadAnswer> up = store.read(LockKey.of("k"), true, TIMEOUTS);

    up.cancel(false);
    queue.forEach(Runnable::run);

    assertThat(sent).containsExactly("getItem");
    assertThat(given).isDone();
  }

  private static Stream<Arguments> refusals() {
    return Stream.of(true, false)
        .flatMap(sync -> Throwing.kinds().map(thrown -> Arguments.of(sync, thrown)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void write_thatTheExecutorRefuses_certainlyWasNotApplied(boolean sync, Throwable thrown) {
    executor = task -> Throwing.sneaky(thrown);
    CompletableFuture<WriteAnswer> refused = store(sync).write(RELEASE, TIMEOUTS);

    assertThatThrownBy(refused::join)
        .cause()
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> {
              assertThat(e.mayHaveBeenApplied()).isFalse();
              assertThat(e.kind().isTransient()).isTrue();
            });
    assertThat(sent).isEmpty();
  }

  /** As a pool does that queues a task, and then cannot make the thread for it. */
  @ParameterizedTest
  @MethodSource("refusals")
  void write_thatTheExecutorTakesAndRefuses_isNotSentLater(boolean sync, Throwable thrown) {
    executor =
        task -> {
          queue.add(task);
          Throwing.sneaky(thrown);
        };
    CompletableFuture<WriteAnswer> refused = store(sync).write(RELEASE, TIMEOUTS);
    queue.forEach(Runnable::run);

    assertThat(refused).isCompletedExceptionally();
    assertThat(sent).isEmpty();
  }

  /** What has been sent may have been applied, whatever the executor says of it afterwards. */
  @ParameterizedTest
  @MethodSource("refusals")
  void write_thatTheExecutorRunsAndRefuses_mayHaveBeenApplied(boolean sync, Throwable thrown) {
    executor =
        task -> {
          task.run();
          Throwing.sneaky(thrown);
        };
    CompletableFuture<WriteAnswer> failed = store(sync).write(RELEASE, TIMEOUTS);

    assertThat(sent).containsExactly("updateItem");
    assertThatThrownBy(failed::join)
        .cause()
        .isInstanceOfSatisfying(
            LockStoreException.class, e -> assertThat(e.mayHaveBeenApplied()).isTrue());
  }

  private LockStore store(boolean sync) {
    return new DynamoLockStore(calls(sync), "locks", "key", null, Platforms.KEPT);
  }

  private DynamoCalls calls(boolean sync) {
    return sync
        ? DynamoCalls.of(client(DynamoDbClient.class), task -> executor.execute(task))
        : DynamoCalls.of(client(DynamoDbAsyncClient.class), task -> executor.execute(task));
  }

  private <T> T client(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              // No request: the client's own receivers of metrics are asked for.
              if (!method.getName().equals("serviceClientConfiguration")) {
                sent.add(method.getName());
              }
              throw new IllegalStateException("nothing behind it");
            }));
  }
}
