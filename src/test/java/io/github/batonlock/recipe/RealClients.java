package io.github.batonlock.recipe;

import io.github.batonlock.LockClient;
import io.github.batonlock.support.LocalDynamo;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A table of the test's own, and real clients of it, whose requests are counted. */
@Timeout(300)
abstract class RealClients {
  private final LocalDynamo dynamo = LocalDynamo.shared();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final String table = dynamo.newTable();

  /** Counts for the client made by {@link #counted}. */
  final RequestCounter counter = new RequestCounter();

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private <C extends AutoCloseable> C closing(C resource) {
    open.push(resource);
    return resource;
  }

  static String newKey() {
    return "k-" + UUID.randomUUID();
  }

  /** A client whose lease is longer than any test. */
  LockClient client() {
    return client(Duration.ofMinutes(10));
  }

  LockClient client(Duration lease) {
    return closing(LockClient.builder(dynamo.sync(), table).leaseDuration(lease).build());
  }

  /**
   * A client by an SDK client of its own, whose requests are counted, and whose leases are not
   * renewed while a test runs.
   */
  LockClient counted() {
    counter.reset();
    var sdk =
        closing(
            dynamo
                .syncBuilder()
                .overrideConfiguration(o -> o.addExecutionInterceptor(counter))
                .build());
    return closing(
        LockClient.builder(sdk, table)
            .leaseDuration(Duration.ofMinutes(10))
            .heartbeatInterval(Duration.ofMinutes(2))
            .build());
  }
}
