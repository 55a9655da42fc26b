package io.github.batonlock.cli;

import io.github.batonlock.cli.locks.LockCommands;
import io.github.batonlock.internal.runtime.ConfinedTo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The operator's tool. */
@Command(
    name = "baton",
    description = "Works with locks in a DynamoDB table.",
    mixinStandardHelpOptions = true,
    versionProvider = Baton.Version.class)
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class Baton implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Baton() {}

  /**
   * Runs one command, and ends the process with its exit code.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    // The library's lines would be in the way of the child's. What matters, the commands tell.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    // Otherwise the JDK may send a request twice, and Baton has to find out what became of it.
    System.setProperty("sun.net.http.retryPost", "false");
    System.exit(run(Surroundings.ofThisProcess(), arguments));
  }

  /**
   * Runs one command in this process.
   *
   * @param surroundings what it finds around itself
   * @param arguments the command line
   * @return the exit code
   */
  static int run(Surroundings surroundings, String... arguments) {
    try {
      return commandLine(surroundings).execute(arguments);
    } catch (Error e) {
      FailureReport report = FailureReport.of(e);
      surroundings.err().println("baton: " + report.line());
      return report.code().code();
    }
  }

  private static CommandLine commandLine(Surroundings surroundings) {
    CommandLine line = new CommandLine(new Baton());
    // Each command has a line here.
    LockCommands.all(surroundings).forEach(line::addSubcommand);
    line.addSubcommand(new RunCommand(surroundings));

    line.setOut(surroundings.out())
        .setErr(surroundings.err())
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((failure, words) -> refuse(failure))
        .setExecutionExceptionHandler(Baton::report);
    return line;
  }

  /** Without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  private static int refuse(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    command
        .getErr()
        .println("baton: " + FailureReport.of(new UsageException(message(failure))).line());
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'");
    return ExitCode.USAGE.code();
  }

  private static String message(ParameterException failure) {
    String message = failure.getMessage();
    return message == null ? "The command line cannot be read" : message;
  }

  private static int report(Exception failure, CommandLine command, ParseResult parsed) {
    FailureReport report = FailureReport.of(failure);
    command.getErr().println("baton: " + report.line());
    boolean isVerbose =
        command.getMixins().values().stream()
            .anyMatch(mixin -> mixin instanceof CommonOptions options && options.isVerbose());
    if (isVerbose) {
      failure.printStackTrace(command.getErr());
    }
    return report.code().code();
  }

  /** The version that the build has written into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Baton.class.getPackage().getImplementationVersion();
      return new String[] {"baton " + (version == null ? "(unpacked)" : version)};
    }
  }
}
