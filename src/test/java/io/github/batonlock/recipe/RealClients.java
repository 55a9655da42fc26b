package io.github.batonlock.recipe;

import io.github.batonlock.LockClient;
import io.github.batonlock.testing.LocalDynamo;
import io.github.batonlock.testing.RequestCounter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A table of the test class's own, and real clients of it, whose requests are counted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class RealClients {
  private final LocalDynamo dynamo = LocalDynamo.shared();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private String table;

  /** Counts for the client made by {@link #counted}. */
  final RequestCounter counter = new RequestCounter();

  @BeforeAll
  void makeTable() {
    table = dynamo.newTable();
  }

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

  /** A client whose lease is longer than any test. */
  LockClient client() {
    return client(Duration.ofMinutes(10));
  }

  LockClient client(Duration lease) {
    return closing(LockClient.builder(dynamo.sync(), table).leaseDuration(lease).build());
  }

  /** A client by an SDK client of its own, whose requests are counted. */
  LockClient counted() {
    counter.reset();
    var sdk =
        closing(
            dynamo
                .syncBuilder()
                .overrideConfiguration(o -> o.addExecutionInterceptor(counter))
                .build());
    return closing(LockClient.builder(sdk, table).leaseDuration(Duration.ofMinutes(10)).build());
  }
}
