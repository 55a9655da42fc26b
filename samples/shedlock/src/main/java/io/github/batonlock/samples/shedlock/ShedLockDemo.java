package io.github.batonlock.samples.shedlock;

import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Two hosts start the same job each second. One is killed in the middle of it; the other runs the
 * job a lease later, not after lockAtMostFor.
 */
public final class ShedLockDemo {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A lease from the last heartbeat; what one look needs besides; and the next start. */
  private static final Duration LATEST = Host.LEASE.plusSeconds(13 + 5);

  private final URI endpoint;
  private final Timeline timeline;

  private ShedLockDemo(URI endpoint, Timeline timeline) {
    this.endpoint = endpoint;
    this.timeline = timeline;
  }

  /** Exit code 0 if all went as promised. */
  public static void main(String[] args) throws Exception {
    boolean isKept;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, Host.TABLE);
      isKept = new ShedLockDemo(engine.endpoint(), new Timeline()).play();
    }
    System.out.println(isKept ? "All went as promised." : "SOMETHING WENT WRONG.");
    System.exit(isKept ? 0 : 1);
  }

  private boolean play() throws Exception {
    try (HostProcess first =
            HostProcess.start("host-1", endpoint, Host.LOCK_AT_MOST_FOR, timeline);
        HostProcess second = startSecond(first)) {
      if (!second.reports(Host.SKIPS, PATIENCE) || !second.reports(Host.SKIPS, PATIENCE)) {
        return fails("host-2 should have skipped the job");
      }
      first.kill();
      Duration killed = timeline.elapsed();
      timeline.add("demo", "kills host-1 (kill -9) in the middle of the job");
      if (!second.reports(Host.BEGINS, PATIENCE)) {
        return fails("host-2 should have taken the job over");
      }
      Duration took = timeline.elapsed().minus(killed);
      timeline.add(
          "demo",
          "the job was taken over "
              + Timeline.show(took)
              + " after the kill: lease "
              + Timeline.show(Host.LEASE)
              + ", lockAtMostFor "
              + Timeline.show(Host.LOCK_AT_MOST_FOR));
      return took.compareTo(LATEST) < 0 && second.reports(Host.ENDS, PATIENCE);
    }
  }

  /** The second host starts when the first one is at work. */
  private HostProcess startSecond(HostProcess first) throws Exception {
    if (!first.reports(Host.BEGINS, PATIENCE)) {
      throw new IllegalStateException("host-1 did not begin the job");
    }
    return HostProcess.start("host-2", endpoint, Duration.ofSeconds(1), timeline);
  }

  private boolean fails(String what) {
    timeline.add("demo", what);
    return false;
  }
}
