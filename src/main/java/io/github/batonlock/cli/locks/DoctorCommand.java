package io.github.batonlock.cli.locks;

import io.github.batonlock.cli.DurationConverter;
import io.github.batonlock.cli.ExitCode;
import io.github.batonlock.cli.Surroundings;
import io.github.batonlock.cli.UsageException;
import io.github.batonlock.internal.operator.Check;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.internal.operator.Texts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Examines the table. */
@Command(
    name = "doctor",
    description = {
      "Examines the table: settings, permissions, speed, clock, locks, cost. Changes nothing.",
      "Ends with 1 if something is wrong, and says what to do."
    })
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class DoctorCommand extends OperatorCommand {
  @Option(
      names = "--heartbeat",
      paramLabel = "DURATION",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description = "The heartbeat interval of your clients. Default: 5s.")
  private Duration heartbeat = Duration.ZERO;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many requests measure the speed. Default: 50 reads and 50 writes.")
  private int samples;

  @Option(
      names = "--probe-key",
      paramLabel = "KEY",
      defaultValue = "baton.doctor/probe",
      description = "The key for trials; nothing is written. Default: baton.doctor/probe.")
  private String probe = "";

  DoctorCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  ExitCode run(Operator operator) throws InterruptedException {
    if (samples < 1 || heartbeat.isZero()) {
      throw new UsageException("--samples and --heartbeat must be positive");
    }
    List<Check> checks = operator.doctor().examine(locks.probe(probe), samples, heartbeat);
    checks.forEach(this::print);
    long wrong = checks.stream().filter(Check::isWrong).count();
    if (!isJson()) {
      surroundings
          .out()
          .println(
              wrong == 0
                  ? "nothing is wrong with table '" + options.table() + "'"
                  : wrong + (wrong == 1 ? " thing is" : " things are") + " wrong");
    }
    return wrong == 0 ? ExitCode.OK : ExitCode.PROBLEM;
  }

  private void print(Check check) {
    String grade = check.grade().name().toLowerCase(Locale.ROOT);
    if (isJson()) {
      surroundings
          .out()
          .println(
              Json.object(
                  to -> {
                    to.writeStringField("grade", check.grade().name());
                    to.writeStringField("subject", check.subject());
                    to.writeStringField("found", check.found());
                    to.writeStringField("advice", check.advice());
                  }));
      return;
    }
    String padded = String.format(Locale.ROOT, "%-7s", grade);
    surroundings
        .out()
        .println(
            Colors.of(surroundings).of(check.grade(), padded)
                + String.format(
                    Locale.ROOT, "  %-12s  %s", check.subject(), Texts.printable(check.found())));
    if (!check.advice().isEmpty()) {
      surroundings.out().println(" ".repeat(23) + check.advice());
    }
  }
}
