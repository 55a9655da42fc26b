package io.github.batonlock.cli.locks;

import io.github.batonlock.cli.Surroundings;
import java.util.List;

/** The commands that look at locks and change them. */
public final class LockCommands {
  private LockCommands() {}

  /** All of them, in the order in which the help lists them. */
  public static List<Object> all(Surroundings surroundings) {
    return List.of(
        new ListCommand(surroundings),
        new ShowCommand(surroundings),
        new WatchCommand(surroundings),
        new AskCommand(surroundings),
        new BreakCommand(surroundings),
        new FreezeCommand(surroundings),
        new ThawCommand(surroundings),
        new ServeCommand(surroundings),
        new DoctorCommand(surroundings));
  }
}
