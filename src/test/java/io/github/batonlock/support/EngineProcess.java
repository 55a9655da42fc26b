package io.github.batonlock.support;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** DynamoDB Local in a JVM of its own: it can be stopped, and reached through proxies. */
public final class EngineProcess implements AutoCloseable {
  private static final String LISTENING = "listening ";

  private final ChildJvm jvm;
  private final URI endpoint;

  private EngineProcess(ChildJvm jvm, URI endpoint) {
    this.jvm = jvm;
    this.endpoint = endpoint;
  }

  /** Starts one on a free port of the loopback interface; it begins empty. */
  public static EngineProcess start() throws Exception {
    CompletableFuture<URI> endpoint = new CompletableFuture<>();
    ChildJvm jvm =
        ChildJvm.start(
            new ChildJvm.Launch(EngineProcess.class, List.of()),
            line -> {
              if (line.startsWith(LISTENING)) {
                endpoint.complete(URI.create(line.substring(LISTENING.length())));
              }
            });
    try {
      return new EngineProcess(jvm, Eventually.get(endpoint, Duration.ofSeconds(60)));
    } catch (Exception | Error e) {
      jvm.close();
      throw e;
    }
  }

  /** Where it listens. */
  public URI endpoint() {
    return endpoint;
  }

  /** Sends it a signal: {@code STOP}, {@code CONT}. */
  public void signal(String name) throws Exception {
    jvm.signal(name);
  }

  @Override
  public void close() throws InterruptedException {
    jvm.close();
  }

  /** The child: ends when nobody holds the other end of its standard input. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(LISTENING + Engine.start().endpoint());
    while (System.in.read() >= 0) {
      // Nothing is said to it.
    }
    Runtime.getRuntime().halt(0);
  }
}
