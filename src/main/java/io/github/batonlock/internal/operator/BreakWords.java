package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;

/** The result of a break as people read it. */
public final class BreakWords {
  private BreakWords() {}

  /**
   * The report of a break.
   *
   * @param lock the lock
   * @param result how the break ended
   * @return one sentence
   */
  public static String of(LockKey lock, LockBreaker.Result result) {
    String name = "lock '" + lock + "'";
    return switch (result.end()) {
      case BROKEN ->
          name + " was taken from " + holder(result.before()) + ", and is " + state(result.now());
      case LET_GO ->
          holder(result.before()) + " has let go of " + name + "; " + state(result.now());
      case WAS_FREE -> name + " is free already; nothing was changed";
      case STALE ->
          name
              + " is not as it was shown; nothing was changed. It is now "
              + state(result.now())
              + "; look again with 'baton show'";
      case CLOSED ->
          name
              + " has no holder, and stays closed "
              + result.now().rest().map(rest -> "for " + Ages.inWords(rest)).orElse("for a while")
              + "; nothing was changed. --now opens it";
      case FROZEN ->
          name
              + " is frozen by "
              + result.now().note().map(note -> note.operator() + ": " + note.reason()).orElse("")
              + "; nothing was changed. Use 'baton thaw'";
      case NOT_A_LOCK ->
          "there is no lock '"
              + lock
              + "' to break; nothing was changed"
              + result
                  .now()
                  .problem()
                  .map(problem -> ". The row is no lock: " + problem)
                  .orElse("");
    };
  }

  private static String state(LockRow row) {
    return switch (row.state()) {
      case HELD, DEAD -> "held by " + holder(row);
      default -> row.state().inWords();
    };
  }

  private static String holder(LockRow row) {
    return "'"
        + Texts.printable(row.owner())
        + "'"
        + (row.token().isPresent() ? " (token " + row.token().getAsLong() + ")" : "");
  }
}
