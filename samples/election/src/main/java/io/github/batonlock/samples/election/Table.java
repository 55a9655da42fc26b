package io.github.batonlock.samples.election;

import io.github.batonlock.LockClient;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What all processes of this sample agree on. */
final class Table {
  static final String NAME = "baton-election";
  static final String KEY = "scheduler/leader";
  static final Duration LEASE = Duration.ofSeconds(4);
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private Table() {}

  static LockClient client(DynamoDbClient dynamoDb, String ownerName) {
    return LockClient.builder(dynamoDb, NAME)
        .ownerName(ownerName)
        .leaseDuration(LEASE)
        .heartbeatInterval(HEARTBEAT)
        .build();
  }
}
