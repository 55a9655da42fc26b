package io.github.batonlock.samples.benchmark.dynamo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import software.amazon.dynamodb.services.local.main.ServerRunner;

/**
 * A DynamoDB Local in memory, in a process of its own, so that its work is not counted as a
 * client's.
 */
public final class LocalEngine {
  private LocalEngine() {}

  /** Starts an engine. */
  public static ChildJvm start() throws IOException {
    return ChildJvm.start(
        List.of("-Xmx1g", "--enable-native-access=ALL-UNNAMED"), LocalEngine.class, List.of());
  }

  /** Where an engine answers; once, after the start. */
  public static URI endpointOf(ChildJvm engine) throws IOException {
    return URI.create(engine.receive());
  }

  /** The engine's process. */
  public static void main(String[] args) throws Exception {
    int port = freePort();
    // Without -disableTelemetry its first answer takes 20 s on a machine without a network.
    String[] options = {"-inMemory", "-disableTelemetry", "-port", Integer.toString(port)};
    PrintStream out = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    ServerRunner.createServerFromCommandLineArgs(options).start();
    out.println("http://127.0.0.1:" + port);
    ChildJvm.awaitEndOfInput();
    Runtime.getRuntime().halt(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
