package io.github.batonlock.support;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.recipe.RunOnce;
import io.github.batonlock.shedlock.BatonLockProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.support.LockException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process of a test: takes a lock and writes what happens to its standard output, a line each.
 *
 * <p>Arguments: what to do, endpoint, Region, table, key, lease in milliseconds, turns. What it
 * does:
 *
 * <ul>
 *   <li>{@code hold}: prints {@code acquired TOKEN}, then holds the lock until it is killed
 *   <li>{@code check}: prints that, then asks {@code ensureHeld} without a pause; prints {@code
 *       held NANOS} now and then, each with the time before the question, {@code refused} and the
 *       exception's name when the answer is no, and {@code revoked REASON} from the callback
 *   <li>{@code fight}: takes the lock so many turns, and prints {@code in TOKEN} and {@code out
 *       TOKEN} within each
 *   <li>{@code job}: runs the lock's job through ShedLock, prints {@code working}, and works until
 *       it is killed
 *   <li>{@code once}: does the run {@code r} of the job, prints {@code working TOKEN}, and works
 *       until it is killed
 * </ul>
 */
public final class WorkerMain {
  private static final int MOST_TRIES = 30;

  private WorkerMain() {}

  /** See above. */
  public static void main(String[] arguments) throws Exception {
    String key = arguments[4];
    Duration lease = Duration.ofMillis(Long.parseLong(arguments[5]));
    try (DynamoDbClient dynamoDb =
            DynamoDbClient.builder()
                .endpointOverride(URI.create(arguments[1]))
                .region(Region.of(arguments[2]))
                .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("dummy", "dummy")))
                .build();
        LockClient client =
            LockClient.builder(dynamoDb, arguments[3])
                .leaseDuration(lease)
                .heartbeatInterval(lease.dividedBy(5))
                .build()) {
      warmUp(client, key);
      switch (arguments[0]) {
        case "hold" -> hold(client, key);
        case "check" -> check(client, key);
        case "fight" -> fight(client, key, Integer.parseInt(arguments[6]));
        case "once" -> once(client, key);
        case "job" -> job(client, key);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
  }

  /**
   * Reads until the table answers. On a busy machine the first request of a JVM takes seconds, most
   * of them to load classes: longer than a request may take with a short lease.
   */
  private static void warmUp(LockClient client, String key) {
    for (int tries = 1; ; tries++) {
      try {
        var unused = client.inspect(key);
        return;
      } catch (LockStoreException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static void hold(LockClient client, String key) throws Exception {
    HeldLock lock = client.acquire(LockRequest.builder(key).waitForever().build());
    say("acquired " + lock.fencingToken());
    waitForTheEnd();
  }

  private static void once(LockClient client, String key) throws Exception {
    var outcome =
        RunOnce.of(client, key, "r")
            .tryRun(
                lock -> {
                  say("working " + lock.fencingToken());
                  waitForTheEnd();
                });
    say("outcome " + outcome);
  }

  private static void job(LockClient client, String key) {
    LockingTaskExecutor executor = new DefaultLockingTaskExecutor(BatonLockProvider.of(client));
    Runnable task =
        () -> {
          say("working");
          try {
            waitForTheEnd();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    while (true) {
      try {
        executor.executeWithLock(
            task, new LockConfiguration(Instant.now(), key, Duration.ofHours(1), Duration.ZERO));
        say("ended");
        return;
      } catch (LockException e) {
        // The first requests of a process may be too slow; the next start of the job tries again.
        say("failed " + e);
      }
    }
  }

  /** The parent closes it by dying, at the latest. */
  private static void waitForTheEnd() throws IOException {
    while (System.in.read() >= 0) {
      say("still here");
    }
  }

  private static void check(LockClient client, String key) throws Exception {
    HeldLock lock = client.acquire(LockRequest.builder(key).waitForever().build());
    lock.onRevoked(revocation -> say("revoked " + revocation.reason()));
    say("acquired " + lock.fencingToken());
    long refusals = 0;
    long lastSaid = 0;
    while (refusals < 1000) {
      long asked = System.nanoTime();
      try {
        lock.ensureHeld();
        if (refusals > 0 || asked - lastSaid > 1_000_000) {
          lastSaid = asked;
          say("held " + asked);
        }
      } catch (LockRevokedException e) {
        refusals++;
        if (refusals == 1) {
          say("refused " + e.revocation().reason());
        }
      } catch (LockNotHeldException e) {
        say("suspect");
      }
    }
    say("over");
    waitForTheEnd();
  }

  private static void fight(LockClient client, String key, int turns) throws Exception {
    for (int turn = 0; turn < turns; turn++) {
      try (HeldLock lock = client.acquire(LockRequest.builder(key).waitForever().build())) {
        say("in " + lock.fencingToken() + " " + System.nanoTime());
        lock.ensureHeld();
        say("out " + lock.fencingToken() + " " + System.nanoTime());
      }
    }
    say("over");
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
