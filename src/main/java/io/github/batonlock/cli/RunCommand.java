package io.github.batonlock.cli;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** {@code baton run}: runs a command under a lock. */
@Command(
    name = "run",
    description = {
      "Runs a command while it holds a lock.",
      "The command gets BATON_LOCK_KEY, BATON_FENCING_TOKEN and BATON_LOCK_OWNER. It is ended when"
          + " the lock is lost. The lock is released when the command and all processes that it has"
          + " started have ended."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class RunCommand implements Callable<Integer> {
  /** A guard that looks at the clock ten times a second is soon enough. */
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

  private final PrintWriter err;
  private final Signals signals;
  @Mixin private final CommonOptions common;

  @Parameters(index = "0", paramLabel = "KEY", description = "The lock.")
  private String key = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "CMD",
      description = "The command and its arguments, after --.")
  private List<String> command = new ArrayList<>();

  @Option(
      names = {"-w", "--wait"},
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long to wait for the lock. Default: without a limit.")
  private @Nullable Duration atMost;

  @Option(
      names = {"-n", "--nonblock"},
      description = "Do not wait: fail if another client holds the lock.")
  private boolean atOnce;

  @Option(
      names = {"-E", "--conflict-exit-code"},
      paramLabel = "CODE",
      description = "The exit code if the lock was not acquired. Default: 75.")
  private int notAcquired = ExitCode.NOT_ACQUIRED.code();

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description =
          "From SIGTERM to SIGKILL when the lock is lost; shorter where the lease leaves less."
              + " Default: 5s.")
  private Duration grace = Duration.ofSeconds(5);

  @Option(
      names = "--max-hold",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "End the command after this time. Default: no limit.")
  private @Nullable Duration maxHold;

  @Option(
      names = "--lease",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "The lease of the lock, at least 1s. Default: 20s.")
  private Duration lease = Duration.ofSeconds(20);

  RunCommand(Surroundings surroundings) {
    this.err = surroundings.err();
    this.signals = surroundings.signals();
    this.common = new CommonOptions(surroundings);
  }

  @Override
  public Integer call() throws InterruptedException {
    check();
    LockRequest request = request();
    Events events = new Events();
    signals.handOver(signal -> events.tell(new Events.Signalled(signal)));
    try (DynamoDbClient dynamoDb = common.openDynamoDb();
        LockClient client =
            common
                .client(dynamoDb)
                .leaseDuration(lease)
                .listener(new RunLines(err, request.isWaitForever()))
                .build()) {
      return run(client, request, events);
    }
  }

  private void check() {
    if (atOnce && atMost != null) {
      throw new UsageException("-n and -w exclude each other: -n does not wait");
    }
    if (notAcquired < 0 || notAcquired > 255) {
      throw new UsageException("-E is " + notAcquired + "; use 0 to 255");
    }
    if (lease.compareTo(SHORTEST_LEASE) < 0) {
      throw new UsageException("--lease is " + lease.toMillis() + " ms; use at least 1s");
    }
    if (maxHold != null && maxHold.isZero()) {
      throw new UsageException("--max-hold is zero; leave it out for no limit");
    }
  }

  private LockRequest request() {
    LockRequest.Builder request = LockRequest.builder(key);
    if (atOnce) {
      return request.waitUpTo(Duration.ZERO).build();
    }
    return atMost == null ? request.waitForever().build() : request.waitUpTo(atMost).build();
  }

  private int run(LockClient client, LockRequest request, Events events)
      throws InterruptedException {
    CompletableFuture<HeldLock> grant = acquire(client, request);
    if (common.isVerbose()) {
      err.println("baton: waiting for lock '" + request.key() + "'");
    }
    var unused = grant.whenComplete((lock, failure) -> events.tell(new Events.Answered()));
    if (events.next() instanceof Events.Signalled signalled) {
      // The close of the client takes back what the table may grant meanwhile.
      return ExitCode.ofSignal(signalled.signal().number());
    }
    try (HeldLock lock = grant.join()) {
      HeldLock unusedToo = lock.onReleaseRequested(asked -> err.println("baton: " + asked));
      Supervisor supervisor = new Supervisor(lock, new KillTimes(lease, grace), events, err);
      return supervisor.run(command, variables(client, lock), maxHold);
    } catch (CompletionException e) {
      if (e.getCause() instanceof LockNotAcquiredException refused) {
        err.println("baton: " + FailureReport.of(refused).line());
        return notAcquired;
      }
      throw e;
    }
  }

  /**
   * The first request of a process is slow: it loads the SDK's classes, and makes the connection.
   * So the first one is a read, on which nothing depends.
   */
  private static CompletableFuture<HeldLock> acquire(LockClient client, LockRequest request) {
    return client
        .inspectAsync(request.key())
        .handle((seen, failure) -> seen)
        .thenCompose(ignored -> client.acquireAsync(request));
  }

  private Map<String, String> variables(LockClient client, HeldLock lock) {
    return Map.of(
        "BATON_LOCK_KEY", key,
        "BATON_FENCING_TOKEN", Long.toString(lock.fencingToken()),
        "BATON_LOCK_OWNER", client.ownerName());
  }
}
