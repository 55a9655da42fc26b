package io.github.batonlock.samples.benchmark.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchExecuteStatementResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchStatementRequest;

/** Many conditional writes in one request, next to as many requests at once; by the SDK alone. */
public final class Batching implements Measure {
  private static final int SIZE = 25;
  private static final double BYTES_PER_KB = 1024;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;

  @Override
  public String name() {
    return "batching";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(SIZE);
    try (DynamoDbClient dynamoDb = lab.store().connect()) {
      Rows rows = new Rows(dynamoDb, lab.store().table(), threads);
      Cost batch = new Cost();
      Cost single = new Cost();
      rows.writeEach();
      for (int round = 0; round < lab.scale().pick(10, 60); round++) {
        rows.writeTogether();
        rows.writeEach();
      }
      for (int round = 0; round < lab.scale().pick(20, 150); round++) {
        batch.measure(rows::writeTogether);
        single.measure(rows::writeEach);
      }
      Table table = new Table("", "writes/s", "CPU time a write", "allocated a write");
      batch.describe("one BatchExecuteStatement of %d".formatted(SIZE), table);
      single.describe("%d UpdateItem at once".formatted(SIZE), table);
      return new Section("Batched writes")
          .text(
              """
              Baton sends heartbeats one by one. %d conditional updates in one \
              BatchExecuteStatement (PartiQL), next to %d calls of UpdateItem at once; CPU time \
              and memory are the client's. Batches would save only the client's own work: they \
              take the same write capacity, need another permission and a fall-back, and one lost \
              answer would leave all leases of a batch in doubt. Where many locks cost too much, \
              shared leases save the writes themselves."""
                  .formatted(SIZE, SIZE))
          .table(table);
    } finally {
      threads.shutdown();
    }
  }

  /** Something that writes all rows once. */
  private interface Writing {
    void run() throws Exception;
  }

  /** Rows that are rewritten, each on the condition that it has the version it was given. */
  private static final class Rows {
    private final DynamoDbClient dynamoDb;
    private final String table;
    private final ExecutorService threads;
    private final List<String> keys = new ArrayList<>();
    private int version;

    Rows(DynamoDbClient dynamoDb, String table, ExecutorService threads) {
      this.dynamoDb = dynamoDb;
      this.table = table;
      this.threads = threads;
      for (int i = 0; i < SIZE; i++) {
        keys.add(Keys.of("batching", "raw", i));
      }
    }

    void writeTogether() {
      List<BatchStatementRequest> statements = new ArrayList<>();
      for (String key : keys) {
        statements.add(
            BatchStatementRequest.builder()
                .statement(
                    """
                    UPDATE "%s" SET "recordVersionNumber" = ? WHERE "key" = ? AND \
                    "recordVersionNumber" = ?"""
                        .formatted(table))
                .parameters(text(version + 1), AttributeValue.fromS(key), text(version))
                .build());
      }
      BatchExecuteStatementResponse response =
          dynamoDb.batchExecuteStatement(request -> request.statements(statements));
      response.responses().stream()
          .filter(answer -> answer.error() != null)
          .findAny()
          .ifPresent(
              answer -> {
                throw new IllegalStateException("A batched write failed: " + answer.error());
              });
      version++;
    }

    void writeEach() throws Exception {
      List<Future<?>> writes = new ArrayList<>();
      for (String key : keys) {
        writes.add(threads.submit(() -> write(key)));
      }
      for (Future<?> write : writes) {
        write.get();
      }
      version++;
    }

    private void write(String key) {
      dynamoDb.updateItem(
          request ->
              request
                  .tableName(table)
                  .key(Map.of("key", AttributeValue.fromS(key)))
                  .updateExpression("SET #version = :new")
                  .conditionExpression("attribute_not_exists(#version) OR #version = :old")
                  .expressionAttributeNames(Map.of("#version", "recordVersionNumber"))
                  .expressionAttributeValues(
                      Map.of(":new", text(version + 1), ":old", text(version))));
    }

    private static AttributeValue text(int version) {
      return AttributeValue.fromS("version-" + version);
    }
  }

  /** What writing took. */
  private static final class Cost {
    private final OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private double writes;
    private double nanos;
    private double cpuNanos;
    private double bytes;

    void measure(Writing writing) throws Exception {
      long allocated = allocated();
      long cpu = system.getProcessCpuTime();
      long start = System.nanoTime();
      writing.run();
      nanos += System.nanoTime() - start;
      cpuNanos += system.getProcessCpuTime() - cpu;
      bytes += allocated() - allocated;
      writes += SIZE;
    }

    private long allocated() {
      return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
    }

    void describe(String name, Table table) {
      table.row(
          name,
          Figures.plain(writes / nanos * NANOS_PER_SECOND),
          Figures.plain(cpuNanos / writes / NANOS_PER_MICRO) + " us",
          Figures.plain(bytes / writes / BYTES_PER_KB) + " KB");
    }
  }
}
