package io.github.batonlock.samples.observability;

import com.sun.net.httpserver.HttpServer;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.micrometer.BatonMetrics;
import io.github.batonlock.samples.common.LocalEngine;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A service with several workers. Each takes one lock after another, and works under it for a
 * moment. Its meters are at {@code /metrics}.
 */
final class Service implements AutoCloseable {
  static final String TABLE = "locks";
  static final List<String> LOCKS = List.of("billing/2026-11", "search-index", "thumbnails");
  static final Duration LEASE = Duration.ofSeconds(6);

  private static final int WORKERS = 4;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final DynamoDbClient dynamoDb;
  private final List<LockClient> clients = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /** Starts the workers. */
  Service(URI endpoint) throws IOException {
    dynamoDb = LocalEngine.connect(endpoint);
    BatonMetrics metrics =
        BatonMetrics.builder()
            .lockGroups(10, key -> key.partitionKey().replaceFirst("/.*", ""))
            .build();
    metrics.bindTo(registry);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    for (int i = 1; i <= WORKERS; i++) {
      LockClient client =
          LockClient.builder(dynamoDb, TABLE)
              .ownerName("worker-" + i)
              .leaseDuration(LEASE)
              .listener(metrics)
              .build();
      clients.add(client);
      Random random = new Random(i);
      threads.execute(() -> work(client, random));
    }
  }

  /** Where the meters are. */
  URI metrics() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics");
  }

  private static void work(LockClient client, Random random) {
    while (!Thread.currentThread().isInterrupted()) {
      LockRequest request =
          LockRequest.builder()
              .key(LOCKS.get(random.nextInt(LOCKS.size())))
              .requestRelease("the next job waits", Duration.ofSeconds(5))
              .waitForever()
              .build();
      try (HeldLock lock = client.acquire(request)) {
        Thread.sleep(200 + random.nextInt(1_800));
        lock.ensureHeld();
      } catch (LockRevokedException e) {
        System.err.println(e.getMessage());
      } catch (InterruptedException | IllegalStateException e) {
        return; // The service ends.
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    clients.forEach(LockClient::close);
    server.stop(0);
    dynamoDb.close();
  }
}
