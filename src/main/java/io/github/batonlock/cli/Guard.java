package io.github.batonlock.cli;

import io.github.batonlock.internal.runtime.ConfinedTo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * A shell process that ends the child when the tool cannot: when the tool was killed, or has not
 * run for so long that the lease is nearly over.
 *
 * <p>The tool speaks to it through a pipe. The end of the pipe is the end of the tool. Deadlines
 * are points on a clock that both processes read, so that it does not matter when they are read.
 */
// The shell ignores all signals that a terminal sends, and has a session of its own where the
// system has setsid: a stop of the tool's process group does not stop it.
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class Guard {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final Path UPTIME = Path.of("/proc/uptime");

  /** A guard that does not answer is stopped, and its pipe must not fill up. */
  private static final long UNANSWERED = 100;

  private final Process process;
  private final OutputStream lines;
  private final InputStream answers;
  private long unanswered;
  private boolean hasActed;

  private Guard(Process process) {
    this.process = process;
    this.lines = process.getOutputStream();
    this.answers = process.getInputStream();
  }

  /**
   * Starts one, which knows of no child yet.
   *
   * @param mark the text in the environment of the child and its descendants
   * @param times of the lock
   * @throws IOException if there is no shell
   */
  static Guard start(String mark, KillTimes times) throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString());
    }
    command.addAll(List.of(SHELL.toString(), "-c", GuardScript.TEXT, "baton-guard", mark));
    command.add(Long.toString(hundredths(times.grace())));
    command.add(String.format(Locale.ROOT, "%.2f", hundredths(times.pause()) / 100.0));
    command.add(Long.toString(hundredths(times.pause())));
    return new Guard(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Whether it runs, and reads what it is told. */
  boolean isWatching() {
    return process.isAlive() && unanswered() <= UNANSWERED;
  }

  /** Whether it has begun to end the child. */
  boolean hasActed() {
    long unused = unanswered();
    return hasActed;
  }

  /** Names the child. */
  void child(long pid) {
    tell("child " + pid);
  }

  /**
   * Moves the deadlines.
   *
   * @param uptime before {@code first} and {@code last} were computed; empty if unknown
   * @param first from then until SIGTERM
   * @param last from then until SIGKILL
   */
  void until(OptionalLong uptime, Duration first, Duration last) {
    String since = uptime.isPresent() ? Long.toString(uptime.getAsLong()) : "-";
    tell("until " + since + " " + hundredths(first) + " " + hundredths(last));
  }

  /** Sends the child a signal. */
  void signal(Signals.Signal signal) {
    tell("signal " + signal.name());
  }

  /** Ends it: there is no child any more. */
  void end() {
    tell("end");
    try {
      lines.close();
    } catch (IOException e) {
      // It has gone before.
      return;
    }
  }

  /** Ends it where it does not do its work. */
  void discard() {
    Process unused = process.destroyForcibly();
    end();
  }

  /** The time since the machine was started, suspends included, in 1/100 s; empty if unknown. */
  static OptionalLong uptime() {
    try {
      String up = Files.readString(UPTIME);
      return OptionalLong.of(Long.parseLong(up.substring(0, up.indexOf(' ')).replace(".", "")));
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  private void tell(String line) {
    if (unanswered() > UNANSWERED) {
      return;
    }
    try {
      lines.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      lines.flush();
      unanswered++;
    } catch (IOException e) {
      // It has gone: isWatching tells.
      return;
    }
  }

  /** The lines that it has not read yet. */
  private long unanswered() {
    try {
      for (byte answer : answers.readNBytes(answers.available())) {
        unanswered -= answer == '.' ? 1 : 0;
        hasActed |= answer == 'x';
      }
    } catch (IOException e) {
      return unanswered;
    }
    return unanswered;
  }

  private static long hundredths(Duration duration) {
    return duration.toMillis() / 10;
  }
}
