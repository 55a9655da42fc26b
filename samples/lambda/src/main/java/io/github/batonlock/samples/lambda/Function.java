package io.github.batonlock.samples.lambda;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.samples.common.LocalEngine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A function with a lock, and its runtime: it is called by a line on stdin, {@code REQUEST
 * MILLIS_LEFT}, and answers with a line on stdout. Between two calls the process may be frozen.
 */
final class Function {
  static final String TABLE = "locks";
  static final String KEY = "monthly-report";
  static final Duration LEASE = Duration.ofSeconds(3);

  /** What the function keeps of its time, to release the lock and to answer. */
  private static final Duration RESERVE = Duration.ofSeconds(1);

  /** Made once, as in the initialization of a function: all calls use it. */
  private final LockClient client;

  private final Requests requests;

  private Function(LockClient client, Requests requests) {
    this.client = client;
    this.requests = requests;
  }

  /** The handler. Another process that works on the report makes it skip the work. */
  private String handle(Duration left) throws InterruptedException {
    // The lock ends with the call: the work is interrupted when the time is over, and the lock is
    // released before the process can be frozen.
    LockRequest request = LockRequest.builder(KEY).maxHold(left.minus(RESERVE)).build();
    boolean done = client.tryRunLocked(request, lock -> Thread.sleep(200));
    return done ? "DONE" : "SKIPPED";
  }

  public static void main(String[] args) throws Exception {
    Requests requests = new Requests();
    BufferedReader calls =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (DynamoDbClient dynamoDb = LocalEngine.connect(URI.create(args[0]));
        LockClient client =
            LockClient.builder(dynamoDb, TABLE)
                .leaseDuration(LEASE)
                .heartbeatInterval(LEASE.dividedBy(4))
                .listener(requests)
                .build()) {
      Function function = new Function(client, requests);
      for (String call = calls.readLine(); call != null; call = calls.readLine()) {
        function.answer(call);
      }
    }
    System.exit(0);
  }

  private void answer(String call) throws InterruptedException {
    String said =
        call.equals("COUNT") ? "COUNTED" : handle(Duration.ofMillis(Long.parseLong(call)));
    System.out.println(said + " " + requests.sent());
    System.out.flush();
  }

  /** Counts what the lock client sends to DynamoDB. */
  private static final class Requests implements LockListener {
    private final AtomicInteger sent = new AtomicInteger();

    @Override
    public void requestEnded(RequestEnded request) {
      sent.incrementAndGet();
    }

    int sent() {
      return sent.get();
    }
  }
}
