package io.github.batonlock.samples.quickstart;

import io.github.batonlock.LockException;
import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import io.github.batonlock.samples.quickstart.Contest.BrokenPromiseException;
import io.github.batonlock.samples.quickstart.WorkerProcess.Event;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Two processes compete for one lock, and one is killed while it holds it. A job that three hosts
 * start is done once, although the host that began it was killed.
 */
@Command(
    name = "quickstart",
    usageHelpAutoWidth = true,
    description = {
      "Two processes compete for one lock; one is killed while it holds it, and the other takes"
          + " over. A job that several hosts start is done once, although the first of them is"
          + " killed in the middle. Ends by itself in under a minute.",
      "Without --region or --endpoint it runs on a DynamoDB Local that it starts itself."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:All went as promised.",
      "1:Something did not; the message says what.",
      "2:The options were not understood."
    })
final class Quickstart implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(50);

  @Mixin private Target target = new Target();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and end.")
  private boolean help;

  private final Timeline timeline = new Timeline();
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  public static void main(String[] args) {
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(
        new CommandLine(new Quickstart())
            .setExecutionExceptionHandler(Quickstart::explain)
            .execute(args));
  }

  /** What Baton says explains itself; for anything else the stack trace may help. */
  private static int explain(Exception failure, CommandLine command, ParseResult options) {
    if (failure instanceof BrokenPromiseException) {
      System.err.println("NOT AS PROMISED: " + failure.getMessage());
    } else if (failure instanceof LockException) {
      System.err.println(failure.getMessage());
    } else {
      failure.printStackTrace();
    }
    return 1;
  }

  @Override
  public Integer call() throws Exception {
    if (target.isGiven()) {
      return compete();
    }
    timeline.add("quickstart", "starts DynamoDB Local");
    try (LocalEngine engine = LocalEngine.start()) {
      target.useEngineAt(engine.endpoint());
      return compete();
    }
  }

  private int compete() throws Exception {
    timeline.add("quickstart", "uses table " + target.table() + " at " + target.describe());
    try (DynamoDbClient dynamoDb = target.connect()) {
      LockTable.createIfMissing(dynamoDb, target.table());
    }
    try (NightlyJob job = new NightlyJob(target, timeline)) {
      job.killFirstHost();
      String contest = contest();
      String once = job.runOnOthers();
      System.out.println();
      System.out.println("As promised:");
      System.out.println(contest);
      System.out.println(once);
      return 0;
    }
  }

  private String contest() throws Exception {
    try (WorkerProcess alice = start("alice");
        WorkerProcess bob = start("bob")) {
      timeline.add(
          "quickstart",
          String.format(
              "starts alice (pid %d) and bob (pid %d); lock %s, lease %s, heartbeat every %s",
              alice.pid(),
              bob.pid(),
              Worker.KEY,
              Timeline.show(Worker.LEASE),
              Timeline.show(Worker.HEARTBEAT)));
      return new Contest(events, timeline).run(LIMIT);
    }
  }

  private WorkerProcess start(String name) throws Exception {
    return WorkerProcess.start(Worker.class, name, target, List.of(), events);
  }
}
