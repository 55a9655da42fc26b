package io.github.batonlock.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * The main class of a JVM that runs schedules: a line in is a {@link Chunk}, a line out is a {@link
 * ChunkRun}. It ends with its input, and when a schedule does not end.
 */
final class CampaignWorker {
  private CampaignWorker() {}

  public static void main(String[] args) throws IOException {
    // Until this JVM ends.
    QuietLibrary unused = new QuietLibrary();
    Watchdog watchdog = new Watchdog(Watchdog.PATIENCE, CampaignWorker::endStuck);
    BufferedReader chunks =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = chunks.readLine(); line != null; line = chunks.readLine()) {
      say(ChunkRun.of(Chunk.of(line), watchdog));
    }
  }

  private static void endStuck(ChunkRun.Failed stuck) {
    say(new ChunkRun(0, new Tally(new TreeMap<>()), stuck));
    Runtime.getRuntime().halt(1);
  }

  private static void say(ChunkRun run) {
    System.out.println(run.line());
    System.out.flush();
  }
}
