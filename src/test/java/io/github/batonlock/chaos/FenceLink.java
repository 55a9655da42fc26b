package io.github.batonlock.chaos;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A worker's way to the {@link FencedResource}: a line each way. No proxy is in between, as the
 * guarded system is seldom behind the same network as the table.
 */
final class FenceLink {
  private static final String WRITE = "write ";
  private static final String ANSWER = "fence ";

  private final Consumer<String> say;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, CompletableFuture<Boolean>> open = new ConcurrentHashMap<>();

  FenceLink(Consumer<String> say) {
    this.say = say;
  }

  /** The worker's side: writes, and waits for whether it was accepted. */
  boolean write(String key, long token) throws Exception {
    String number = Long.toString(numbers.incrementAndGet());
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    open.put(number, answer);
    say.accept(WRITE + number + " " + key + " " + token);
    return answer.get();
  }

  /** The worker's side: takes a line from the harness; false if it is none of this link's. */
  boolean take(String line) {
    if (!line.startsWith(ANSWER)) {
      return false;
    }
    String[] parts = line.split(" ", -1);
    open.remove(parts[1]).complete(Boolean.valueOf(parts[2]));
    return true;
  }

  /** The harness's side: serves a line of a worker, if it is for the resource. */
  static void serve(FencedResource resource, String who, String line, Consumer<String> reply) {
    if (line.startsWith(WRITE)) {
      String[] parts = line.split(" ", -1);
      boolean accepted = resource.write(who, parts[2], Long.parseLong(parts[3]));
      reply.accept(ANSWER + parts[1] + " " + accepted);
    }
  }
}
