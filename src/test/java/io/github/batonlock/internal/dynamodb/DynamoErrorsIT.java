package io.github.batonlock.internal.dynamodb;

import static io.github.batonlock.internal.store.StoreFixture.TIMEOUTS;
import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoreFixture;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.support.LocalDynamo;
import io.github.batonlock.support.LossyHttpClient;
import io.github.batonlock.support.LossyHttpClient.Fault;
import io.github.batonlock.support.Platforms;
import io.github.batonlock.support.RequestCounter;
import io.github.batonlock.support.SilentRefusals;
import io.github.batonlock.support.Stalls;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.services.dynamodb.DynamoDbBaseClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What the SDK and DynamoDB really throw, through both adapters. */
class DynamoErrorsIT {
  private static final Timeouts SHORT =
      new Timeouts(Duration.ofMillis(300), Duration.ofMillis(800));

  /** Long enough to reach the table on a machine that is busy. */
  private static final Timeouts UNANSWERED =
      new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(5));

  private static final Timeouts REFUSED =
      new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(8));

  private static LocalDynamo dynamo;
  private static ExecutorService executor;
  private static String table;

  private final LockKey key = LockKey.of("k-" + UUID.randomUUID());

  /** Which of the SDK's clients. */
  enum Client {
    SYNC,
    ASYNC;

    /** Calls by a client that one more setting was made for, with the SDK's own retries. */
    DynamoCalls calls(Setting setting) {
      if (this == SYNC) {
        var builder = dynamo.syncBuilder();
        setting.on(builder);
        return DynamoCalls.of(builder.build(), executor);
      }
      var builder = dynamo.asyncBuilder();
      setting.on(builder);
      return DynamoCalls.of(builder.build(), executor);
    }
  }

  /** A setting of an SDK client. */
  @FunctionalInterface
  interface Setting {
    void on(DynamoDbBaseClientBuilder<?, ?> builder);
  }

  @BeforeAll
  static void setUp() {
    dynamo = LocalDynamo.shared();
    executor = Executors.newFixedThreadPool(4);
    table = dynamo.newTable();
  }

  @AfterAll
  static void tearDown() {
    executor.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource
  void anyRequest_missingTable_failsAsNoTable(Client client) {
    LockStore store = store(client.calls(builder -> {}), "no-such-table");
    for (CompletableFuture<?> answer :
        List.of(
            store.write(acquire(key, "me", "v1"), TIMEOUTS),
            store.write(new LockWrite.Delete(key, "me", List.of("v1")), TIMEOUTS),
            store.read(key, false, TIMEOUTS),
            store.list(null, TIMEOUTS))) {
      LockStoreException failure = failure(answer);
      assertThat(failure.kind()).isEqualTo(Kind.NO_TABLE);
      assertThat(failure.mayHaveBeenApplied()).isFalse();
      assertThat(failure).hasMessageContaining("'no-such-table'");
    }
  }

  /** What is not told is not absent. */
  @ParameterizedTest
  @EnumSource
  void refusedWrite_whereTheEndpointSendsNoItem_isRefusedByWhatIsUnknown(Client client) {
    LockStore store =
        store(
            client.calls(
                builder ->
                    builder.overrideConfiguration(
                        o -> o.addExecutionInterceptor(new SilentRefusals()))),
            table);
    assertThat(store.write(acquire(key, "me", "v1"), TIMEOUTS).join().applied()).isTrue();

    for (LockWrite write :
        List.of(
            acquire(key, "you", "v2"),
            new LockWrite.Takeover(key, StoreFixture.grant("you", "v2"), "v0"),
            new LockWrite.Heartbeat(key, "me", List.of("v0"), "v2", null),
            new LockWrite.Release(key, "me", List.of("v0"), "v2", null),
            new LockWrite.Delete(key, "me", List.of("v0")))) {
      WriteAnswer answer = store.write(write, TIMEOUTS).join();
      assertThat(answer.applied()).isFalse();
      assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    }
    GrantsAnswer together =
        store
            .grantAll(
                List.of(
                    acquire(LockKey.of("k-" + UUID.randomUUID()), "you", versionOfOurs()),
                    acquire(key, "you", versionOfOurs())),
                TIMEOUTS)
            .join();
    assertThat(together.applied()).isFalse();
    assertThat(together.against()).containsExactly(null, StoredItem.UNKNOWN);
  }

  private static String versionOfOurs() {
    return RecordVersion.create(0, new SplittableRandom());
  }

  @ParameterizedTest
  @CsvSource({"id,S,", "key,N,", "key,S,sort", "id,S,sort"})
  void anyRequest_otherKeySchema_failsAsWrongSchema(String partition, String type, String sort) {
    LockStore store =
        store(
            DynamoCalls.of(dynamo.sync(), executor), dynamo.newForeignTable(partition, type, sort));
    for (CompletableFuture<?> answer :
        List.of(
            store.write(acquire(key, "me", "v1"), TIMEOUTS),
            store.write(new LockWrite.Delete(key, "me", List.of("v1")), TIMEOUTS),
            store.read(key, false, TIMEOUTS))) {
      LockStoreException failure = failure(answer);
      assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.WRONG_SCHEMA);
      assertThat(failure.mayHaveBeenApplied()).isFalse();
    }
  }

  @Test
  void anyRequest_expectedSortKeyMissing_failsAsWrongSchema() {
    DynamoLockStore store =
        new DynamoLockStore(
            DynamoCalls.of(dynamo.sync(), executor), table, "key", "sort", Platforms.KEPT);
    LockStoreException failure =
        failure(store.write(acquire(LockKey.of("a", "b"), "me", "v1"), TIMEOUTS));
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.WRONG_SCHEMA);
  }

  @Test
  void list_rowsWithoutAUsableKey_skipsThem() {
    String other = dynamo.newForeignTable("key", "N", null);
    dynamo.sync().putItem(r -> r.tableName(other).item(Map.of("key", StoreFixture.n("1"))));
    LockStore store = store(DynamoCalls.of(dynamo.sync(), executor), other);
    assertThat(store.list(null, TIMEOUTS).join().rows()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void write_serverThatNeverAnswers_endsByTheTimeouts(Client client) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      LockStore store = store(client.calls(builder -> builder.endpointOverride(endpoint)), table);
      long start = System.nanoTime();
      LockStoreException failure = failure(store.write(acquire(key, "me", "v1"), SHORT));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
      // Which of the two depends on whether the SDK's timer or its own closing of the connection
      // is seen first.
      assertThat(failure.kind()).as(failure.getMessage()).isIn(Kind.TIMED_OUT, Kind.UNAVAILABLE);
      assertThat(failure.mayHaveBeenApplied()).isTrue();
      assertThat(failure(store.read(key, true, SHORT)).mayHaveBeenApplied()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"SYNC,1,false", "ASYNC,1,false", "SYNC,2,true", "ASYNC,2,true"})
  void write_nobodyListens_isUnappliedForCertainOnlyAfterOneAttempt(
      Client client, int attempts, boolean mayHaveBeenApplied) {
    // A port below those that systems hand out: none that was free a moment ago is safe from reuse.
    URI nobody = URI.create("http://127.0.0.1:1");
    DynamoCalls calls =
        client.calls(
            builder ->
                builder
                    .endpointOverride(nobody)
                    .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(attempts))));
    LockStoreException failure =
        failure(
            store(calls, table)
                .write(acquire(key, "me", "v1"), client == Client.SYNC ? TIMEOUTS : REFUSED));
    if (client == Client.ASYNC && failure.kind() == Kind.TIMED_OUT) {
      // The SDK's asynchronous HTTP client misses a refusal now and then; the timeout ends it.
      assertThat(failure.mayHaveBeenApplied()).isTrue();
      return;
    }
    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.mayHaveBeenApplied()).as(failure.getMessage()).isEqualTo(mayHaveBeenApplied);
  }

  @ParameterizedTest
  @EnumSource
  void write_noCredentials_failsAsAccessDeniedAndUnapplied(Client client) {
    AwsCredentialsProviderChain nothing =
        AwsCredentialsProviderChain.of(
            ProfileCredentialsProvider.builder()
                .profileFile(ProfileFile.aggregator().build())
                .build());
    DynamoCalls calls = client.calls(builder -> builder.credentialsProvider(nothing));
    LockStoreException failure =
        failure(store(calls, table).write(acquire(key, "me", "v1"), TIMEOUTS));
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.ACCESS_DENIED);
    assertThat(failure.mayHaveBeenApplied()).as(failure.getMessage()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void write_executorRefuses_failsUnapplied(Client client) {
    DynamoCalls calls =
        client == Client.SYNC
            ? DynamoCalls.of(dynamo.sync(), DynamoErrorsIT::refuse)
            : DynamoCalls.of(dynamo.async(), DynamoErrorsIT::refuse);
    LockStoreException failure =
        failure(store(calls, table).write(acquire(key, "me", "v1"), TIMEOUTS));
    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.mayHaveBeenApplied()).isFalse();
  }

  @Test
  void write_answerLostAndTriedAgainByTheSdk_isRejectedByItsOwnVersion() {
    LossyHttpClient network = LossyHttpClient.create();
    RequestCounter counter = new RequestCounter();
    LockStore store = lossyStore(network, counter);
    network.next(1, "UpdateItem", Fault.loseAnswer());
    WriteAnswer answer = store.write(acquire(key, "me", "v1"), TIMEOUTS).join();
    assertThat(answer.applied()).isFalse();
    assertThat(lock(answer.item()).version()).isEqualTo("v1");
    assertThat(counter.of("UpdateItem")).isEqualTo(2);
    assertThat(counter.total()).isEqualTo(2);
  }

  @Test
  void write_doneButNeverAnswered_timesOutAndMayHaveBeenApplied() {
    LossyHttpClient network = LossyHttpClient.create();
    LockStore store = lossyStore(network, new RequestCounter());
    network.always("UpdateItem", Fault.hangAfterDoing());
    LockStoreException failure = failure(store.write(acquire(key, "me", "v1"), UNANSWERED));
    assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
    assertThat(failure.mayHaveBeenApplied()).isTrue();
    assertThat(lock(store.read(key, true, TIMEOUTS).join().item()).version()).isEqualTo("v1");
  }

  @Test
  void write_blackHole_timesOutAndLeavesNothing() {
    LossyHttpClient network = LossyHttpClient.create();
    LockStore store = lossyStore(network, new RequestCounter());
    network.always("UpdateItem", Fault.blackHole());
    LockStoreException failure = failure(store.write(acquire(key, "me", "v1"), SHORT));
    assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
    network.heal();
    assertThat(store.read(key, true, TIMEOUTS).join().item()).isEqualTo(StoredItem.ABSENT);
  }

  @Test
  void write_throttledAfterAnAttemptThatLanded_mayHaveBeenApplied() {
    LossyHttpClient network = LossyHttpClient.create();
    RequestCounter counter = new RequestCounter();
    LockStore store = lossyStore(network, counter);
    network.always("UpdateItem", Fault.answerAfterDoing(400, "ThrottlingException", "slow down"));
    LockStoreException failure = failure(store.write(acquire(key, "me", "v1"), TIMEOUTS));
    assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
    assertThat(failure.mayHaveBeenApplied()).isTrue();
    assertThat(counter.of("UpdateItem")).isEqualTo(2);
    assertThat(lock(store.read(key, true, TIMEOUTS).join().item()).version()).isEqualTo("v1");
  }

  /** Regression: TIMED_OUT, "check the network path". */
  @ParameterizedTest
  @EnumSource
  void anyRequest_throttledUntilItsTimeIsUp_failsAsThrottled(Client client) throws Exception {
    ThrottledByServer throttled = new ThrottledByServer();
    LockStore store = store(client.calls(throttled::on), table);
    Stalls.measure(() -> failAsThrottled(store));
    assertThat(throttled.published()).isPositive();
  }

  private void failAsThrottled(LockStore store) {
    for (CompletableFuture<?> answer :
        List.of(
            store.write(acquire(key, "me", "v1"), SHORT),
            store.write(new LockWrite.Delete(key, "me", List.of("v1")), SHORT),
            store.read(key, false, SHORT),
            store.grantAll(List.of(acquire(key, "me", versionOfOurs())), SHORT),
            store.readAll(List.of(key), SHORT),
            store.list(null, SHORT))) {
      LockStoreException failure = failure(answer);
      assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.THROTTLED);
    }
  }

  /** Regression: UNAVAILABLE, "AbortedException, check the network path". */
  @ParameterizedTest
  @EnumSource
  void anyRequest_heldBackByTheSdksRateLimiter_timesOutAndNamesIt(Client client) {
    ThrottledByServer throttled = new ThrottledByServer();
    LockStore store =
        store(
            client.calls(
                builder -> {
                  throttled.on(builder);
                  builder.overrideConfiguration(
                      builder.overrideConfiguration().toBuilder()
                          .retryStrategy(RetryMode.ADAPTIVE_V2)
                          .build());
                }),
            table);
    LockStoreException failure = failure(store.read(key, false, SHORT));
    for (int i = 0; i < 20 && failure.kind() != Kind.TIMED_OUT; i++) {
      failure = failure(store.read(key, false, SHORT));
    }
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.TIMED_OUT);
    assertThat(failure).hasMessageContaining("rate limiter");
  }

  /** All answers say so; the SDK's own retries go on for longer than any call here. */
  private static final class ThrottledByServer implements ExecutionInterceptor, MetricPublisher {
    private final AtomicInteger published = new AtomicInteger();

    void on(DynamoDbBaseClientBuilder<?, ?> builder) {
      builder.overrideConfiguration(
          o ->
              o.addExecutionInterceptor(this)
                  .addMetricPublisher(this)
                  .retryStrategy(RetryMode.LEGACY));
    }

    @Override
    public SdkHttpResponse modifyHttpResponse(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.httpResponse().toBuilder().statusCode(429).build();
    }

    @Override
    public void publish(MetricCollection metrics) {
      published.incrementAndGet();
    }

    int published() {
      return published.get();
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(strings = {"TransactionConflictException", "ReplicatedWriteConflictException"})
  void write_conflict_isReportedAsOne(String code) {
    LossyHttpClient network = LossyHttpClient.create();
    LockStore store = lossyStore(network, new RequestCounter());
    network.always("UpdateItem", Fault.answer(400, code, "busy"));
    assertThat(failure(store.write(acquire(key, "me", "v1"), TIMEOUTS)).kind())
        .isEqualTo(Kind.CONFLICT);
  }

  private static LockStore lossyStore(LossyHttpClient network, RequestCounter counter) {
    DynamoDbClient client =
        dynamo
            .syncBuilder()
            .httpClient(network)
            .overrideConfiguration(
                o -> o.addExecutionInterceptor(counter).retryStrategy(r -> r.maxAttempts(2)))
            .build();
    return store(DynamoCalls.of(client, executor), table);
  }

  private static LockStore store(DynamoCalls calls, String table) {
    return new DynamoLockStore(calls, table, "key", null, Platforms.KEPT);
  }

  private static LockStoreException failure(CompletableFuture<?> answer) {
    Throwable thrown = catchThrowable(answer::join);
    assertThat(thrown).isInstanceOf(CompletionException.class);
    return (LockStoreException) thrown.getCause();
  }

  private static void refuse(Runnable task) {
    throw new RejectedExecutionException("full");
  }
}
