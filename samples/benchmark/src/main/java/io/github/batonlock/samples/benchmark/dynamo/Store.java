package io.github.batonlock.samples.benchmark.dynamo;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A table and how to reach it.
 *
 * @param endpoint where DynamoDB is; empty for the Region's own
 * @param region the AWS Region; empty for the SDK's default
 * @param table the table's name
 */
public record Store(Optional<URI> endpoint, Optional<String> region, String table) {
  /** As many as the waiters of the largest measure, so that none waits for a connection. */
  private static final int CONNECTIONS = 160;

  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(30);

  /** A store that needs no true credentials. */
  public static Store local(URI endpoint, String table) {
    return new Store(Optional.of(endpoint), Optional.empty(), table);
  }

  /** A synchronous SDK client. */
  public DynamoDbClient connect(ExecutionInterceptor... interceptors) {
    return configured(DynamoDbClient.builder(), interceptors)
        .httpClientBuilder(
            Apache5HttpClient.builder()
                .maxConnections(CONNECTIONS)
                .connectionAcquisitionTimeout(CONNECTION_WAIT))
        .build();
  }

  /** An asynchronous SDK client. */
  public DynamoDbAsyncClient connectAsync(ExecutionInterceptor... interceptors) {
    return configured(DynamoDbAsyncClient.builder(), interceptors)
        .httpClientBuilder(
            NettyNioAsyncHttpClient.builder()
                .maxConcurrency(CONNECTIONS)
                .connectionAcquisitionTimeout(CONNECTION_WAIT))
        .build();
  }

  private <B extends AwsClientBuilder<B, ?>> B configured(
      B builder, ExecutionInterceptor... interceptors) {
    region.map(Region::of).ifPresent(builder::region);
    endpoint.ifPresent(builder::endpointOverride);
    if (endpoint.isPresent() && "http".equals(endpoint.get().getScheme())) {
      builder.credentialsProvider(
          StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
      if (region.isEmpty()) {
        builder.region(Region.US_EAST_1);
      }
    }
    return builder.overrideConfiguration(
        configuration -> List.of(interceptors).forEach(configuration::addExecutionInterceptor));
  }

  /** The same store as arguments of another process. */
  public List<String> toArguments() {
    return new ArrayList<>(
        List.of(endpoint.map(URI::toString).orElse(""), region.orElse(""), table));
  }

  /** The store that {@link #toArguments} told of. */
  public static Store ofArguments(List<String> arguments) {
    return new Store(
        Optional.of(arguments.get(0)).filter(text -> !text.isBlank()).map(URI::create),
        Optional.of(arguments.get(1)).filter(text -> !text.isBlank()),
        arguments.get(2));
  }

  /** Where the table is, for the report. */
  public String describe() {
    return endpoint.map(URI::toString).orElse("AWS Region " + region.orElse("of the SDK"));
  }
}
