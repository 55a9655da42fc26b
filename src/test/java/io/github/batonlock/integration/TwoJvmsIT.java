package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Processes that are killed, stopped, and compete. */
class TwoJvmsIT extends TableFixture {
  /** Longer than a process needs for its first renewal on a machine that is busy. */
  private static final Duration LEASE = Duration.ofSeconds(10);

  @BeforeAll
  static void childrenReachTheEngine() {
    Assumptions.assumeFalse(
        System.getProperty("baton.endpoint", "").equals("aws"),
        "child JVMs get an endpoint, and dummy credentials");
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    Assumptions.assumeTrue(
        os.contains("linux") || os.contains("mac"), "needs kill -STOP and kill -CONT");
  }

  @Test
  void lock_holderKilled_isTakenALeaseAfterItsLastHeartbeat() throws Exception {
    String key = newKey();
    Worker holder = closing(Worker.start("hold", table, key, LEASE, 0));
    long token = Long.parseLong(holder.await("acquired "));
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofMinutes(10)).heartbeatInterval(Duration.ofSeconds(5)));
    CompletableFuture<HeldLock> waiting =
        client.acquireAsync(LockRequest.builder().key(key).waitForever().build());
    long beforeGranted = System.nanoTime();
    String granted = version(key);
    AtomicLong beforeHeartbeat = new AtomicLong(beforeGranted);
    Eventually.until(
        "it renews",
        () -> {
          long asked = System.nanoTime();
          boolean renewed = !version(key).equals(granted);
          if (!renewed) {
            beforeHeartbeat.set(asked);
          }
          return renewed;
        });

    holder.kill();

    HeldLock lock = Eventually.get(waiting, Duration.ofSeconds(60));
    Duration waited = Duration.ofNanos(System.nanoTime() - beforeHeartbeat.get());
    assertThat(lock.fencingToken()).isEqualTo(token + 1);
    assertThat(waited).isBetween(LEASE, LEASE.plusSeconds(30));
    lock.ensureHeld();
  }

  @Test
  void holder_stoppedForLongerThanItsLease_isRefusedByItsVeryNextCheck() throws Exception {
    String key = newKey();
    Worker holder = closing(Worker.start("check", table, key, LEASE, 0));
    long token = Long.parseLong(holder.await("acquired "));
    holder.await("held ");
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofMinutes(10)).heartbeatInterval(Duration.ofSeconds(5)));

    holder.signal("STOP");
    HeldLock lock =
        Eventually.get(
            client.acquireAsync(LockRequest.builder().key(key).waitForever().build()),
            Duration.ofSeconds(60));
    // Both processes read one monotonic clock of one machine.
    long takenAt = System.nanoTime();
    holder.signal("CONT");
    holder.await("over");
    holder.await("revoked ");

    assertThat(lock.fencingToken()).isEqualTo(token + 1);
    assertThat(holder.lines("held ").stream().map(line -> Long.valueOf(line.substring(5))))
        .as("a stop between an answer and its line is the caller's risk; one before it is not")
        .allSatisfy(askedAt -> assertThat(askedAt).isLessThan(takenAt));
    List<String> lines = holder.lines();
    int refused = lines.indexOf(holder.lines("refused ").get(0));
    assertThat(lines.subList(refused, lines.size()))
        .noneMatch(line -> line.startsWith("held "))
        .noneMatch(line -> line.equals("suspect"));
    assertThat(holder.lines("refused ").get(0)).isIn("refused LEASE_EXPIRED", "refused TAKEN_OVER");
    String version = version(key);
    Eventually.until("the new holder renews", () -> !version(key).equals(version));
    assertThat(holder.lines("revoked ")).hasSize(1);
    lock.ensureHeld();
    assertThat(row(key).get("fencingToken").n()).isEqualTo(Long.toString(lock.fencingToken()));
  }

  private record Turn(long token, long in, long out) {}

  @Test
  void lock_foughtOverByProcesses_isHeldInTokenOrderWithoutOverlap() throws Exception {
    String key = newKey();
    int turns = 25;
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      workers.add(closing(Worker.start("fight", table, key, Duration.ofSeconds(10), turns)));
    }
    workers.forEach(worker -> worker.await("over"));

    List<Turn> history = new ArrayList<>();
    for (Worker worker : workers) {
      List<String> in = worker.lines("in ");
      List<String> out = worker.lines("out ");
      assertThat(in).hasSize(turns);
      assertThat(out).hasSize(turns);
      for (int i = 0; i < turns; i++) {
        String[] begin = in.get(i).split(" ", -1);
        String[] end = out.get(i).split(" ", -1);
        assertThat(end[1]).isEqualTo(begin[1]);
        history.add(
            new Turn(Long.parseLong(begin[1]), Long.parseLong(begin[2]), Long.parseLong(end[2])));
      }
    }
    history.sort(Comparator.comparingLong(Turn::token));
    for (int i = 1; i < history.size(); i++) {
      Turn before = history.get(i - 1);
      Turn turn = history.get(i);
      assertThat(turn.token()).isEqualTo(before.token() + 1);
      assertThat(turn.in())
          .as("%s begins before %s ends", turn, before)
          .isGreaterThan(before.out());
    }
  }
}
