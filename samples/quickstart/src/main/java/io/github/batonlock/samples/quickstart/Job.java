package io.github.batonlock.samples.quickstart;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.recipe.RunOnce;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process that a scheduler starts for one run of a job: it looks once, does the run if that is
 * neither done nor under way, and ends.
 *
 * <p>It tells the quickstart on stdout when the work begins, and how the call ended.
 */
@Command(name = "job")
final class Job implements Callable<Integer> {
  static final String KEY = "nightly-report";
  static final Duration LEASE = Duration.ofSeconds(6);

  /** The first word of the line that tells of the begin of the work. */
  static final String BEGINS = "BEGINS";

  @Option(names = "--name", required = true)
  private String name;

  @Option(names = "--run", required = true)
  private String run;

  /** The work of the process that is killed in the middle ends with its stdin. */
  @Option(names = "--hang")
  private boolean hang;

  @Mixin private Target target = new Target();

  public static void main(String[] args) {
    System.exit(new CommandLine(new Job()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    try (DynamoDbClient dynamoDb = target.connect();
        LockClient client =
            LockClient.builder(dynamoDb, target.table())
                .ownerName(name + "-" + ProcessHandle.current().pid())
                .leaseDuration(LEASE)
                .build()) {
      System.out.println(RunOnce.of(client, KEY, run).tryRun(this::work));
    }
    return 0;
  }

  private void work(HeldLock lock) throws InterruptedException {
    System.out.println(BEGINS + " " + lock.fencingToken());
    if (hang) {
      new Scanner(System.in).hasNext();
    }
    Thread.sleep(300);
  }
}
