package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.dynamodb.CallContext.Call;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItem;
import software.amazon.awssdk.services.dynamodb.model.TransactGetItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** The lock items of one DynamoDB table. */
public final class DynamoLockStore implements LockStore {
  private final DynamoCalls calls;
  private final String tableName;
  private final ItemCodec codec;
  private final WriteRequests requests;
  private final Overrides overrides;

  /**
   * Creates the store of one table.
   *
   * @param calls how to reach DynamoDB
   * @param tableName the table
   * @param partitionKeyName its partition key attribute
   * @param sortKeyName its sort key attribute; null for none
   * @param kept the sizes of the caches for parts of requests
   */
  public DynamoLockStore(
      DynamoCalls calls,
      String tableName,
      String partitionKeyName,
      @Nullable String sortKeyName,
      Kept kept) {
    this.calls = calls;
    this.tableName = tableName;
    this.codec = new ItemCodec(partitionKeyName, sortKeyName);
    this.requests = new WriteRequests(tableName, codec, kept.texts());
    this.overrides = new Overrides(kept.overrides(), calls::metricPublishers);
  }

  /**
   * The sizes of the caches for parts of requests.
   *
   * @param texts expressions of writes, in characters
   * @param overrides timeouts, as the SDK takes them
   */
  public record Kept(int texts, int overrides) {}

  @Override
  public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    return write instanceof LockWrite.Delete delete
        ? delete(delete, timeouts)
        : update(write, timeouts);
  }

  private <R, A> CompletableFuture<A> call(
      CallContext context,
      Timeouts timeouts,
      Function<AwsRequestOverrideConfiguration, CompletableFuture<R>> call,
      Function<R, A> onResponse,
      Function<Throwable, @Nullable A> onFailure) {
    return Answers.of(context, TimedCall.of(call, timeouts, overrides), onResponse, onFailure);
  }

  private CompletableFuture<WriteAnswer> update(LockWrite write, Timeouts timeouts) {
    return call(
        new CallContext(Call.UPDATE_ITEM, tableName, write.key()),
        timeouts,
        settings -> calls.updateItem(requests.update(write, settings)),
        response ->
            new WriteAnswer(
                true,
                write.isGrant() ? codec.decode(response.attributes()) : StoredItem.UNKNOWN,
                false,
                dateOf(response),
                write.isGrant() ? List.of() : AskedReleases.of(response.attributes()),
                write.isGrant() ? 0 : AskedReleases.count(response.attributes())),
        failure -> rejection(write, failure));
  }

  private CompletableFuture<WriteAnswer> delete(LockWrite.Delete write, Timeouts timeouts) {
    return call(
        new CallContext(Call.DELETE_ITEM, tableName, write.key()),
        timeouts,
        settings -> calls.deleteItem(requests.delete(write, settings)),
        response -> new WriteAnswer(true, StoredItem.UNKNOWN, dateOf(response)),
        failure -> rejection(write, failure));
  }

  private @Nullable WriteAnswer rejection(LockWrite write, Throwable failure) {
    if (!(failure instanceof ConditionalCheckFailedException rejected)) {
      return null;
    }
    AwsErrorDetails details = rejected.awsErrorDetails();
    Integer attempts = rejected.numAttempts();
    return new WriteAnswer(
        false,
        codec.decodeRefusal(write, rejected.item()),
        attempts != null && attempts > 1,
        details == null ? null : dateOf(details.sdkHttpResponse()));
  }

  @Override
  public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
    return call(
        new CallContext(Call.GET_ITEM, tableName, key),
        timeouts,
        settings ->
            calls.getItem(
                GetItemRequest.builder()
                    .tableName(tableName)
                    .key(codec.keyOf(key))
                    .consistentRead(consistent)
                    .overrideConfiguration(settings)
                    .build()),
        response ->
            new ReadAnswer(
                codec.decode(response.item()), dateOf(response), codec.asked(response.item())),
        failure -> null);
  }

  @Override
  public CompletableFuture<GrantsAnswer> grantAll(List<LockWrite> grants, Timeouts timeouts) {
    return call(
        new CallContext(Call.TRANSACT_WRITE_ITEMS, tableName, null),
        timeouts,
        settings ->
            calls.transactWriteItems(
                TransactWriteItemsRequest.builder()
                    .transactItems(grants.stream().map(requests::inTransaction).toList())
                    // Unique to this send, and 36 characters, which is the longest token allowed:
                    // the SDK's own retry gets the same answer as its first attempt.
                    .clientRequestToken(versionOf(grants.get(0)))
                    .overrideConfiguration(settings)
                    .build()),
        response -> new GrantsAnswer(true, List.of()),
        failure -> rejection(grants, failure));
  }

  private static @Nullable String versionOf(LockWrite write) {
    LockWrite.Grant grant = write.grant();
    return grant == null ? null : grant.version();
  }

  private @Nullable GrantsAnswer rejection(List<LockWrite> grants, Throwable failure) {
    if (!(failure instanceof TransactionCanceledException cancelled)
        || cancelled.cancellationReasons().size() != grants.size()) {
      return null;
    }
    List<@Nullable StoredItem> against = new ArrayList<>();
    for (LockWrite grant : grants) {
      CancellationReason reason = cancelled.cancellationReasons().get(against.size());
      boolean failed = "ConditionalCheckFailed".equals(reason.code());
      against.add(failed ? codec.decodeRefusal(grant, reason.item()) : null);
    }
    return against.stream().allMatch(Objects::isNull) ? null : new GrantsAnswer(false, against);
  }

  @Override
  public CompletableFuture<List<StoredItem>> readAll(List<LockKey> keys, Timeouts timeouts) {
    return call(
        new CallContext(Call.TRANSACT_GET_ITEMS, tableName, null),
        timeouts,
        settings ->
            calls.transactGetItems(
                TransactGetItemsRequest.builder()
                    .transactItems(keys.stream().map(this::inTransaction).toList())
                    .overrideConfiguration(settings)
                    .build()),
        response -> response.responses().stream().map(row -> codec.decode(row.item())).toList(),
        failure -> null);
  }

  private TransactGetItem inTransaction(LockKey key) {
    return TransactGetItem.builder().get(g -> g.tableName(tableName).key(codec.keyOf(key))).build();
  }

  @Override
  public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
    return call(
        new CallContext(Call.SCAN, tableName, null),
        timeouts,
        settings ->
            calls.scan(
                ScanRequest.builder()
                    .tableName(tableName)
                    .exclusiveStartKey(after == null ? null : ((LastKey) after).key())
                    .overrideConfiguration(settings)
                    .build()),
        this::page,
        failure -> null);
  }

  private ItemPage page(ScanResponse response) {
    List<ItemPage.Row> rows = new ArrayList<>();
    for (Map<String, AttributeValue> row : response.items()) {
      codec
          .keyOf(row)
          .map(key -> new ItemPage.Row(key, codec.decode(row), codec.asked(row)))
          .ifPresent(rows::add);
    }
    Map<String, AttributeValue> last = response.lastEvaluatedKey();
    return new ItemPage(List.copyOf(rows), last.isEmpty() ? null : new LastKey(last));
  }

  private static @Nullable Instant dateOf(SdkResponse response) {
    return dateOf(response.sdkHttpResponse());
  }

  private static @Nullable Instant dateOf(@Nullable SdkHttpResponse response) {
    String date = response == null ? null : response.firstMatchingHeader("Date").orElse(null);
    try {
      return date == null ? null : DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** The key of the last row of a page. */
  private record LastKey(Map<String, AttributeValue> key) implements PageToken {}
}
