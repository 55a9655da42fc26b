package io.github.batonlock.samples.migration;

import io.github.batonlock.samples.common.LocalEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A host of the service: takes the lock again and again, and counts under it. It reports {@code
 * turn} after each, with the fencing token if there is one.
 */
final class Host {
  static final String STOP = "stop";

  /** The order to stand still in the next turn, so that the host can be killed as a holder. */
  static final String STAND = "stand";

  private final Counter counter;
  private volatile boolean stops;
  private volatile boolean stands;

  private Host(Counter counter) {
    this.counter = counter;
  }

  public static void main(String[] args) throws Exception {
    String name = args[0];
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[2]))) {
      Host host = new Host(new Counter(dynamoDb));
      Thread orders = new Thread(host::readOrders, "orders");
      orders.setDaemon(true);
      orders.start();
      Locker locker =
          args[1].equals("baton") ? Locker.baton(dynamoDb, name) : Locker.awslabs(dynamoDb, name);
      try {
        host.work(locker);
      } finally {
        locker.close();
      }
    }
    System.exit(0);
  }

  private void work(Locker locker) throws InterruptedException, IOException {
    while (!stops) {
      locker.runLocked(this::turn);
      Thread.sleep(20); // The time between two turns.
    }
  }

  private void turn(OptionalLong token) throws InterruptedException {
    if (stands) {
      say("stands");
      new CountDownLatch(1).await();
    }
    long count = counter.read();
    Thread.sleep(10); // The work.
    boolean written = counter.write(count + 1, token);
    String shown = token.isPresent() ? Long.toString(token.getAsLong()) : "-";
    say((written ? "turn " : "refused ") + shown);
  }

  private static void say(String what) {
    System.out.println(what);
  }

  private void readOrders() {
    try (BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        stands |= order.equals(STAND);
        stops |= order.equals(STOP);
      }
    } catch (IOException e) {
      System.err.println("Reading orders failed: " + e);
    }
    stops = true;
  }
}
