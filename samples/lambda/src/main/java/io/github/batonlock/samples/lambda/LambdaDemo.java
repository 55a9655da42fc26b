package io.github.batonlock.samples.lambda;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The runtime of a function, as far as locks notice it: it calls the function, freezes its process
 * (SIGSTOP) for longer than a lease, thaws it (SIGCONT), and calls it again. Needs a machine with
 * signals.
 */
final class LambdaDemo {
  private static final Duration FREEZE = Function.LEASE.multipliedBy(3);
  private static final Duration IDLE = Function.LEASE;
  private static final Duration TIMEOUT = Duration.ofSeconds(6);

  private final Timeline timeline = new Timeline();
  private final Process function;
  private final BufferedReader answers;
  private final PrintStream calls;
  private final LockClient other;
  private boolean asPromised = true;

  private LambdaDemo(Process function, LockClient other) {
    this.function = function;
    this.answers = function.inputReader(StandardCharsets.UTF_8);
    this.calls = new PrintStream(function.getOutputStream(), true, StandardCharsets.UTF_8);
    this.other = other;
  }

  public static void main(String[] args) throws Exception {
    boolean asPromised;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint());
        LockClient other = LockClient.builder(dynamoDb, Function.TABLE).build()) {
      LockTable.createIfMissing(dynamoDb, Function.TABLE);
      Process function = startFunction(engine.endpoint().toString());
      Runtime.getRuntime().addShutdownHook(new Thread(function::destroyForcibly));
      asPromised = new LambdaDemo(function, other).show();
    }
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(asPromised ? 0 : 1);
  }

  private static Process startFunction(String endpoint) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Function.class.getName(),
            endpoint)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private boolean show() throws Exception {
    call("DONE");
    signal("STOP");
    timeline.add("runtime", "freezes the function for " + Timeline.show(FREEZE));
    Thread.sleep(FREEZE.dividedBy(2).toMillis());
    try (HeldLock lock = takeAtOnce()) {
      Thread.sleep(FREEZE.dividedBy(2).toMillis());
      int before = count();
      Thread.sleep(IDLE.toMillis());
      int idle = count() - before;
      timeline.add("function", idle + " requests in " + Timeline.show(IDLE) + " after the thaw");
      asPromised &= idle == 0;
      call("SKIPPED");
      lock.ensureHeld();
    }
    call("DONE");
    calls.close();
    asPromised &= function.waitFor() == 0;
    System.out.println();
    System.out.println(
        asPromised
            ? "The frozen function held no lock, and sent nothing before its next call."
            : "NOT AS PROMISED: see above.");
    return asPromised;
  }

  private HeldLock takeAtOnce() throws InterruptedException {
    Optional<HeldLock> lock = other.tryAcquire(Function.KEY);
    timeline.add("other", lock.isPresent() ? "has the lock at once" : "does not get the lock");
    return lock.orElseThrow(() -> new IllegalStateException("the frozen function has the lock"));
  }

  /** Thaws the function if it is frozen, and asks what it has sent. */
  private int count() throws IOException, InterruptedException {
    signal("CONT");
    calls.println("COUNT");
    return Integer.parseInt(answer().split(" ")[1]);
  }

  private void call(String expected) throws IOException {
    timeline.add("runtime", "calls the function, with " + Timeline.show(TIMEOUT) + " left");
    calls.println(TIMEOUT.toMillis());
    String answer = answer();
    timeline.add("function", answer + " requests in all");
    asPromised &= answer.startsWith(expected);
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the function has ended before its time");
    }
    return line;
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(function.pid());
    int result = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (result != 0) {
      throw new IOException("kill -" + name + " " + pid + " failed with " + result);
    }
  }
}
