package io.github.batonlock.testing;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.HostMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A testbed: some hosts with a lock client each, one lock table, and the time that they live in.
 *
 * <p>{@link #virtual} has a time that the test moves. It passes while the test calls {@link
 * #advance}, {@link #advanceUntil} or {@link #await}, and while a call of a client blocks on the
 * thread of the test; it stands still otherwise. {@link #realTime} and {@link #dynamoDb} have the
 * clocks and threads of this process.
 *
 * <p>Nothing waits without a limit: an {@code await}, an {@code advanceUntil} or a blocking call
 * that has no end within {@link #limit} fails with what each host was doing.
 *
 * <p>Closing a testbed ends its hosts, and fails if the {@link #history} shows two holders of one
 * lock at a time, or another thing that may never be.
 *
 * <pre>{@code
 * try (LockTestbed bed = LockTestbed.virtual()) {
 *   LockClient a = bed.client("a");
 *   HeldLock lock = a.acquire("job");
 *   bed.host("a").cutOff();
 *   bed.advance(Duration.ofSeconds(21));
 *   assert lock.revocation().isPresent();
 * }
 * }</pre>
 *
 * <p>On virtual time for one thread, that of the test; on real time safe for use by many threads.
 */
public final class LockTestbed implements AutoCloseable {
  private final LockHistory history = new LockHistory();
  private final Stage stage;
  private final Possessions possessions;
  private final Duration latency;

  @GuardedBy("this")
  private final Map<String, TestHost> hosts = new LinkedHashMap<>();

  @GuardedBy("this")
  private LockStoreException.@Nullable Kind tableFailure;

  @GuardedBy("this")
  private final Set<LockKey> meddledWith = new HashSet<>();

  private LockTestbed(Function<Supplier<String>, Stage> stage, Duration latency) {
    this.stage = stage.apply(this::describe);
    this.possessions = new Possessions(history, this.stage.time());
    this.latency = latency;
  }

  /**
   * Makes a testbed on virtual time, with a table in memory.
   *
   * @return a testbed for the calling thread; close it to check it
   */
  public static LockTestbed virtual() {
    return new LockTestbed(VirtualStage::new, FaultyStore.LATENCY);
  }

  /**
   * Makes a testbed on real time, with a table in memory. For code that makes threads of its own;
   * give the clients short leases.
   *
   * @return a testbed; close it to end its threads
   */
  public static LockTestbed realTime() {
    return new LockTestbed(RealStage::inMemory, Duration.ZERO);
  }

  /**
   * Makes a testbed on real time, with a table of DynamoDB or of an engine with its interface.
   *
   * @param dynamoDb the SDK client; never closed by the testbed
   * @param tableName the lock table, which has to exist
   * @return a testbed; close it to end its threads
   */
  public static LockTestbed dynamoDb(DynamoDbClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return onDynamoDb(executor -> DynamoCalls.of(dynamoDb, executor), tableName);
  }

  /**
   * Makes a testbed on real time, with a table of DynamoDB or of an engine with its interface.
   *
   * @param dynamoDb the SDK client; never closed by the testbed
   * @param tableName the lock table, which has to exist
   * @return a testbed; close it to end its threads
   */
  public static LockTestbed dynamoDb(DynamoDbAsyncClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return onDynamoDb(DynamoCalls.Factory.of(dynamoDb), tableName);
  }

  private static LockTestbed onDynamoDb(DynamoCalls.Factory dynamoDb, String tableName) {
    Objects.requireNonNull(tableName, "tableName");
    return new LockTestbed(
        state ->
            RealStage.on(
                (config, platform) ->
                    DefaultLockClient.store(config, tableName, dynamoDb, platform),
                state),
        Duration.ZERO);
  }

  // Hosts and their clients.

  /**
   * Returns the client of a host, which is made on the first call, with the defaults of {@link
   * LockClient.Builder}; its owner name is the name of the host.
   *
   * @param host the name of the host
   * @return the same client each time
   * @throws IllegalStateException if the host was killed
   */
  public LockClient client(String host) {
    return host(host).client(null);
  }

  /**
   * Makes the client of a host with settings of its own, such as those of the program under test.
   * On virtual time the executors of the builder are not used.
   *
   * @param host the name of the host
   * @param settings changes the builder
   * @return the client
   * @throws IllegalStateException if the host has a client already, or was killed
   */
  public LockClient client(String host, Consumer<? super LockClient.Builder> settings) {
    return host(host).client(Objects.requireNonNull(settings, "settings"));
  }

  /**
   * Returns a host, which is made on the first call.
   *
   * @param name the name of the host
   * @return the same host each time
   */
  public synchronized TestHost host(String name) {
    return hosts.computeIfAbsent(name, this::makeHost);
  }

  private TestHost makeHost(String name) {
    TestHost host = new TestHost(name, stage, possessions, latency);
    host.refuseAll(tableFailure);
    return host;
  }

  // Time.

  /**
   * Waits for a future of a client, or of {@link TestHost#start}. On virtual time this moves the
   * time, as far as needed and no further.
   *
   * @param <T> the result
   * @param future what to wait for
   * @return the result
   * @throws CompletionException with what the future failed with as its cause, if that is a checked
   *     exception; unchecked exceptions and errors are thrown as they are
   * @throws AssertionError if the future is not complete within the {@link #limit}
   */
  public <T extends @Nullable Object> T await(CompletableFuture<T> future) {
    HostMachine here = HostMachine.current();
    if (here == null) {
      stage.until("A future was not completed", future::isDone);
      possessions.observe(null);
    } else {
      CompletableFuture<Boolean> over = future.handle((value, failure) -> true);
      boolean unused = here.awaitUninterruptibly(over);
    }
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Lets time pass. On virtual time, what becomes due happens before this method returns; on real
   * time, the calling thread sleeps.
   *
   * @param duration how long
   */
  public void advance(Duration duration) {
    stage.advance(duration);
    possessions.observe(null);
  }

  /**
   * Lets time pass until something is so. On virtual time, that is as far as needed and no further.
   *
   * @param what what is to become so, for the message: "the lock is taken over"
   * @param isSo whether it is so; asked after each thing that happens
   * @throws AssertionError if it is not so within the {@link #limit}
   */
  public void advanceUntil(String what, BooleanSupplier isSo) {
    stage.until("It did not become so: " + what, isSo);
    possessions.observe(null);
  }

  /**
   * Returns the time since this testbed was made.
   *
   * @return by the clock of the world, not of a host
   */
  public Duration elapsed() {
    return stage.time().elapsed();
  }

  /**
   * Sets how long one wait may take. Default: one hour of virtual time, or 30 s of real time.
   *
   * @param longest positive
   * @return this
   */
  public LockTestbed limit(Duration longest) {
    if (longest.isNegative() || longest.isZero()) {
      throw new IllegalArgumentException("limit " + longest + "; it has to be positive");
    }
    stage.limit(longest);
    return this;
  }

  // The table.

  /**
   * Makes the table fail for all hosts: each request is answered with this failure from now on,
   * until {@link #restoreTable}.
   *
   * @param kind such as {@code NO_TABLE} or {@code ACCESS_DENIED}
   */
  public synchronized void failTable(LockStoreException.Kind kind) {
    tableFailure = Objects.requireNonNull(kind, "kind");
    hosts.values().forEach(host -> host.refuseAll(kind));
  }

  /** Ends {@link #failTable}. */
  public synchronized void restoreTable() {
    tableFailure = null;
    hosts.values().forEach(host -> host.refuseAll(null));
  }

  /**
   * Deletes a lock item, as an operator may do by mistake: its holder does not know, and another
   * client may acquire the lock at once. The check of {@link #close} leaves this lock out.
   *
   * @param key the lock
   * @throws UnsupportedOperationException if the table is not in memory
   */
  public void deleteItem(LockKey key) {
    stage.rows().removeRow(key);
    synchronized (this) {
      meddledWith.add(key);
    }
  }

  /**
   * Deletes a lock item.
   *
   * @param key the lock's partition key
   * @see #deleteItem(LockKey)
   */
  public void deleteItem(String key) {
    deleteItem(LockKey.of(key));
  }

  // Results.

  /**
   * Returns the record of all holds of this testbed's clients.
   *
   * @return goes on as long as the testbed does
   */
  public LockHistory history() {
    return history;
  }

  private synchronized List<TestHost> all() {
    return List.copyOf(hosts.values());
  }

  private String describe() {
    return all().stream()
        .map(
            host ->
                "Host '%s': %s, %s"
                    .formatted(host.name(), host.condition(), possessions.describe(host)))
        .collect(Collectors.joining("; ", "", "."));
  }

  /**
   * Ends all hosts, and checks what happened. On virtual time the hosts end as if they were killed,
   * so no callback runs any more; on real time their clients are closed.
   *
   * @throws AssertionError if the history shows what may never be, except of locks whose items were
   *     deleted; or, on virtual time, if an unknown thread has called a client or a task of {@link
   *     TestHost#executor} has thrown
   */
  @Override
  public void close() {
    possessions.observe(null);
    for (TestHost host : all()) {
      host.end();
    }
    List<String> wrong = new ArrayList<>(stage.misuses());
    stage.close();
    synchronized (this) {
      wrong.addAll(possessions.violations(meddledWith::contains));
    }
    if (!wrong.isEmpty()) {
      throw new AssertionError(String.join("\n", wrong));
    }
  }
}
