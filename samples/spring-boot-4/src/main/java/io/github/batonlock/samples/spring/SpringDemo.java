package io.github.batonlock.samples.spring;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.net.URI;
import java.time.Duration;
import org.springframework.boot.SpringBootVersion;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Two hosts with the same scheduled job: one runs it, its actuator shows the lock, and its end
 * gives the job to the other at once.
 */
public final class SpringDemo {
  static final String TABLE = "locks";
  static final Duration LEASE = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Timeline timeline = new Timeline();
  private boolean isKept = true;

  private SpringDemo() {}

  /** Exit code 0 if all went as promised. */
  public static void main(String[] args) throws Exception {
    SpringDemo demo = new SpringDemo();
    try (LocalEngine engine = LocalEngine.start()) {
      demo.play(engine.endpoint());
    }
    System.out.println(demo.isKept ? "All went as promised." : "SOMETHING WENT WRONG.");
    System.exit(demo.isKept ? 0 : 1);
  }

  private void play(URI endpoint) throws Exception {
    timeline.add("demo", "starts two hosts on Spring Boot " + SpringBootVersion.getVersion());
    try (Host first = Host.start("host-1", endpoint);
        Host second = Host.start("host-2", endpoint)) {
      await("one host runs the job", () -> first.job().isRunning() || second.job().isRunning());
      Host runs = first.job().isRunning() ? first : second;
      Host skips = runs == first ? second : first;
      await(skips + " skips the job", () -> skips.job().skipped() >= 3);
      check("only one host runs it", first.job().isRunning() != second.job().isRunning());
      lookAt(runs, skips);
      runs.close();
      timeline.add("demo", runs + " has ended");
      Duration ended = timeline.elapsed();
      await(skips + " runs the job", () -> skips.job().isRunning());
      Duration took = timeline.elapsed().minus(ended);
      check("the lock was released, not taken over", took.compareTo(LEASE.dividedBy(2)) < 0);
    }
    check("never two hosts at work", NightlyReport.mostAtWork() == 1);
    check("the lock is free in the end", isFree(endpoint));
  }

  private void lookAt(Host runs, Host skips) throws Exception {
    for (Host host : new Host[] {runs, skips}) {
      String health = host.actuator("health/baton");
      check(host + ": health of the table is UP", health.contains("\"status\":\"UP\""));
    }
    String key = '"' + NightlyReport.LOCK + '"';
    check(runs + ": its endpoint lists the lock", runs.actuator("batonlocks").contains(key));
    check(skips + ": its endpoint lists no lock", !skips.actuator("batonlocks").contains(key));
    check(
        skips + ": its endpoint reads the holder's name from the table",
        skips.actuator("batonlocks/" + NightlyReport.LOCK).contains('"' + runs.toString() + '"'));
    await(
        runs + ": the meter of held locks is 1",
        () -> runs.actuator("metrics/baton.locks.held").contains("\"value\":1.0"));
  }

  private static boolean isFree(URI endpoint) {
    try (DynamoDbClient dynamoDb = LocalEngine.connect(endpoint);
        LockClient client = LockClient.builder(dynamoDb, TABLE).build()) {
      return client
          .inspect(NightlyReport.LOCK)
          .filter(lock -> lock.liveness() == Liveness.FREE)
          .isPresent();
    }
  }

  private void check(String what, boolean isSo) {
    timeline.add("demo", what + (isSo ? "" : ": NO"));
    isKept &= isSo;
  }

  /** What is asked again and again. */
  private interface Condition {
    boolean isMet() throws Exception;
  }

  private void await(String what, Condition condition) throws Exception {
    Duration end = timeline.elapsed().plus(PATIENCE);
    while (!condition.isMet() && timeline.elapsed().compareTo(end) < 0) {
      Thread.sleep(20);
    }
    check(what, condition.isMet());
  }
}
