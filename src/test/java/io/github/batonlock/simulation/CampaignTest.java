package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.simulation.Campaign.Result;
import io.github.batonlock.simulation.Campaign.Worker;
import io.github.batonlock.simulation.ChunkRun.Failed;
import io.github.batonlock.simulation.Story.Kind;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Stalls;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CampaignTest {
  private static final Duration LONG = Duration.ofDays(1);

  private static ChunkRun done(Chunk chunk) {
    return new ChunkRun(chunk.schedules(), new Tally(Map.of("waits", 2L)), null);
  }

  private static ChunkRun failed(long seed) {
    return new ChunkRun(1, new Tally(Map.of()), new Failed(seed, "why", false));
  }

  @Test
  void campaign_ofTwoWorkers_givesEachSeedOnceInOrder() {
    Campaign campaign = new Campaign(Kind.LOCKS, 7, 45, LONG);
    Worker one = campaign.worker();
    Worker two = campaign.worker();

    assertThat(List.of(one.take(), two.take(), one.take()))
        .containsExactly(
            new Chunk(Kind.LOCKS, 7, 20),
            new Chunk(Kind.LOCKS, 27, 20),
            new Chunk(Kind.LOCKS, 47, 5));
    assertThat(one.take()).isNull();
    assertThat(two.take()).isNull();
  }

  @Test
  void campaign_doneByTwoWorkers_addsUpWhatTheyBring() {
    Campaign campaign = new Campaign(Kind.LOCKS, 1, 30, LONG);
    Worker one = campaign.worker();
    Worker two = campaign.worker();

    one.brings(done(one.take()));
    two.brings(done(two.take()));

    Result result = campaign.result();
    assertThat(result.schedules()).isEqualTo(30);
    assertThat(result.byWorker()).containsExactly(20L, 10L);
    assertThat(result.tally().counts()).isEqualTo(Map.of("waits", 4L));
    assertThat(result.failure()).isNull();
  }

  @Test
  void campaign_inWhichTwoSchedulesFail_tellsTheLowestSeedAndGivesNothingMore() {
    Campaign campaign = new Campaign(Kind.LOCKS, 1, 1_000, LONG);
    Worker one = campaign.worker();
    Worker two = campaign.worker();
    Chunk low = one.take();
    Chunk high = two.take();

    two.brings(failed(high.first()));
    assertThat(two.take()).isNull();
    one.brings(failed(low.first()));

    assertThat(campaign.result().failure()).isEqualTo(new Failed(1, "why", false));
  }

  @Test
  void campaign_whoseTimeIsUp_givesNothingMore() {
    Campaign campaign = new Campaign(Kind.LOCKS, 1, 1_000, Duration.ZERO);

    assertThat(campaign.worker().take()).isNull();
    assertThat(campaign.result().schedules()).isZero();
  }

  @Test
  void chunkAndItsRun_asLines_areReadBackAsTheyWere() {
    Chunk chunk = new Chunk(Kind.ASKING, 123_456_789_012L, 20);
    ChunkRun done = new ChunkRun(20, new Tally(Map.of("revoked: STALLED", 3L, "a b", 0L)), null);
    ChunkRun failed = new ChunkRun(3, new Tally(Map.of()), new Failed(9, "it hangs in f()", true));

    assertThat(Chunk.of(chunk.line())).isEqualTo(chunk);
    assertThat(ChunkRun.of(done.line())).isEqualTo(done);
    assertThat(ChunkRun.of(failed.line())).isEqualTo(failed);
  }

  @Test
  void threads_runningSchedules_bringTheSameAsJvms() {
    Result byThreads;
    Result byJvms;
    try (Crew threads = new ThreadCrew(2)) {
      byThreads = threads.run(new Campaign(Kind.LOCKS, 1, 25, LONG));
    }
    try (Crew jvms = new JvmCrew(2, 10)) {
      byJvms = jvms.run(new Campaign(Kind.LOCKS, 1, 25, LONG));
    }

    assertThat(byThreads.failure()).isNull();
    assertThat(byJvms.failure()).isNull();
    assertThat(byJvms.schedules()).isEqualTo(25);
    assertThat(byJvms.tally()).isEqualTo(byThreads.tally());
  }

  @Test
  void jvm_thatEndsWithoutAnAnswer_failsTheCampaign() {
    try (Crew jvms = new JvmCrew(1, Mute.class, List.of())) {
      Result result = jvms.run(new Campaign(Kind.LOCKS, 5, 100, LONG));

      assertThat(result.failure())
          .isEqualTo(
              new Failed(5, "the JVM ended while it ran " + new Chunk(Kind.LOCKS, 5, 20), true));
    }
  }

  /** The main class of a JVM that takes a chunk and says nothing. */
  static final class Mute {
    private Mute() {}

    public static void main(String[] args) throws IOException {
      int unused = System.in.read();
    }
  }

  @Test
  void schedule_thatDoesNotEnd_isToldWithItsSeedAndItsStack() throws Exception {
    Stalls.measure(this::watchesASchedule_thatDoesNotEnd);
  }

  private void watchesASchedule_thatDoesNotEnd() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CompletableFuture<Failed> told = new CompletableFuture<>();
    Thread hanging;
    try (Watchdog watchdog = new Watchdog(Duration.ofMillis(100), told::complete)) {
      hanging =
          new Thread(
              () -> {
                watchdog.begins(3);
                watchdog.ended();
                watchdog.begins(4);
                hang(never);
              });
      hanging.start();

      Failed stuck = Eventually.get(told);

      assertThat(stuck.seed()).isEqualTo(4);
      assertThat(stuck.isStuck()).isTrue();
      assertThat(stuck.what()).contains("CampaignTest.hang");
    } finally {
      never.countDown();
    }
    hanging.join();
  }

  private static void hang(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
