package io.github.batonlock.samples.benchmark.contender;

import com.amazonaws.services.dynamodbv2.AcquireLockOptions;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClient;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClientOptions;
import com.amazonaws.services.dynamodbv2.LockItem;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The lock client of awslabs, {@code com.amazonaws:dynamodb-lock-client}.
 *
 * @param name how the report calls it
 * @param refresh how often a waiter looks
 */
public record Awslabs(String name, Duration refresh) implements Contender {
  /** As it is unless told otherwise: a waiter looks once a second. */
  public static final Awslabs DEFAULT = new Awslabs("awslabs", Duration.ofSeconds(1));

  private static final long FOREVER_MILLIS = Duration.ofDays(1).toMillis();

  /** The same with waiters that look so often. */
  public static Awslabs looking(Duration refresh) {
    return new Awslabs("awslabs, tuned to Baton's request rate", refresh);
  }

  @Override
  public Locker open(DynamoDbClient dynamoDb, String table, Timing timing) {
    return new Client(
        new AmazonDynamoDBLockClient(
            AmazonDynamoDBLockClientOptions.builder(dynamoDb, table)
                .withTimeUnit(TimeUnit.MILLISECONDS)
                .withLeaseDuration(timing.lease().toMillis())
                .withHeartbeatPeriod(timing.heartbeat().toMillis())
                .withCreateHeartbeatBackgroundThread(true)
                .build()),
        refresh);
  }

  private record Client(AmazonDynamoDBLockClient client, Duration refresh) implements Locker {
    @Override
    public Held acquire(String key) throws InterruptedException {
      return new Lock(
          client,
          client.acquireLock(
              AcquireLockOptions.builder(key)
                  .withTimeUnit(TimeUnit.MILLISECONDS)
                  .withRefreshPeriod(refresh.toMillis())
                  .withAdditionalTimeToWaitForLock(FOREVER_MILLIS)
                  .build()));
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  private record Lock(AmazonDynamoDBLockClient client, LockItem item) implements Held {
    @Override
    public boolean isHeld() {
      return !item.isExpired();
    }

    @Override
    public void release() {
      client.releaseLock(item);
    }
  }
}
