package io.github.batonlock.samples.fencing;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.fencing.Documents.Way;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * A process that has made sure that it holds the lock, is about to write, and is stopped there. It
 * tells on stdout what it does, and goes on when it is told to on stdin.
 */
final class Holder {
  static final String KEY = "campaign/2026-11";
  static final Duration LEASE = Duration.ofSeconds(3);
  static final Duration HEARTBEAT = Duration.ofMillis(750);

  private Holder() {}

  public static void main(String[] args) throws Exception {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[0]));
        LockClient client = client(dynamoDb, "alice");
        HeldLock lock = client.acquire(KEY)) {
      lock.ensureHeld();
      long token = lock.fencingToken();
      TransactWriteItem guard = lock.guard();
      say("HOLDS " + token);
      commands.readLine();
      Documents documents = new Documents(dynamoDb);
      for (Way way : Way.values()) {
        boolean taken = documents.write(way, "alice", token, guard);
        say(way + (taken ? " TAKEN" : " REFUSED"));
      }
    }
    System.exit(0);
  }

  static LockClient client(DynamoDbClient dynamoDb, String name) {
    return LockClient.builder(dynamoDb, Documents.LOCKS)
        .ownerName(name + "-" + ProcessHandle.current().pid())
        .leaseDuration(LEASE)
        .heartbeatInterval(HEARTBEAT)
        .build();
  }

  private static void say(String what) {
    System.out.println(what);
    System.out.flush();
  }
}
