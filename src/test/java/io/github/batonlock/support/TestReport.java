package io.github.batonlock.support;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Prints what is worth reading of a build's tests: each class that took long, and each failure with
 * the command that shows it again.
 *
 * <p>The build says in the system property {@code baton.again} how one test is run: a command with
 * {@code %s} for the test. Without it, no command is printed.
 */
public final class TestReport implements TestExecutionListener {
  private static final long LONG_NANOS = 5_000_000_000L;

  /** Frames that are the same for each test. */
  private static final List<String> MACHINERY =
      List.of("at org.junit.", "at java.base/", "at org.apache.maven.", "at net.jqwik.", "... ");

  private static final Set<String> BY_THE_BUILD = Set.of("baton.again", "baton.log");

  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final Map<String, String> properties;
  private final Map<UniqueId, Long> began = new ConcurrentHashMap<>();

  /** The one that the launcher makes. */
  public TestReport() {
    this(System.out, System::nanoTime, systemProperties());
  }

  TestReport(PrintStream out, LongSupplier nanoTime, Map<String, String> properties) {
    this.out = out;
    this.nanoTime = nanoTime;
    this.properties = properties;
  }

  private static Map<String, String> systemProperties() {
    return System.getProperties().stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, System::getProperty));
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (isClass(test)) {
      began.put(test.getUniqueIdObject(), nanoTime.getAsLong());
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    Long start = began.remove(test.getUniqueIdObject());
    if (start != null) {
      took(test, nanoTime.getAsLong() - start);
    }
    if (result.getStatus() == TestExecutionResult.Status.FAILED) {
      failed(test, result.getThrowable());
    }
  }

  private void took(TestIdentifier test, long nanos) {
    if (nanos > LONG_NANOS) {
      out.println(String.format(Locale.ROOT, "%5.1f s  %s", nanos / 1e9, selectorOf(test)));
    }
  }

  /** In one piece, since tests run side by side. */
  private void failed(TestIdentifier test, Optional<Throwable> thrown) {
    StringBuilder text = new StringBuilder();
    text.append("FAILED  ").append(selectorOf(test)).append("  ").append(test.getDisplayName());
    thrown.ifPresent(cause -> text.append(System.lineSeparator()).append(traceOf(cause)));
    if (properties.containsKey("baton.log")) {
      text.append(System.lineSeparator()).append("Its log: ").append(properties.get("baton.log"));
    }
    if (properties.containsKey("baton.again")) {
      text.append(System.lineSeparator()).append("To see it again: ").append(commandFor(test));
    }
    out.println(text);
  }

  /** With what the user set for this run, since that may be what makes the test fail. */
  private String commandFor(TestIdentifier test) {
    String settings =
        properties.entrySet().stream()
            .filter(property -> property.getKey().startsWith("baton."))
            .filter(property -> !BY_THE_BUILD.contains(property.getKey()))
            .map(property -> " -D" + property.getKey() + "='" + property.getValue() + "'")
            .sorted()
            .collect(Collectors.joining());
    return properties.get("baton.again").formatted("'" + selectorOf(test) + "'") + settings;
  }

  private static boolean isClass(TestIdentifier test) {
    return test.getSource().filter(ClassSource.class::isInstance).isPresent();
  }

  /** As Maven takes it: a class, or one of its methods. */
  private static String selectorOf(TestIdentifier test) {
    TestSource source = test.getSource().orElse(null);
    if (source instanceof MethodSource method) {
      return simpleName(method.getClassName()) + "#" + method.getMethodName();
    }
    return source instanceof ClassSource type
        ? simpleName(type.getClassName())
        : test.getDisplayName();
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private static String traceOf(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace
        .toString()
        .lines()
        .filter(line -> MACHINERY.stream().noneMatch(line.stripLeading()::startsWith))
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
