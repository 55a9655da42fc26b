package io.github.batonlock.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestIdentifier;

class TestReportTest {
  private static final TestIdentifier CLASS =
      identifier(TestDescriptor.Type.CONTAINER, "SomeIT", ClassSource.from("a.b.SomeIT"));
  private static final TestIdentifier METHOD =
      identifier(
          TestDescriptor.Type.TEST, "[2] ASYNC", MethodSource.from("a.b.SomeIT", "lock_a_b"));

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private long nanos;

  private static TestIdentifier identifier(
      TestDescriptor.Type type, String name, TestSource source) {
    return TestIdentifier.from(
        new AbstractTestDescriptor(UniqueId.forEngine("any").append("t", name), name, source) {
          @Override
          public Type getType() {
            return type;
          }
        });
  }

  private TestReport report(Map<String, String> properties) {
    return new TestReport(
        new PrintStream(printed, true, StandardCharsets.UTF_8), () -> nanos, properties);
  }

  private String run(TestReport report, TestIdentifier test, TestExecutionResult result) {
    report.executionStarted(test);
    nanos += 5_100_000_000L;
    report.executionFinished(test, result);
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void class_thatTakesLong_isPrintedInALine() {
    assertThat(run(report(Map.of()), CLASS, TestExecutionResult.successful()))
        .isEqualToIgnoringNewLines("  5.1 s  SomeIT");
  }

  @Test
  void test_thatPasses_isNotPrinted() {
    assertThat(run(report(Map.of()), METHOD, TestExecutionResult.successful())).isEmpty();
  }

  @Test
  void class_thatIsQuick_isNotPrinted() {
    TestReport report = report(Map.of());
    report.executionStarted(CLASS);
    nanos += 4_900_000_000L;

    report.executionFinished(CLASS, TestExecutionResult.successful());

    assertThat(printed.size()).isZero();
  }

  @Test
  void test_thatFails_isPrintedWithItsOwnFramesAndTheCommandThatRunsIt() {
    AssertionError failure = new AssertionError("not so", new IllegalStateException("because"));
    failure.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("a.b.SomeIT", "lock_a_b", "SomeIT.java", 7),
          new StackTraceElement("org.junit.Runner", "run", "Runner.java", 1)
        });

    String text =
        run(
            report(
                Map.of(
                    "baton.again", "mvn verify -Dit.test=%s",
                    "baton.log", "target/logs/some.log",
                    "baton.engine", "testcontainers",
                    "user.name", "me")),
            METHOD,
            TestExecutionResult.failed(failure));

    assertThat(text)
        .startsWith("FAILED  SomeIT#lock_a_b  [2] ASYNC")
        .contains("not so", "SomeIT.java:7", "because", "Its log: target/logs/some.log")
        .contains("mvn verify -Dit.test='SomeIT#lock_a_b' -Dbaton.engine='testcontainers'")
        .doesNotContain("Runner.java", "user.name", "-Dbaton.log", "-Dbaton.again");
  }

  @Test
  void test_thatFailsOutsideOfABuild_isPrintedWithoutACommand() {
    assertThat(run(report(Map.of()), METHOD, TestExecutionResult.failed(new AssertionError("no"))))
        .contains("FAILED", "no")
        .doesNotContain("To see it again");
  }
}
