package io.github.batonlock.samples.observability;

import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A service under contention, seen from outside: its meters, scraped into a table, and its locks on
 * the page of {@code baton serve}.
 */
public final class ObservabilityDemo {
  private static final Duration LENGTH = Duration.ofSeconds(20);

  private ObservabilityDemo() {}

  /** With {@code --keep}, until Ctrl-C. Otherwise exit code 0 if all was as it should be. */
  public static void main(String[] args) throws Exception {
    boolean isKept = List.of(args).contains("--keep");
    boolean isGood;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, Service.TABLE);
      try (Service service = new Service(engine.endpoint());
          PageProcess page = PageProcess.start(Service.TABLE, engine.endpoint())) {
        System.out.println("The locks, live:  " + page.address());
        System.out.println("The meters:       " + service.metrics());
        System.out.println(isKept ? "End with Ctrl-C." : "For " + LENGTH.toSeconds() + " s.");
        do {
          isGood = watch(service, page);
        } while (isKept);
        isGood &= page.end();
      }
    }
    System.out.println();
    System.out.println(isGood ? "All went as promised." : "SOMETHING WENT WRONG.");
    System.exit(isGood ? 0 : 1);
  }

  private static boolean watch(Service service, PageProcess page) throws Exception {
    long start = System.nanoTime();
    Scrape before = Scrape.of(service.metrics());
    Thread.sleep(LENGTH.toMillis());
    Scrape after = Scrape.of(service.metrics());
    after.print(before, (System.nanoTime() - start) / 1e9);
    boolean isShown = page.shows(Service.LOCKS);
    System.out.println();
    System.out.println("The page shows " + (isShown ? "all locks." : "NOT all locks."));
    return isShown
        && after.sum("baton_lock_acquire_seconds_count", "outcome=\"acquired\"")
            > before.sum("baton_lock_acquire_seconds_count", "outcome=\"acquired\"")
        && after.sum("baton_lock_revocations_total") == before.sum("baton_lock_revocations_total");
  }
}
