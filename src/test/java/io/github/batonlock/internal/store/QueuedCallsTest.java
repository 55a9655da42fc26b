package io.github.batonlock.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.testing.Platforms;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Requests that wait for a thread. */
class QueuedCallsTest {
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();

  private static Stream<Boolean> sdks() {
    return Stream.of(true, false);
  }

  @ParameterizedTest
  @MethodSource("sdks")
  void request_cancelledWhileItWaits_isNeverSent(boolean sync) {
    LockStore store = new DynamoLockStore(calls(sync), "locks", "key", null, Platforms.KEPT);
    CompletableFuture<ReadAnswer> given = store.read(LockKey.of("k"), true, TIMEOUTS);
    CompletableFuture<ReadAnswer> up = store.read(LockKey.of("k"), true, TIMEOUTS);

    up.cancel(false);
    queue.forEach(Runnable::run);

    assertThat(sent).containsExactly("getItem");
    assertThat(given).isDone();
  }

  private DynamoCalls calls(boolean sync) {
    return sync
        ? DynamoCalls.of(client(DynamoDbClient.class), queue::add)
        : DynamoCalls.of(client(DynamoDbAsyncClient.class), queue::add);
  }

  private <T> T client(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              sent.add(method.getName());
              throw new IllegalStateException("nothing behind it");
            }));
  }
}
