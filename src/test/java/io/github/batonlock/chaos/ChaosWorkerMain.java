package io.github.batonlock.chaos;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockListener;
import io.github.batonlock.Revocation;
import io.github.batonlock.chaos.Event.Kind;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A process of the chaos test: fights for locks until it is told to quit, or dies.
 *
 * <p>Arguments: who it is, the folder for its history, the endpoint, the table, {@code sync} or
 * {@code async}, the seed, and the keys. Its standard output and input are the {@link FenceLink}; a
 * line {@code quit} ends it in order.
 */
final class ChaosWorkerMain {
  /** What says that it wants to begin. */
  static final String READY = "ready";

  /** What tells it to end. */
  static final String QUIT = "quit";

  private static final long MILLI = 1_000_000;

  private final History history;
  private final Beliefs beliefs;
  private final CountDownLatch quit = new CountDownLatch(1);
  private final AtomicReference<LockClient> client = new AtomicReference<>();

  private ChaosWorkerMain(History history) {
    this.history = history;
    this.beliefs = new Beliefs(history);
  }

  public static void main(String[] arguments) throws Exception {
    PrintStream protocol = System.out;
    // The log's; the protocol's lines are nobody else's.
    System.setOut(System.err);
    History history = History.begin(Path.of(arguments[1]), arguments[0]);
    var worker = new ChaosWorkerMain(history);
    worker.run(
        protocol,
        builderOf(arguments[4], URI.create(arguments[2]), arguments[3]),
        new SplittableRandom(Long.parseLong(arguments[5])),
        List.of(arguments).subList(6, arguments.length));
    history.now(Kind.BYE, "", 0, "");
    Runtime.getRuntime().halt(0);
  }

  private static LockClient.Builder builderOf(String sdk, URI endpoint, String table) {
    return sdk.equals("sync")
        ? LockClient.builder(configured(DynamoDbClient.builder(), endpoint).build(), table)
        : LockClient.builder(configured(DynamoDbAsyncClient.builder(), endpoint).build(), table);
  }

  private static <B extends AwsClientBuilder<B, ?>> B configured(B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("dummy", "dummy")));
  }

  private void run(
      PrintStream protocol, LockClient.Builder builder, SplittableRandom random, List<String> keys)
      throws Exception {
    builder
        .leaseDuration(Settings.LEASE)
        .heartbeatInterval(Settings.HEARTBEAT)
        // Every callback is waited for, also on a machine that is busy.
        .closeTimeout(Duration.ofSeconds(20))
        .listener(listener());
    client.set(builder.build());
    FenceLink fence = new FenceLink(line -> say(protocol, line));
    start("input", () -> listen(fence));
    start("beliefs", beliefs::run);
    warmUp();
    start("wall-clock", this::watchWallClock);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Settings.THREADS; i++) {
      var turns = new Turns(client::get, keys, random.split(), history, beliefs, fence, quit);
      threads.add(start("turns-" + i, turns::run));
    }
    history.now(Kind.READY, "", 0, "");
    say(protocol, READY);
    // Now and then a whole client is closed under its users, and another one takes its place.
    while (!quit.await(random.nextInt(5_000, 20_000), TimeUnit.MILLISECONDS)) {
      client.getAndSet(builder.build()).close();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    client.get().close();
  }

  /** The first request of an SDK client loads its classes, for seconds on a busy machine. */
  private void warmUp() {
    try {
      Optional<LockInfo> unused = client.get().inspect("warm-up");
    } catch (LockException e) {
      // The network is broken already.
    }
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static synchronized void say(PrintStream protocol, String line) {
    protocol.println(line);
    protocol.flush();
  }

  /** Until the harness is gone: then this ends, too. */
  private void listen(FenceLink fence) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!fence.take(line) && line.equals(QUIT)) {
          quit.countDown();
        }
      }
    } catch (Exception e) {
      history.now(Kind.ODD, "", 0, "input: " + e);
    }
    Runtime.getRuntime().halt(1);
  }

  private LockListener listener() {
    return new LockListener() {
      @Override
      public void clockSuspect(Duration unseen, String description) {
        history.now(Kind.SUSPECT, "", unseen.toMillis(), "");
      }

      @Override
      public void revoked(HeldLock lock, Revocation revocation) {
        if (lock.isHeld()) {
          history.now(Kind.ODD, lock.key().partitionKey(), lock.fencingToken(), "held and revoked");
        }
      }
    };
  }

  /** Shows that the steps of the wall clock reach this process. */
  private void watchWallClock() {
    long offset = System.currentTimeMillis() - System.nanoTime() / MILLI;
    while (true) {
      LockSupport.parkNanos(20 * MILLI);
      long before = System.nanoTime() / MILLI;
      long now = System.currentTimeMillis() - before;
      boolean stoppedMeanwhile = System.nanoTime() / MILLI - before > 100;
      if (!stoppedMeanwhile && Math.abs(now - offset) > 250) {
        history.now(Kind.WALL, "", now - offset, "");
        offset = now;
      }
    }
  }
}
