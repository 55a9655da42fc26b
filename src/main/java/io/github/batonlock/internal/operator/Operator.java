package io.github.batonlock.internal.operator;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.config.OwnerNames;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What an operator's program can do with one lock table on DynamoDB. For one thread; closing it
 * leaves the SDK client open.
 */
public final class Operator implements AutoCloseable {
  private final DynamoDbClient dynamoDb;
  private final Target target;
  private final OperatorTable table;

  /**
   * A lock table, and the operator.
   *
   * @param tableName the table
   * @param partitionKeyName its partition key attribute
   * @param sortKeyName its sort key attribute; null for none
   * @param operator the operator's name
   */
  public record Target(
      String tableName, String partitionKeyName, @Nullable String sortKeyName, String operator) {

    /** Checks the operator's name. */
    public Target {
      FreezeNote.checkOperator(operator);
    }
  }

  private Operator(DynamoDbClient dynamoDb, Target target, OperatorTable table) {
    this.dynamoDb = dynamoDb;
    this.target = target;
    this.table = table;
  }

  /**
   * Begins to work with a table. Sends no request.
   *
   * @param dynamoDb how to reach it
   * @param target the table, and the operator
   * @throws IllegalArgumentException if a name cannot be used
   */
  public static Operator of(DynamoDbClient dynamoDb, Target target) {
    ClientConfig.Draft draft = new ClientConfig.Draft(target.tableName());
    draft.ownerName = target.operator();
    draft.partitionKeyName = target.partitionKeyName();
    draft.sortKeyName = target.sortKeyName();
    ClientConfig config = draft.build();
    return new Operator(
        dynamoDb,
        target,
        OperatorTable.live(config, executor -> DynamoCalls.of(dynamoDb, executor)));
  }

  /**
   * The name of the operator that runs this process.
   *
   * @param environment its environment variables
   * @return {@code user@host}
   */
  public static String nameOf(Map<String, String> environment) {
    String user = environment.getOrDefault("USERNAME", "operator");
    String name = environment.getOrDefault("USER", user) + "@" + OwnerNames.host();
    return name.replaceAll("[:\\s]", "-");
  }

  /** Reads locks. */
  public LockReader reader() {
    return new LockReader(table);
  }

  /**
   * Breaks locks.
   *
   * @param progress told what the break waits for
   */
  public LockBreaker breaker(Consumer<String> progress) {
    return new LockBreaker(table, progress);
  }

  /** Freezes and thaws locks. */
  public LockFreezer freezer() {
    return new LockFreezer(table, owner -> clientBuilder().ownerName(owner).build());
  }

  /** Examines the table. */
  public Doctor doctor() {
    return new Doctor(table, dynamoDb, target);
  }

  /** The requests that this operator's readers have sent so far. Any thread. */
  public OperatorTable.Traffic traffic() {
    return table.traffic();
  }

  /**
   * Threads for tasks of the operator's program.
   *
   * @return runs tasks concurrently, until this operator is closed, which interrupts them
   */
  public Executor tasks() {
    return table.tasks();
  }

  /**
   * Begins to work with the same table on another thread.
   *
   * @return to be closed beside this one
   */
  public Operator another() {
    return of(dynamoDb, target);
  }

  /** Starts a client of the table in the operator's name. */
  public LockClient client() {
    return clientBuilder().ownerName(target.operator()).build();
  }

  private LockClient.Builder clientBuilder() {
    LockClient.Builder builder =
        LockClient.builder(dynamoDb, target.tableName())
            .partitionKeyName(target.partitionKeyName());
    String sortKeyName = target.sortKeyName();
    return sortKeyName == null ? builder : builder.sortKeyName(sortKeyName);
  }

  /**
   * Checks that the table is a lock table, with one request.
   *
   * @throws io.github.batonlock.LockStoreException naming every mismatch
   */
  public void verify() {
    LockTable.verify(dynamoDb, target.tableName(), target.partitionKeyName(), target.sortKeyName());
  }

  /** The time of day by this machine's clock, for display. */
  public Instant now() {
    return Instant.ofEpochMilli(table.now().epochMillis());
  }

  /**
   * Lets time pass.
   *
   * @param duration how long
   * @throws InterruptedException if the thread is interrupted
   */
  public void pause(Duration duration) throws InterruptedException {
    table.pause(duration);
  }

  @Override
  public void close() {
    table.close();
  }
}
