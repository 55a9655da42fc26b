package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.request.Unreached;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.support.Platforms;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** How real SDK clients fail that are closed, or whose connection is refused. */
class UnreachedTest {
  private static final URI CLOSED_PORT = URI.create("http://127.0.0.1:1");
  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));

  private static Stream<Named<SdkHttpClient>> httpClients() {
    return Stream.of(
        Named.of("Apache", Apache5HttpClient.create()),
        Named.of("URLConnection", UrlConnectionHttpClient.create()));
  }

  private static DynamoDbClient client(SdkHttpClient http) {
    return DynamoDbClient.builder()
        .httpClient(http)
        .endpointOverride(CLOSED_PORT)
        .credentialsProvider(CREDENTIALS)
        .region(Region.EU_CENTRAL_1)
        .overrideConfiguration(all -> all.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static DynamoDbAsyncClient asyncClient() {
    return DynamoDbAsyncClient.builder()
        .endpointOverride(CLOSED_PORT)
        .credentialsProvider(CREDENTIALS)
        .region(Region.EU_CENTRAL_1)
        .overrideConfiguration(all -> all.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static LockStoreException failure(DynamoCalls calls) {
    DynamoLockStore store = new DynamoLockStore(calls, "locks", "key", null, Platforms.KEPT);
    Timeouts timeouts = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
    return (LockStoreException)
        catchThrowableOfType(
                CompletionException.class, () -> store.read(LockKey.of("k"), true, timeouts).join())
            .getCause();
  }

  @ParameterizedTest
  @MethodSource("httpClients")
  void connection_thatIsRefused_isUnreached(SdkHttpClient http) {
    try (DynamoDbClient client = client(http)) {
      LockStoreException failure = failure(new SyncCalls(client, Runnable::run));
      assertThat(Unreached.isShownBy(failure)).as("%s", failure).isTrue();
    }
    http.close();
  }

  @ParameterizedTest
  @MethodSource("httpClients")
  void syncClient_thatIsClosed_isUnreached(SdkHttpClient http) {
    DynamoDbClient client = client(http);
    client.close();
    http.close();
    LockStoreException failure = failure(new SyncCalls(client, Runnable::run));
    assertThat(Unreached.isShownBy(failure)).as("%s", failure).isTrue();
  }

  @Test
  void asyncClient_whoseConnectionIsRefused_isUnreached() {
    try (DynamoDbAsyncClient client = asyncClient()) {
      LockStoreException failure = failure(new AsyncCalls(client, Runnable::run));
      assertThat(Unreached.isShownBy(failure)).as("%s", failure).isTrue();
    }
  }

  @Test
  void asyncClient_thatIsClosed_isUnreached() {
    DynamoDbAsyncClient client = asyncClient();
    client.close();
    LockStoreException failure = failure(new AsyncCalls(client, Runnable::run));
    assertThat(Unreached.isShownBy(failure)).as("%s", failure).isTrue();
  }

  @Test
  void executor_thatIsClosed_isUnreached() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    var unused = executor.shutdownNow();
    try (DynamoDbAsyncClient client = asyncClient()) {
      LockStoreException failure = failure(new AsyncCalls(client, executor));
      assertThat(Unreached.isShownBy(failure)).as("%s", failure).isTrue();
      assertThat(failure.mayHaveBeenApplied()).isFalse();
    }
  }
}
