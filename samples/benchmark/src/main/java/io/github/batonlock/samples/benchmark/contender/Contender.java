package io.github.batonlock.samples.benchmark.contender;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A kind of lock client that is compared with others. */
public interface Contender {

  /** How the report calls it. */
  String name();

  /**
   * Starts a client.
   *
   * @param dynamoDb what it sends its requests by; stays open
   * @param table the lock table
   * @param timing its lease and heartbeat
   */
  Locker open(DynamoDbClient dynamoDb, String table, Timing timing);
}
