package io.github.batonlock.samples.liveness;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.samples.common.LocalEngine;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A process with three locks that share one lease. It works until it is killed. */
final class Holder {
  static final String NAME = "alice";
  static final List<String> KEYS = List.of("import/1", "import/2", "import/3");

  private Holder() {}

  /** Tells the key of its session when it has all its locks. */
  public static void main(String[] args) throws Exception {
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[0]));
        LockClient client = Scene.client(dynamoDb, NAME).leases(Leases.shared()).build()) {
      LockKey session = null;
      for (String key : KEYS) {
        HeldLock lock = client.acquire(key);
        session = lock.session().orElseThrow();
      }
      System.out.println(session);
      new CountDownLatch(1).await();
    }
  }
}
