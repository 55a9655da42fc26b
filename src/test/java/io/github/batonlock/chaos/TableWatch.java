package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * Reads the lock items, past all proxies and past Baton, and writes down how they change: what is
 * so, to compare with what workers believe.
 */
final class TableWatch implements AutoCloseable {
  private static final long PAUSE = 15_000_000;

  private final DynamoDbClient dynamoDb;
  private final String table;
  private final History history;
  private final Map<String, String> last = new HashMap<>();
  private final Thread thread = new Thread(this::run, "table-watch");

  TableWatch(DynamoDbClient dynamoDb, String table, History history) {
    this.dynamoDb = dynamoDb;
    this.table = table;
    this.history = history;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        look();
      } catch (SdkException e) {
        // The table is stopped; what was not seen is not written down.
      }
      LockSupport.parkNanos(PAUSE);
    }
  }

  private void look() {
    List<Map<String, AttributeValue>> keys =
        Settings.KEYS.stream().map(k -> Map.of("key", AttributeValue.fromS(k))).toList();
    long from = System.nanoTime();
    List<Map<String, AttributeValue>> items =
        dynamoDb
            .batchGetItem(
                r ->
                    r.requestItems(
                        Map.of(
                            table,
                            KeysAndAttributes.builder().keys(keys).consistentRead(true).build())))
            .responses()
            .get(table);
    long to = System.nanoTime();
    Map<String, Map<String, AttributeValue>> byKey = new HashMap<>();
    items.forEach(item -> byKey.put(item.get("key").s(), item));
    for (String key : Settings.KEYS) {
      note(key, byKey.get(key), from, to);
    }
  }

  private void note(String key, Map<String, AttributeValue> item, long from, long to) {
    long token = item == null ? 0 : Long.parseLong(item.get("fencingToken").n());
    String state =
        item == null
            ? "absent"
            : (item.containsKey("isReleased") ? "free " : "held ")
                + item.get("recordVersionNumber").s()
                + " "
                + item.get("ownerName").s();
    if (!state.equals(last.put(key, state))) {
      history.add(from, to, Kind.SEEN, key, token, state);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join();
  }
}
