package io.github.batonlock.samples.migration;

import com.amazonaws.services.dynamodbv2.AcquireLockOptions;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClient;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClientOptions;
import com.amazonaws.services.dynamodbv2.LockItem;
import com.amazonaws.services.dynamodbv2.model.LockNotGrantedException;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The one place that a service changes: which lock client it uses. */
interface Locker {
  String TABLE = "migration-locks";
  String KEY = "reports";
  Duration LEASE = Duration.ofSeconds(5);
  Duration HEARTBEAT = Duration.ofSeconds(1);

  /** What is done under the lock. */
  interface Work {
    /** Works; the token is empty where the lock client has none. */
    void run(OptionalLong fencingToken) throws InterruptedException, IOException;
  }

  /** Waits a moment for the lock, and works under it; false if another host had it. */
  boolean runLocked(Work work) throws InterruptedException, IOException;

  /** Ends the client; the host holds no lock any more. */
  void close() throws IOException;

  /** Before. */
  static Locker awslabs(DynamoDbClient dynamoDb, String host) {
    AmazonDynamoDBLockClient client =
        new AmazonDynamoDBLockClient(
            AmazonDynamoDBLockClientOptions.builder(dynamoDb, TABLE)
                .withOwnerName(host)
                .withTimeUnit(TimeUnit.MILLISECONDS)
                .withLeaseDuration(LEASE.toMillis())
                .withHeartbeatPeriod(HEARTBEAT.toMillis())
                .withCreateHeartbeatBackgroundThread(true)
                .build());
    return new Locker() {
      @Override
      public boolean runLocked(Work work) throws InterruptedException, IOException {
        AcquireLockOptions options =
            AcquireLockOptions.builder(KEY)
                .withTimeUnit(TimeUnit.MILLISECONDS)
                .withRefreshPeriod(50L)
                .withAdditionalTimeToWaitForLock(500L)
                .build();
        LockItem lock;
        try {
          lock = client.acquireLock(options);
        } catch (LockNotGrantedException e) {
          return false;
        }
        try {
          work.run(OptionalLong.empty());
          return true;
        } finally {
          lock.close();
        }
      }

      @Override
      public void close() throws IOException {
        client.close();
      }
    };
  }

  /** After. */
  static Locker baton(DynamoDbClient dynamoDb, String host) {
    LockClient client =
        LockClient.builder(dynamoDb, TABLE)
            .ownerName(host)
            .leaseDuration(LEASE)
            .heartbeatInterval(HEARTBEAT)
            .build();
    return new Locker() {
      @Override
      public boolean runLocked(Work work) throws InterruptedException, IOException {
        LockRequest request = LockRequest.builder(KEY).waitUpTo(Duration.ofSeconds(3)).build();
        try (HeldLock lock = client.acquire(request)) {
          work.run(OptionalLong.of(lock.fencingToken()));
          return true;
        } catch (LockNotAcquiredException e) {
          return false;
        } catch (LockStoreException e) {
          // The table could not be reached in time. The next turn tries again.
          System.err.println(host + ": " + e.getMessage());
          return false;
        }
      }

      @Override
      public void close() {
        client.close();
      }
    };
  }
}
