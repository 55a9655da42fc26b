package io.github.batonlock.internal.operator;

import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.protocol.RecordVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the table.
 *
 * @param rows all of them; null if they could not be read
 */
record ItemsExam(@Nullable List<LockRow> rows) {

  private List<LockRow> with(State state) {
    List<LockRow> all = rows;
    return all == null ? List.of() : all.stream().filter(row -> row.state() == state).toList();
  }

  /** How many items of sessions there are, ended ones included. */
  long sessions() {
    return (long) with(State.SESSION).size() + with(State.SESSION_OVER).size();
  }

  /** How many locks have a version that no client of Baton's wrote. */
  long foreign() {
    List<LockRow> all = rows;
    return all == null
        ? 0
        : all.stream()
            .filter(LockRow::isLock)
            .filter(row -> !row.version().isEmpty() && !RecordVersion.isOurs(row.version()))
            .count();
  }

  /** Examines the rows. */
  List<Check> checks() {
    List<LockRow> all = rows;
    if (all == null) {
      return List.of(
          Check.unknown(
              "locks",
              "could not be listed: access denied",
              "Grant dynamodb:Scan to the user of the doctor"));
    }
    List<Check> checks = new ArrayList<>();
    long locks = all.stream().filter(LockRow::isLock).count();
    checks.add(
        Check.good(
            "locks",
            locks
                + " locks, "
                + with(State.HELD).size()
                + " of them held; "
                + sessions()
                + " sessions"));
    checks.addAll(
        dead(
            "Look at each with 'baton show --live', free it with 'baton break'; find out why its"
                + " process died"));
    checks.addAll(
        each(
            State.NOT_A_LOCK,
            "not locks",
            row -> row.key() + " (" + row.problem().orElse("") + ")",
            "No client overwrites these rows: move other programs' rows to another table, or"
                + " delete what an edit has spoilt",
            Check.Grade.WRONG));
    checks.addAll(
        each(
            State.FROZEN,
            "frozen",
            row ->
                row.key()
                    + row.note()
                        .map(note -> " (by " + note.operator() + ": " + note.reason() + ")")
                        .orElse(""),
            "End it with 'baton thaw' when the reason is gone",
            Check.Grade.NOTE));
    checks.add(MonthlyBill.of(all).check());
    return checks;
  }

  private List<Check> dead(String advice) {
    return each(
        State.DEAD,
        "dead holders",
        row -> row.key() + " (" + Texts.printable(row.owner()) + ")",
        advice,
        Check.Grade.WRONG);
  }

  private List<Check> each(
      State state,
      String subject,
      Function<LockRow, String> name,
      String advice,
      Check.Grade grade) {
    List<LockRow> found = with(state);
    if (found.isEmpty()) {
      return List.of(Check.good(subject, "none"));
    }
    String names = found.stream().map(name).sorted().limit(10).collect(Collectors.joining(", "));
    String rest = found.size() > 10 ? ", and " + (found.size() - 10) + " more" : "";
    return List.of(new Check(grade, subject, found.size() + ": " + names + rest, advice));
  }
}
