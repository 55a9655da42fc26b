package io.github.batonlock.support;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How many conditional writes an engine does in a second, without Baton. */
public final class RawWrites {
  private static final int AT_A_TIME = 50;
  private static final long WARM_UP = TimeUnit.SECONDS.toNanos(4);
  private static final long MEASURED = TimeUnit.SECONDS.toNanos(4);

  private final DynamoDbAsyncClient client;
  private final String table;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger counted = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(AT_A_TIME);
  private long began;

  /** Of one table. */
  public RawWrites(DynamoDbAsyncClient client, String table) {
    this.client = client;
    this.table = table;
  }

  /** Measures; takes some seconds. */
  public int perSecond() throws InterruptedException {
    began = System.nanoTime();
    for (int i = 0; i < AT_A_TIME; i++) {
      next();
    }
    ended.await();
    return (int) (counted.get() / TimeUnit.NANOSECONDS.toSeconds(MEASURED));
  }

  private void next() {
    int number = sent.incrementAndGet();
    var unused =
        client
            .updateItem(
                request ->
                    request
                        .tableName(table)
                        .key(Map.of("key", AttributeValue.fromS("raw-" + number % 10_000)))
                        .updateExpression("SET v = :v")
                        .conditionExpression("attribute_not_exists(isReleased)")
                        .expressionAttributeValues(
                            Map.of(":v", AttributeValue.fromS("1767225600000-" + number))))
            .whenComplete((response, failure) -> answered());
  }

  private void answered() {
    long past = System.nanoTime() - began;
    if (past >= WARM_UP && past < WARM_UP + MEASURED) {
      counted.incrementAndGet();
    }
    if (past < WARM_UP + MEASURED) {
      next();
    } else {
      ended.countDown();
    }
  }
}
