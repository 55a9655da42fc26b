package io.github.batonlock.samples.quickstart;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process that competes for the lock: acquires it, works under it for a while, releases it,
 * rests, and again.
 *
 * <p>It tells the quickstart on stdout what it is about to do and goes on when the answer comes on
 * stdin. So the quickstart has heard that one worker gives the lock up before another can get it.
 */
@Command(name = "worker")
final class Worker implements Callable<Integer> {
  static final String KEY = "campaign/2026-11";
  static final Duration LEASE = Duration.ofSeconds(6);
  static final Duration HEARTBEAT = Duration.ofMillis(1500);

  private static final int WRITES_PER_HOLD = 4;
  private static final Duration BETWEEN_WRITES = Duration.ofMillis(500);

  /** Longer than a waiter's polling interval, so that the other worker gets its turn. */
  private static final Duration REST = Duration.ofSeconds(2);

  @Option(names = "--name", required = true)
  private String name;

  @Mixin private Target target = new Target();

  private final BufferedReader answers =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  public static void main(String[] args) {
    System.exit(new CommandLine(new Worker()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    try (DynamoDbClient dynamoDb = target.connect();
        LockClient client =
            LockClient.builder(dynamoDb, target.table())
                .ownerName(name + "-" + ProcessHandle.current().pid())
                .leaseDuration(LEASE)
                .heartbeatInterval(HEARTBEAT)
                .build()) {
      while (holdOnce(client)) {
        Thread.sleep(REST.toMillis());
      }
    }
    return 0;
  }

  /** Acquires, works and releases; returns whether to go on. */
  private boolean holdOnce(LockClient client) throws Exception {
    try (HeldLock lock = client.acquire(KEY)) {
      lock.onRevoked(revocation -> tell(Report.Kind.REVOKED, lock, revocation.toString()));
      boolean goOn = ask(Report.Kind.HOLDS, lock);
      for (int i = 0; goOn && i < WRITES_PER_HOLD; i++) {
        Thread.sleep(BETWEEN_WRITES.toMillis());
        lock.ensureHeld();
        goOn = ask(Report.Kind.WRITES, lock);
      }
      return ask(Report.Kind.RELEASES, lock) && goOn;
    }
  }

  private boolean ask(Report.Kind kind, HeldLock lock) throws IOException {
    tell(kind, lock, "");
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("The quickstart is gone");
    }
    return answer.equals(Report.GO_ON);
  }

  private static void tell(Report.Kind kind, HeldLock lock, String detail) {
    System.out.println(new Report(kind, lock.fencingToken(), detail).toLine());
    System.out.flush();
  }
}
