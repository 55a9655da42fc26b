package io.github.batonlock.samples.benchmark.dynamo;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.http.HttpMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricCollector;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * A lock table in memory behind the SDK's interface, without HTTP: what remains is the lock
 * client's own work.
 *
 * <p>It keeps what a lock item says and checks no conditions: every write is granted. Safe for use
 * by many threads.
 */
public final class StubTable implements DynamoDbClient {
  static final String KEY = "key";
  private static final String OWNER = "ownerName";
  private static final String LEASE = "leaseDuration";
  private static final String VERSION = "recordVersionNumber";
  private static final String SESSION = "session";
  private static final String TOKEN = "fencingToken";
  private static final String RELEASED = "isReleased";
  private static final AttributeValue ONE = AttributeValue.fromS("1");

  /** Few words for one lock, since there may be a million of them. */
  private record Row(
      AttributeValue owner,
      AttributeValue lease,
      AttributeValue version,
      AttributeValue session,
      long token,
      boolean free) {
    static final Row NONE = new Row(null, null, null, null, 0, false);
  }

  private final Map<String, Row> rows = new ConcurrentHashMap<>();
  private final Map<AttributeValue, AttributeValue> words = new ConcurrentHashMap<>();

  /** Whether there is an item with this key. */
  boolean contains(Map<String, AttributeValue> key) {
    return rows.containsKey(nameOf(key));
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    String name = nameOf(request.key());
    Row row = rows.compute(name, (key, old) -> updated(old == null ? Row.NONE : old, request));
    UpdateItemResponse.Builder response = UpdateItemResponse.builder();
    if (request.returnValues() == ReturnValue.ALL_NEW) {
      response.attributes(item(name, row));
    }
    tellHttpClient(request);
    return response.build();
  }

  /** Tells the call's metrics of the SDK's default HTTP client, as a real call does. */
  private static void tellHttpClient(UpdateItemRequest request) {
    request
        .overrideConfiguration()
        .map(AwsRequestOverrideConfiguration::metricPublishers)
        .filter(publishers -> !publishers.isEmpty())
        .ifPresent(
            publishers -> {
              MetricCollector call = MetricCollector.create("ApiCall");
              call.reportMetric(HttpMetric.HTTP_CLIENT_NAME, "Apache5");
              MetricCollection metrics = call.collect();
              publishers.forEach(publisher -> publisher.publish(metrics));
            });
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    Map<String, AttributeValue> item = request.item();
    rows.put(
        nameOf(item),
        new Row(word(item.get(OWNER)), word(item.get(LEASE)), item.get(VERSION), null, 0, false));
    return PutItemResponse.builder().build();
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    String name = nameOf(request.key());
    Row row = rows.get(name);
    GetItemResponse.Builder response = GetItemResponse.builder();
    return (row == null ? response : response.item(item(name, row))).build();
  }

  @Override
  public DeleteItemResponse deleteItem(DeleteItemRequest request) {
    rows.remove(nameOf(request.key()));
    return DeleteItemResponse.builder().build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    rows.clear();
  }

  private Row updated(Row old, UpdateItemRequest request) {
    AttributeValue owner = old.owner;
    AttributeValue lease = old.lease;
    AttributeValue version = old.version;
    AttributeValue session = null;
    long token = old.token;
    boolean free = false;
    for (Map.Entry<String, String> name : request.expressionAttributeNames().entrySet()) {
      AttributeValue value = assigned(request, name.getKey());
      if (value == null) {
        continue;
      }
      switch (name.getValue()) {
        case OWNER -> owner = word(value);
        case LEASE -> lease = word(value);
        case VERSION -> version = value;
        case SESSION -> session = value;
        case TOKEN -> token = token == 0 ? Long.parseLong(value.n()) : token + 1;
        case RELEASED -> free = true;
        default -> {
          // The user's attributes are not kept.
        }
      }
    }
    return new Row(owner, lease, version, session, token, free);
  }

  /** The value in {@code name = :value} of an update, or the first one in an expression. */
  private static AttributeValue assigned(UpdateItemRequest request, String name) {
    String update = request.updateExpression();
    int start = update.indexOf(name + " = ");
    if (start < 0) {
      return null;
    }
    int from = update.indexOf(':', start);
    int to = from + 1;
    while (to < update.length() && Character.isLetterOrDigit(update.charAt(to))) {
      to++;
    }
    return request.expressionAttributeValues().get(update.substring(from, to));
  }

  private static Map<String, AttributeValue> item(String name, Row row) {
    Map<String, AttributeValue> item = new HashMap<>();
    item.put(KEY, AttributeValue.fromS(name));
    item.put(OWNER, row.owner);
    item.put(LEASE, row.lease);
    item.put(VERSION, row.version);
    if (row.token != 0) {
      item.put(TOKEN, AttributeValue.fromN(Long.toString(row.token)));
    }
    if (row.session != null) {
      item.put(SESSION, row.session);
    }
    if (row.free) {
      item.put(RELEASED, ONE);
    }
    return item;
  }

  private AttributeValue word(AttributeValue value) {
    AttributeValue known = words.putIfAbsent(value, value);
    return known == null ? value : known;
  }

  private static String nameOf(Map<String, AttributeValue> keyOrItem) {
    return keyOrItem.get(KEY).s();
  }
}
