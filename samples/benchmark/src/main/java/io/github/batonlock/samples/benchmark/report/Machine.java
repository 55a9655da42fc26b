package io.github.batonlock.samples.benchmark.report;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.util.VersionInfo;

/** What the figures were measured on and with. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Pattern VERSION = Pattern.compile("-(\\d+(?:\\.\\d+)+)\\.jar");

  private Machine() {}

  static String describe() {
    Runtime runtime = Runtime.getRuntime();
    return String.join(
        "; ",
        List.of(
            runtime.availableProcessors() + " cores (" + processor() + ")",
            System.getProperty("os.name") + " " + System.getProperty("os.version"),
            System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
            "AWS SDK for Java " + VersionInfo.SDK_VERSION,
            "dynamodb-lock-client " + versionOf("com.amazonaws.services.dynamodbv2.LockItem"),
            "DynamoDB Local "
                + versionOf("software.amazon.dynamodb.services.local.main.ServerRunner")));
  }

  private static String processor() {
    try {
      Optional<String> model =
          Files.readAllLines(CPU_INFO).stream()
              .filter(line -> line.startsWith("model name"))
              .findFirst();
      return model
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // Not a Linux.
    }
  }

  /** By the file name of the jar that a class is in. */
  private static String versionOf(String className) {
    URL url = Machine.class.getClassLoader().getResource(className.replace('.', '/') + ".class");
    Matcher matcher = VERSION.matcher(url == null ? "" : url.getPath());
    return matcher.find() ? matcher.group(1) : "of unknown version";
  }
}
