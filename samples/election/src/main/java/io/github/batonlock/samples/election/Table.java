package io.github.batonlock.samples.election;

import io.github.batonlock.LockClient;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What all processes of this sample agree on. */
final class Table {
  static final String NAME = "baton-election";
  static final String KEY = "scheduler/leader";
  static final Duration LEASE = Duration.ofSeconds(4);
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private Table() {}

  static DynamoDbClient connect(URI endpoint) {
    return DynamoDbClient.builder()
        .httpClientBuilder(Apache5HttpClient.builder())
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .build();
  }

  static LockClient client(DynamoDbClient dynamoDb, String ownerName) {
    return LockClient.builder(dynamoDb, NAME)
        .ownerName(ownerName)
        .leaseDuration(LEASE)
        .heartbeatInterval(HEARTBEAT)
        .build();
  }
}
