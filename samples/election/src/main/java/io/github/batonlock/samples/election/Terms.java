package io.github.batonlock.samples.election;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Who led from when to when, by what the candidates report; safe for use by many threads. */
final class Terms {
  private final long start = System.currentTimeMillis();
  private final Map<Long, Term> byNumber = new TreeMap<>();

  /** One term: from the first moment to the last in which its leader led. */
  private static final class Term {
    final String leader;
    final long from;
    long to;
    String end = "";

    Term(String leader, long from) {
      this.leader = leader;
      this.from = from;
      this.to = from;
    }
  }

  synchronized void heard(String leader, Report report) {
    Term term =
        byNumber.computeIfAbsent(report.term(), number -> new Term(leader, report.millis()));
    if (report.kind() == Report.Kind.ENDED) {
      term.end = report.detail();
    } else {
      term.to = Math.max(term.to, report.millis());
    }
  }

  synchronized void killed(String leader) {
    byNumber.values().stream()
        .filter(term -> term.leader.equals(leader) && term.end.isEmpty())
        .forEach(term -> term.end = "killed");
  }

  /** Who leads now: in the last term, if it has not ended. */
  synchronized Optional<String> leader() {
    String leader = null;
    for (Term term : byNumber.values()) {
      leader = term.end.isEmpty() ? term.leader : null;
    }
    return Optional.ofNullable(leader);
  }

  /** The time without a leader before the last term, in milliseconds. */
  synchronized long lastGap() {
    List<Term> all = new ArrayList<>(byNumber.values());
    return all.get(all.size() - 1).from - all.get(all.size() - 2).to;
  }

  /** Two that led at a time; empty if there were none. */
  synchronized Optional<String> overlap() {
    Term before = null;
    for (Term term : byNumber.values()) {
      if (before != null && term.from < before.to) {
        return Optional.of(
            term.leader
                + " led "
                + (before.to - term.from)
                + " ms before "
                + before.leader
                + " had stopped");
      }
      before = term;
    }
    return Optional.empty();
  }

  /** The terms as lines of a table. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("term", "token", "leader", "from", "to", "ended"));
    int count = 0;
    for (Map.Entry<Long, Term> entry : byNumber.entrySet()) {
      Term term = entry.getValue();
      lines.add(
          line(
              String.valueOf(++count),
              String.valueOf(entry.getKey()),
              term.leader,
              seconds(term.from),
              seconds(term.to),
              term.end.isEmpty() ? "-" : term.end));
    }
    return lines;
  }

  private static String line(String... cells) {
    return String.format("%-5s %-17s %-8s %9s %9s  %s", (Object[]) cells).stripTrailing();
  }

  private String seconds(long millis) {
    return String.format(Locale.ROOT, "+%.2f s", (millis - start) / 1000.0);
  }
}
