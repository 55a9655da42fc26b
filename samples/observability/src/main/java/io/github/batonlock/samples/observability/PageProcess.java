package io.github.batonlock.samples.observability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The operator's tool in a JVM of its own, as {@code java -jar baton-cli.jar serve} would start it.
 */
final class PageProcess implements AutoCloseable {
  private final Process process;
  private final URI address;

  private PageProcess(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /** Starts it; it serves the page when this returns. */
  static PageProcess start(String table, URI endpoint) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.batonlock.cli.Baton",
                "serve",
                "--table",
                table,
                "--endpoint-url",
                endpoint.toString(),
                "--region",
                "us-east-1",
                "--port",
                "0",
                "--refresh",
                "1s",
                "--allow-break")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    environment.put("AWS_ACCESS_KEY_ID", "local");
    environment.put("AWS_SECRET_ACCESS_KEY", "local");
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null) {
      throw new IOException("baton serve has ended");
    }
    return new PageProcess(process, URI.create(line));
  }

  /** The address to open, with the token for breaks. */
  URI address() {
    return address;
  }

  /** Whether the page shows all of these locks, as a browser would. */
  boolean shows(List<String> keys) throws IOException {
    try (InputStream in = address.resolve("/api/locks").toURL().openStream();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("data: ")) {
        line = lines.readLine();
      }
      String view = line == null ? "" : line;
      return keys.stream().allMatch(key -> view.contains("\"label\":\"" + key + "\""));
    }
  }

  /** Ends it with SIGTERM; whether it has ended with exit code 0. */
  boolean end() throws InterruptedException {
    process.destroy();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
