package io.github.batonlock.chaos;

import io.github.batonlock.LockTable;
import io.github.batonlock.support.EngineProcess;
import io.github.batonlock.support.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** One run: table, workers and faults, and what came of it. */
final class ChaosRun implements AutoCloseable {
  private static final String TABLE = "chaos-locks";
  private static final int WORKERS = 4;
  private static final int WITH_CLOCK = 1;
  private static final int IN_NAMESPACE = 2;

  /** Whoever is cut off while he holds a lock has somebody to lose it to. */
  private static final int ALWAYS_CONNECTED = 3;

  private static final Duration CALM = Duration.ofSeconds(60);

  /** Faults after the script. Each meets a holder, unless the machine stands still. */
  private static final int LAST_FAULTS = 10;

  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final long seed;
  private final Path folder;
  private final List<String> setting = new ArrayList<>();
  private final List<ChaosWorker> workers = new ArrayList<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final History history;
  private final FencedResource resource;
  private final EngineProcess engine;
  private final List<String> problems = new ArrayList<>();

  /** Starts table and workers; the folder takes all files. */
  ChaosRun(long seed, Path folder) throws Exception {
    this.seed = seed;
    this.folder = Files.createDirectories(folder);
    this.history = opened(History.begin(folder, "harness"));
    this.resource = new FencedResource(history);
    try {
      this.engine = opened(EngineProcess.start());
      DynamoDbClient dynamoDb = opened(client());
      LockTable.createIfMissing(dynamoDb, TABLE);
      opened(new TableWatch(dynamoDb, TABLE, history));
      addWorkers();
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  private <C extends AutoCloseable> C opened(C resource) {
    open.push(resource);
    return resource;
  }

  private DynamoDbClient client() {
    return DynamoDbClient.builder()
        .endpointOverride(engine.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("dummy", "dummy")))
        .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(5)))
        .build();
  }

  private void addWorkers() throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < WORKERS; i++) {
      var place =
          new ChaosWorker.Place(
              "w" + i,
              i % 2 == 0 ? "sync" : "async",
              folder,
              TABLE,
              seed * 1_000 + i * 100L,
              resource,
              history);
      FaketimeClock clock = i == WITH_CLOCK ? clock() : null;
      Namespace namespace = i == IN_NAMESPACE ? namespace() : null;
      InetAddress address =
          namespace == null ? InetAddress.getLoopbackAddress() : namespace.hostAddress();
      Proxy proxy = new Proxy(address, engine.endpoint(), random.split());
      ChaosWorker worker = opened(new ChaosWorker(place, proxy, clock, namespace));
      workers.add(worker);
      worker.start();
    }
    for (ChaosWorker worker : workers) {
      worker.awaitReady();
    }
  }

  private FaketimeClock clock() throws IOException {
    Optional<Path> library = FaketimeClock.library();
    if (library.isEmpty()) {
      setting.add("not run: steps of the wall clock (no libfaketime on this machine)");
      return null;
    }
    return new FaketimeClock(library.get(), folder.resolve("faketime"));
  }

  private Namespace namespace() throws InterruptedException {
    try {
      return Namespace.create(IN_NAMESPACE);
    } catch (IOException e) {
      setting.add("not run: faults of a network namespace (" + e.getMessage() + ")");
      return null;
    }
  }

  /** What can be done on this machine. */
  private Set<Fault.Kind> possible() throws InterruptedException {
    Set<Fault.Kind> possible = EnumSet.allOf(Fault.Kind.class);
    Namespace namespace = workers.get(IN_NAMESPACE).namespace();
    if (namespace != null && !namespace.canLosePackets()) {
      Set<Fault.Kind> rules =
          EnumSet.of(Fault.Kind.DROP_INCOMING, Fault.Kind.DROP_OUTGOING, Fault.Kind.DROP_SOME);
      setting.add("not run: " + rules + " (no iptables on this machine)");
      possible.removeAll(rules);
    }
    return possible;
  }

  /** Lets faults happen for this time, then none until every lock has been taken again. */
  void run(Duration length) throws Exception {
    List<Fault> script =
        FaultScript.make(
            seed, length.toMillis(), workers.stream().map(this::lanes).toList(), possible());
    Files.write(folder.resolve("faults.txt"), script.stream().map(Fault::line).toList());
    describe(script);
    CompletableFuture<Void> over =
        new FaultRunner(workers, engine, resource, history).start(script, length);
    Eventually.get(over, length.plusMinutes(4));
    cutOffUntilToldOnce();
    long healed = System.nanoTime();
    Eventually.until(
        "with faults over, every lock is taken",
        CALM,
        () -> Settings.KEYS.stream().allMatch(key -> resource.hasAcceptedSince(key, healed)));
    for (ChaosWorker worker : workers) {
      if (!worker.isAlive()) {
        problems.add(worker.name() + " has ended by itself");
      } else if (!worker.quit()) {
        problems.add(worker.name() + " does not end when it is told to");
      }
    }
  }

  /**
   * In a short run the faults may have met no holder for as long as a lease. Then a worker that
   * writes is cut off, and again, until one was told of a loss.
   */
  private void cutOffUntilToldOnce() throws Exception {
    for (int i = 0; !wasTold() && i < LAST_FAULTS; i++) {
      Fault cut = new Fault(0, Settings.LEASE.multipliedBy(2).toMillis(), 0, Fault.Kind.STALL, 0);
      setting.add("after the script: " + cut.line());
      var over = new FaultRunner(workers, engine, resource, history).start(List.of(cut), AT_ONCE);
      Eventually.get(over, CALM);
    }
  }

  private boolean wasTold() throws IOException {
    return History.readAll(folder).stream().anyMatch(event -> event.kind() == Event.Kind.TOLD);
  }

  /** Says what the script has for each worker, not what it was meant to have. */
  private void describe(List<Fault> script) {
    for (int i = 0; i < workers.size(); i++) {
      int worker = i;
      Set<Fault.Lane> lanes =
          script.stream()
              .filter(fault -> fault.worker() == worker)
              .map(fault -> fault.kind().lane())
              .collect(Collectors.toCollection(TreeSet::new));
      setting.add(
          "%s: %s client, faults of %s"
              .formatted(workers.get(i).name(), workers.get(i).sdk(), lanes));
      if (!lanes(workers.get(i)).containsAll(lanes)) {
        problems.add(workers.get(i).name() + " has faults that it is to be spared: " + lanes);
      }
    }
  }

  private Set<Fault.Lane> lanes(ChaosWorker worker) {
    Set<Fault.Lane> lanes = EnumSet.copyOf(worker.lanes());
    if (workers.indexOf(worker) == ALWAYS_CONNECTED) {
      lanes.remove(Fault.Lane.NETWORK);
    }
    return lanes;
  }

  /** What was run, a line each. */
  List<String> setting() {
    return setting;
  }

  /** What went wrong besides the history, and what the logs of the workers complain of. */
  List<String> problems() throws IOException {
    List<String> all = new ArrayList<>(problems);
    for (ChaosWorker worker : workers) {
      try (var lines = Files.lines(folder.resolve(worker.name() + ".log"))) {
        lines
            .filter(line -> line.contains(" ERROR ") || line.contains("Exception in thread"))
            .forEach(line -> all.add(worker.name() + " logged: " + line));
      }
    }
    return all;
  }

  @Override
  public void close() throws Exception {
    Exception failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
