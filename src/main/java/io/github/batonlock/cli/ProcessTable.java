package io.github.batonlock.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the system tells of processes: Linux in {@code /proc}, others less, by {@code ps}. */
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  private ProcessTable() {}

  /** Whether the process has ended, and only its parent has not noticed. */
  static boolean isZombie(long pid) {
    String[] fields = stat(Long.toString(pid));
    return fields.length > 0 && (fields[0].equals("Z") || fields[0].equals("X"));
  }

  /** The processes of this user that were started with this text in their environment. */
  static Set<Long> bearing(String mark) {
    Set<Long> found = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (environment(process).contains(mark)) {
          found.add(Long.valueOf(process.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      // There is no such folder, or none to look into.
      return found;
    }
    return found;
  }

  /**
   * Whether this process belongs to the foreground of a terminal: its children get what the
   * keyboard sends, too.
   */
  static boolean isInForeground() {
    String[] fields = stat("self");
    if (fields.length > 5) {
      // State, parent, group, session, terminal, the terminal's foreground group.
      return !fields[4].equals("0") && fields[2].equals(fields[5]);
    }
    String[] groups = groups(ProcessHandle.current().pid());
    return groups.length == 2 && groups[0].equals(groups[1]);
  }

  /** Of a process, its group and the foreground group of its terminal, as {@code ps} knows them. */
  private static String[] groups(long pid) {
    List<String> command = List.of("ps", "-o", "pgid=", "-o", "tpgid=", "-p", Long.toString(pid));
    try {
      Process ps =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      ps.getOutputStream().close();
      return new String(ps.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
          .strip()
          .split("\\s+");
    } catch (IOException e) {
      return new String[0];
    }
  }

  /** The fields from the state on; none if there is no such process, or no table. */
  private static String[] stat(String process) {
    try {
      String line = Files.readString(PROC.resolve(process).resolve("stat"));
      return line.substring(line.lastIndexOf(')') + 2).split(" ");
    } catch (IOException e) {
      return new String[0];
    }
  }

  private static String environment(Path process) {
    try {
      return new String(
          Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
