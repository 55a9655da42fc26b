package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Campaign.Result;
import io.github.batonlock.simulation.Campaign.Worker;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Threads of this JVM: for a debugger, and where other JVMs cannot be started. */
final class ThreadCrew implements Crew {
  private final int threads;
  private final QuietLibrary quiet = new QuietLibrary();

  ThreadCrew(int threads) {
    this.threads = threads;
  }

  @Override
  public Result run(Campaign campaign) {
    List<CompletableFuture<Void>> ends =
        IntStream.range(0, threads).mapToObj(number -> start(campaign.worker())).toList();
    CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).join();
    return campaign.result();
  }

  /** Complete when the worker finds nothing more to do, or hangs in a schedule. */
  private static CompletableFuture<Void> start(Worker worker) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread thread = new Thread(() -> work(worker, end), "campaign");
    thread.setDaemon(true);
    thread.start();
    return end;
  }

  private static void work(Worker worker, CompletableFuture<Void> end) {
    try (Watchdog watchdog =
        new Watchdog(
            Watchdog.PATIENCE,
            stuck -> {
              worker.brings(new ChunkRun(0, new Tally(new TreeMap<>()), stuck));
              end.complete(null);
            })) {
      for (Chunk chunk = worker.take(); chunk != null; chunk = worker.take()) {
        worker.brings(ChunkRun.of(chunk, watchdog));
      }
      end.complete(null);
    } catch (Throwable t) {
      end.completeExceptionally(t);
    }
  }

  @Override
  public void close() {
    quiet.close();
  }
}
