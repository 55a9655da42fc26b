package io.github.batonlock.samples.liveness;

import io.github.batonlock.LockClient;
import io.github.batonlock.samples.common.Timeline;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What each part of the sample is played with.
 *
 * @param endpoint of the engine, for processes
 * @param dynamoDb the same, for clients of this process
 * @param timeline where it is told
 */
record Scene(URI endpoint, DynamoDbClient dynamoDb, Timeline timeline) {
  static final String TABLE = "liveness";
  static final Duration LEASE = Duration.ofSeconds(4);

  /** For whatever should happen: much longer than it takes, also on a busy machine. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  static LockClient.Builder client(DynamoDbClient dynamoDb, String name) {
    return LockClient.builder(dynamoDb, TABLE)
        .ownerName(name)
        .leaseDuration(LEASE)
        .heartbeatInterval(HEARTBEAT);
  }

  LockClient client(String name) {
    return client(dynamoDb, name).build();
  }
}
