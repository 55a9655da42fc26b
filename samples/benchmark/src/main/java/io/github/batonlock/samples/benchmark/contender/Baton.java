package io.github.batonlock.samples.benchmark.contender;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.micrometer.BatonMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Baton.
 *
 * @param name how the report calls it
 * @param options what differs from the defaults
 */
public record Baton(String name, UnaryOperator<LockClient.Builder> options) implements Contender {
  /** Each lock with a lease of its own. */
  public static final Baton OWN = new Baton("Baton", UnaryOperator.identity());

  /** All locks of the client on one lease. */
  public static final Baton SHARED =
      new Baton("Baton, shared lease", builder -> builder.leases(Leases.shared()));

  /** As {@link #OWN}, with all meters. */
  public static final Baton METERED = new Baton("Baton, with metrics", Baton::metered);

  private static LockClient.Builder metered(LockClient.Builder builder) {
    BatonMetrics metrics = new BatonMetrics();
    metrics.bindTo(new SimpleMeterRegistry());
    return builder.listener(metrics);
  }

  @Override
  public Locker open(DynamoDbClient dynamoDb, String table, Timing timing) {
    return start(LockClient.builder(dynamoDb, table), timing);
  }

  /** Starts a client over an asynchronous SDK client. */
  public Locker open(DynamoDbAsyncClient dynamoDb, String table, Timing timing) {
    return start(LockClient.builder(dynamoDb, table), timing);
  }

  private Locker start(LockClient.Builder builder, Timing timing) {
    return new Client(
        options
            .apply(builder)
            .leaseDuration(timing.lease())
            .heartbeatInterval(timing.heartbeat())
            .build());
  }

  private record Client(LockClient client) implements Locker {
    @Override
    public Held acquire(String key) throws InterruptedException {
      return new Lock(client.acquire(LockRequest.builder().key(key).waitForever().build()));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private record Lock(HeldLock lock) implements Held {
    @Override
    public boolean isHeld() {
      return lock.isHeld();
    }

    @Override
    public void release() {
      lock.close();
    }
  }
}
