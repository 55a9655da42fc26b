package io.github.batonlock.cli.locks;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.Ages;
import io.github.batonlock.internal.operator.FreezeNote;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.operator.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prints locks: for people, aligned and in words; for programs, as JSON. */
final class LockPrinter {
  private static final List<String> HEADINGS =
      List.of("KEY", "STATE", "HOLDER", "TOKEN", "LEASE", "RENEWED", "NOTE");

  private final PrintWriter out;
  private final boolean isJson;
  private final Colors colors;

  LockPrinter(PrintWriter out, boolean isJson, Colors colors) {
    this.out = out;
    this.isJson = isJson;
    this.colors = colors;
  }

  // Many

  /** Prints one row a line. */
  void list(List<LockRow> rows) {
    if (isJson) {
      rows.forEach(row -> out.println(json(row)));
      return;
    }
    List<List<String>> lines = new ArrayList<>(List.of(HEADINGS));
    rows.forEach(row -> lines.add(cells(row)));
    int[] widths = widths(lines);
    for (int i = 0; i < lines.size(); i++) {
      State state = i == 0 ? State.HELD : rows.get(i - 1).state();
      out.println(line(lines.get(i), widths, state));
    }
  }

  private static int[] widths(List<List<String>> lines) {
    int[] widths = new int[HEADINGS.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return widths;
  }

  private String line(List<String> cells, int[] widths, State state) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      boolean isLast = i == widths.length - 1;
      String padding = isLast ? "" : " ".repeat(widths[i] - cell.length() + 2);
      line.append(i == 1 ? colors.of(state, cell) : cell).append(padding);
    }
    return line.toString().stripTrailing();
  }

  private static List<String> cells(LockRow row) {
    boolean isNamed = row.note().isEmpty();
    return List.of(
        row.key().toString(),
        name(row.state()),
        isNamed ? Texts.printable(row.owner()) : "",
        row.token().isPresent() ? Long.toString(row.token().getAsLong()) : "",
        row.state() == State.FREE || row.lease().isEmpty() ? "" : lease(row.lease().get()),
        row.state() == State.FREE ? "" : row.age().map(LockPrinter::ago).orElse(""),
        note(row));
  }

  private static String note(LockRow row) {
    Optional<FreezeNote> frozen = row.note();
    if (row.problem().isPresent()) {
      return row.problem().get();
    } else if (row.state() == State.FROZEN && frozen.isPresent()) {
      return "by " + frozen.get().operator() + ", " + rest(row) + ": " + frozen.get().reason();
    } else if (row.state() == State.CLOSED) {
      return rest(row);
    } else if (row.state() == State.DEAD) {
      return "its lease is over";
    }
    return row.session().map(session -> "by a session").orElse("");
  }

  // One

  /** Prints all that is known of one row, a line for each fact. */
  void show(LockRow row) {
    if (isJson) {
      out.println(json(row));
      return;
    }
    fact("lock", row.key().toString());
    fact("state", colors.of(row.state(), name(row.state())) + explained(row));
    row.note()
        .ifPresentOrElse(
            note -> {
              fact("frozen by", note.operator());
              fact("reason", note.reason());
            },
            () ->
                fact(
                    row.state() == State.FREE ? "last holder" : "holder",
                    Texts.printable(row.owner())));
    fact("token", row.token().isPresent() ? Long.toString(row.token().getAsLong()) : "");
    fact("lease", row.lease().filter(lease -> !lease.isZero()).map(Ages::inWords).orElse(""));
    fact(
        row.state() == State.FREE ? "freed" : "renewed",
        row.age().map(LockPrinter::ago).orElse(""));
    fact("session", row.session().map(LockKey::toString).orElse(""));
    fact("version", Texts.printable(row.version()));
    fact("problem", row.problem().orElse(""));
  }

  private void fact(String name, String value) {
    if (!value.isEmpty()) {
      out.println(name + " ".repeat(Math.max(1, 13 - name.length())) + value);
    }
  }

  private static String explained(LockRow row) {
    return switch (row.state()) {
      case ABSENT -> ": the table has no item for it, so it is free";
      case FREE, NOT_A_LOCK, SESSION, SESSION_OVER -> "";
      case HELD -> ": one look cannot tell whether its holder is alive; --live can";
      case DEAD -> ": its lease is over, and the next client that wants the lock takes it";
      case CLOSED -> ": no client holds it, and none gets it yet; " + rest(row);
      case FROZEN -> ": no client gets it; " + rest(row);
    };
  }

  // Parts

  /** The name of a state. */
  static String name(State state) {
    return state.inWords();
  }

  private static String ago(Duration age) {
    return Ages.inWords(age) + " ago";
  }

  private static String rest(LockRow row) {
    return row.rest()
        .map(rest -> "for " + Ages.inWords(rest.isNegative() ? Duration.ZERO : rest) + " at most")
        .orElse("for how long is not known");
  }

  private static String lease(Duration lease) {
    return Ages.inWords(lease);
  }

  private static String json(LockRow row) {
    return Json.object(to -> fields(to, row));
  }

  /** The fields of a row. */
  static void fields(JsonGenerator to, LockRow row) throws IOException {
    Json.key(to, row.key());
    to.writeStringField("state", row.state().name());
    text(to, "holder", row.note().isPresent() ? "" : row.owner());
    if (row.token().isPresent()) {
      to.writeNumberField("token", row.token().getAsLong());
    }
    number(to, "leaseMillis", row.lease());
    text(to, "version", row.version());
    text(to, "session", row.session().map(LockKey::partitionKey).orElse(""));
    number(to, "ageMillis", row.age());
    number(to, "restMillis", row.rest());
    text(to, "frozenBy", row.note().map(FreezeNote::operator).orElse(""));
    text(to, "reason", row.note().map(FreezeNote::reason).orElse(""));
    text(to, "problem", row.problem().orElse(""));
  }

  private static void text(JsonGenerator to, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      to.writeStringField(name, value);
    }
  }

  private static void number(JsonGenerator to, String name, Optional<Duration> value)
      throws IOException {
    if (value.isPresent()) {
      to.writeNumberField(name, value.get().toMillis());
    }
  }
}
