package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Campaign.Result;
import io.github.batonlock.simulation.Campaign.Worker;
import io.github.batonlock.simulation.ChunkRun.Failed;
import io.github.batonlock.support.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * JVMs of their own, one for each processor, with a collector and a heap that suit short lives of
 * many small objects. They share nothing: no pause of one stops another, and one that hangs is
 * ended.
 */
final class JvmCrew implements Crew {
  /**
   * From this number of schedules on, the optimizing compiler pays for itself. In a short campaign
   * it takes as much of the processors as the schedules do: two JVMs ran 43 schedules a second
   * without it, and 23 with it.
   */
  private static final long OPTIMIZED_FROM = 5_000;

  private final List<Member> members = new ArrayList<>();

  /**
   * Starts JVMs.
   *
   * @param schedulesEach about how many schedules each of them is to run
   */
  JvmCrew(int jvms, long schedulesEach) {
    this(jvms, CampaignWorker.class, List.of("-XX:TieredStopAtLevel=" + tier(schedulesEach)));
  }

  /** Starts JVMs of some main class, which reads chunks and writes what came of them. */
  JvmCrew(int jvms, Class<?> main, List<String> options) {
    for (int i = 0; i < jvms; i++) {
      members.add(new Member(main, options));
    }
  }

  private static int tier(long schedulesEach) {
    return schedulesEach < OPTIMIZED_FROM ? 1 : 4;
  }

  /** One JVM, and what it has said. */
  private static final class Member {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final ChildJvm jvm;

    Member(Class<?> main, List<String> options) {
      jvm = ChildJvm.start(new ChildJvm.Launch(main, List.of()).with(options), lines::add);
    }

    void work(Worker worker) {
      for (Chunk chunk = worker.take(); chunk != null; chunk = worker.take()) {
        worker.brings(run(chunk));
      }
    }

    private ChunkRun run(Chunk chunk) {
      jvm.say(chunk.line());
      String line = answer();
      if (line == null) {
        String what = "the JVM ended while it ran " + chunk;
        return new ChunkRun(0, new Tally(new TreeMap<>()), new Failed(chunk.first(), what, true));
      }
      return ChunkRun.of(line);
    }

    /** Null if the JVM has ended without one. */
    private @Nullable String answer() {
      try {
        boolean mayComeYet = true;
        String line = null;
        while (line == null && mayComeYet) {
          mayComeYet = jvm.isAlive();
          line = lines.poll(1, TimeUnit.SECONDS);
        }
        return line;
      } catch (InterruptedException e) {
        throw new IllegalStateException("a campaign is never interrupted", e);
      }
    }
  }

  @Override
  public Result run(Campaign campaign) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (Member member : members) {
      Worker worker = campaign.worker();
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      new Thread(() -> work(member, worker, end), "campaign").start();
    }
    CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).join();
    return campaign.result();
  }

  private static void work(Member member, Worker worker, CompletableFuture<Void> end) {
    try {
      member.work(worker);
      end.complete(null);
    } catch (Throwable t) {
      end.completeExceptionally(t);
    }
  }

  @Override
  public void close() {
    for (Member member : members) {
      try {
        member.jvm.close();
      } catch (InterruptedException e) {
        throw new IllegalStateException("a campaign is never interrupted", e);
      }
    }
  }
}
