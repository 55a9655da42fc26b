package io.github.batonlock.samples.adapters;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Pipelines of Reactor under a lock: one at a time, also when some of them are cancelled; and one
 * that ends because its lock is lost.
 */
final class AdaptersDemo {
  private static final String TABLE = "adapters";
  private static final String KEY = "reports/2026-11";
  private static final int PIPELINES = 20;

  private final Timeline timeline = new Timeline();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final DynamoDbClient dynamoDb;
  private final LockClient client;

  private AdaptersDemo(DynamoDbClient dynamoDb, LockClient client) {
    this.dynamoDb = dynamoDb;
    this.client = client;
  }

  public static void main(String[] args) throws Exception {
    boolean asPromised;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, TABLE);
      try (LockClient client =
          LockClient.builder(dynamoDb, TABLE).leaseDuration(Duration.ofSeconds(3)).build()) {
        AdaptersDemo demo = new AdaptersDemo(dynamoDb, client);
        asPromised = demo.oneAtATime() & demo.cancelled() & demo.lost();
      }
    }
    System.out.println();
    System.out.println(asPromised ? "As promised." : "NOT AS PROMISED: see above.");
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(asPromised ? 0 : 1);
  }

  private boolean oneAtATime() {
    Flux.range(0, PIPELINES).flatMap(i -> underLock(), PIPELINES).blockLast();
    timeline.add("all", PIPELINES + " pipelines ran, at most " + most + " at a time");
    return most.get() == 1;
  }

  private Mono<Long> underLock() {
    return ReactorLocks.underLock(
        client,
        KEY,
        lock ->
            Mono.fromSupplier(() -> most.accumulateAndGet(inside.incrementAndGet(), Math::max))
                .delayElement(Duration.ofMillis(20))
                .map(ran -> lock.fencingToken())
                .doFinally(end -> inside.decrementAndGet()));
  }

  /** Cancels pipelines that wait and one that works: the lock is free afterwards. */
  private boolean cancelled() throws InterruptedException {
    for (int i = 0; i < PIPELINES; i++) {
      Disposable pipeline = Flux.range(0, 3).flatMap(n -> underLock()).subscribe();
      Mono.delay(Duration.ofMillis(10L * i)).block();
      pipeline.dispose();
    }
    try (HeldLock lock = client.acquire(KEY)) {
      timeline.add("all", "pipelines were cancelled; the lock was free for " + lock.fencingToken());
      return lock.isHeld();
    }
  }

  /** An operator deletes the item under a pipeline that would work for a minute. */
  private boolean lost() {
    Mono<Object> longWork =
        ReactorLocks.underLock(client, KEY, lock -> deleteItem().then(Mono.never()));
    try {
      longWork.block(Duration.ofMinutes(1));
      return false;
    } catch (LockRevokedException e) {
      timeline.add("one", "its lock was lost, and it ended: " + e.revocation().reason());
      return true;
    }
  }

  private Mono<Void> deleteItem() {
    return Mono.fromRunnable(
        () ->
            dynamoDb.deleteItem(
                delete -> delete.tableName(TABLE).key(Map.of("key", AttributeValue.fromS(KEY)))));
  }
}
