package io.github.batonlock.samples.partitions;

import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.Revocation;
import io.github.batonlock.recipe.group.Group;
import io.github.batonlock.recipe.group.Membership;
import io.github.batonlock.samples.common.LocalEngine;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process that joins the group, and works on its share of the partitions until its stdin ends.
 *
 * <p>Its membership and all its partitions have one lease in common: one write an interval keeps
 * them all, and they are lost together.
 */
final class Worker {
  static final String LOCKS = "locks";
  static final String GROUP = "partitions";
  static final Duration LEASE = Duration.ofSeconds(8);
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private final String name;
  private final Group group;

  private Worker(String name, Group group) {
    this.name = name;
    this.group = group;
  }

  public static void main(String[] args) throws Exception {
    String name = args[0];
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[1]));
        LockClient client = client(dynamoDb, name)) {
      Share share = new Share(name, client, new Results(dynamoDb));
      try (Group group =
          Group.builder(client, GROUP).onChange(change -> share.assign(change.members())).open()) {
        new Worker(name, group).join();
        awaitEndOfInput();
        share.stop();
      }
    }
    System.exit(0);
  }

  static LockClient client(DynamoDbClient dynamoDb, String name) {
    return LockClient.builder(dynamoDb, LOCKS)
        .ownerName(name + "-" + ProcessHandle.current().pid())
        .leaseDuration(LEASE)
        .heartbeatInterval(HEARTBEAT)
        .leases(Leases.shared())
        .build();
  }

  private void join() {
    CompletableFuture<Membership> unused =
        group
            .joinAsync(name, SdkBytes.fromUtf8String("pid " + ProcessHandle.current().pid()))
            .whenComplete(
                (membership, failure) -> {
                  if (failure == null) {
                    membership.onRevoked(this::joinAgain);
                  } else {
                    joinAgain(failure);
                  }
                });
  }

  private void joinAgain(Revocation revocation) {
    say("has lost its membership, joins again: " + revocation);
    join();
  }

  /** A table that is slow or out of reach now may be there later; a closed group will not. */
  private void joinAgain(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof LockException) {
      say("could not join, tries again: " + cause.getMessage());
      join();
    }
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() != -1) {
      // The parent writes nothing; it closes the stream, or dies.
    }
  }

  static synchronized void say(String what) {
    System.out.println(what);
    System.out.flush();
  }
}
