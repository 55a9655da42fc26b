package io.github.batonlock.cli;

import io.github.batonlock.internal.runtime.ConfinedTo;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The command that runs under the lock: a process, and all that descends from it. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
final class Child {
  private final Process process;
  private final String mark;

  /** Handles tell a process from a later one with the same number. */
  private final Set<ProcessHandle> seen = new HashSet<>();

  private Child(Process process, String mark) {
    this.process = process;
    this.mark = mark;
    seen.add(process.toHandle());
  }

  /**
   * Starts a command with the standard streams of this process.
   *
   * @param command the program and its arguments
   * @param variables on top of this process's environment
   * @param mark a text in one of the variables, and in no other process's environment
   * @param onEnd runs when the process has ended, on another thread
   * @throws IOException if it cannot be started
   */
  static Child start(
      List<String> command, Map<String, String> variables, String mark, Runnable onEnd)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(variables);
    Child child = new Child(builder.start(), mark);
    var unused = child.process.onExit().thenRun(onEnd);
    return child;
  }

  long pid() {
    return process.pid();
  }

  /** Its exit code, or 128 and the number of the signal that has ended it; only after its end. */
  int exitCode() {
    return process.exitValue();
  }

  /** Notes the present descendants: what loses its parent later, is found nevertheless. */
  void lookForDescendants() {
    process.descendants().forEach(seen::add);
    seen.removeIf(handle -> !handle.isAlive());
  }

  /** The processes that have not ended: the child itself and its descendants. */
  Set<ProcessHandle> alive() {
    lookForDescendants();
    for (long pid : ProcessTable.bearing(mark)) {
      ProcessHandle.of(pid).ifPresent(seen::add);
    }
    Set<ProcessHandle> alive = new HashSet<>(seen);
    alive.removeIf(handle -> !handle.isAlive() || ProcessTable.isZombie(handle.pid()));
    return alive;
  }

  /** Sends the child itself SIGTERM. */
  void askToEnd() {
    boolean unused = process.toHandle().destroy();
  }

  /** Asks all of them to end. */
  void terminate() {
    alive().forEach(ProcessHandle::destroy);
  }

  /** Ends all of them. */
  void kill() {
    // First those that are known: a search takes its time.
    seen.forEach(ProcessHandle::destroyForcibly);
    alive().forEach(ProcessHandle::destroyForcibly);
  }
}
