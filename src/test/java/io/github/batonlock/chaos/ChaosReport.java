package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import io.github.batonlock.chaos.HandOffs.HandOff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What a run did and found, as Markdown. */
final class ChaosReport {
  private static final Duration CONTEXT = Duration.ofMillis(1500);
  private static final int MOST_LINES = 80;

  private final StringBuilder text = new StringBuilder();
  private final List<Event> events;
  private final List<HandOff> handOffs;

  private ChaosReport(List<Event> events) {
    this.events = events;
    this.handOffs = HandOffs.of(events);
  }

  /**
   * Writes one.
   *
   * @param setting what was run, a line each
   * @param ran how long
   * @param events the whole history
   * @param violations what the checker found
   */
  static String of(
      List<String> setting, Duration ran, List<Event> events, List<Violation> violations) {
    ChaosReport report = new ChaosReport(events);
    report.line("# Chaos report\n");
    setting.forEach(each -> report.line("- " + each));
    report.line("- minutes run: " + "%.1f".formatted(ran.toMillis() / 60_000.0));
    report.faults();
    report.locks();
    report.handOffs();
    report.violations(violations);
    return report.text.toString();
  }

  /** The line that says how it went. */
  static String verdict(List<Violation> violations) {
    return "violations: " + violations.size();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void table(String what, Map<String, Long> counts) {
    line("\n| " + what + " | count |\n|---|---|");
    counts.forEach((name, count) -> line("| " + name + " | " + count + " |"));
  }

  private long count(Predicate<Event> wanted) {
    return events.stream().filter(wanted).count();
  }

  private long count(Kind kind) {
    return count(event -> event.kind() == kind);
  }

  private Map<String, Long> counts(Kind kind, Function<Event, String> name) {
    return events.stream()
        .filter(event -> event.kind() == kind)
        .collect(Collectors.groupingBy(name, TreeMap::new, Collectors.counting()));
  }

  private void faults() {
    line("\n## Faults");
    table("fault", counts(Kind.FAULT, Event::detail));
    line("\n- steps of the wall clock that the workers noticed: " + count(Kind.WALL));
    line("- times that Baton suspected a clock: " + count(Kind.SUSPECT));
  }

  private void locks() {
    line("\n## Locks");
    Map<String, Long> counts = new TreeMap<>();
    counts.put("acquisitions", count(Kind.ACQUIRED));
    counts.put("attempts that gave up", count(Kind.GAVE_UP));
    counts.put("releases", count(Kind.RELEASED));
    counts.put("claims that were checked", count(Kind.HELD));
    counts.put("changes of lock items that were seen", count(Kind.SEEN));
    counts.put("fenced writes accepted", count(Kind.ACCEPTED));
    counts.put(
        "fenced writes refused",
        count(event -> event.kind() == Kind.REFUSED && Settings.isKept(event.key())));
    counts.put(
        "fenced writes refused (item deleted on release)",
        count(event -> event.kind() == Kind.REFUSED && !Settings.isKept(event.key())));
    table("what", counts);
    table("revocations by reason", counts(Kind.TOLD, Event::detail));
    late();
    table("attempts that gave up, by reason", counts(Kind.GAVE_UP, Event::detail));
  }

  /** A process cannot be told while it is stopped, nor while a busy machine gives it no time. */
  private void late() {
    List<Late> late = Late.of(events);
    long stopped = late.stream().filter(Late::wasStopped).count();
    line("\n- revocations told after the next acquisition had returned: " + late.size());
    line("- of these, told by processes that had been stopped: " + stopped);
    line("- longest time of the others: " + seconds(Late.longestUnstopped(late)));
  }

  private void handOffs() {
    line("\n## Hand-offs\n");
    line(
        "| hand-off | count | longest free while wanted | measured in calm"
            + " | longest free while wanted in calm |");
    line("|---|---|---|---|---|");
    handOffs("after a release", handOff -> !handOff.afterSilence());
    handOffs("after a lease of silence, which is not counted", HandOff::afterSilence);
    handOffs("all", handOff -> true);
    line("\nIn calm: by one waiter that no fault touched then, nor within a lease before.");
  }

  private void handOffs(String name, Predicate<HandOff> wanted) {
    List<HandOff> some = handOffs.stream().filter(wanted).toList();
    line(
        "| %s | %d | %s | %d | %s |"
            .formatted(
                name,
                some.size(),
                longest(some, HandOff::wantedNanos),
                some.stream().filter(handOff -> handOff.calmNanos() > 0).count(),
                longest(some, HandOff::calmNanos)));
  }

  private static String longest(List<HandOff> some, ToLongFunction<HandOff> value) {
    return seconds(some.stream().mapToLong(value).max().orElse(0));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }

  private void violations(List<Violation> violations) {
    line("\n## " + verdict(violations));
    for (Violation violation : violations.stream().limit(10).toList()) {
      line("\n### '" + violation.key() + "': " + violation.what() + "\n\n```");
      around(violation).forEach(event -> line(event.line()));
      line("```");
    }
  }

  /** What happened to this lock, and to everybody, a moment before and after. */
  private List<Event> around(Violation violation) {
    long from = violation.at() - CONTEXT.toNanos();
    long to = violation.at() + CONTEXT.toNanos();
    List<Event> near = new ArrayList<>();
    for (Event event : events) {
      boolean concerns = event.key().isEmpty() || event.key().equals(violation.key());
      if (concerns && event.to() >= from && event.from() <= to) {
        near.add(event);
      }
    }
    near.sort(Comparator.comparingLong(event -> Math.abs(event.from() - violation.at())));
    return near.stream().limit(MOST_LINES).sorted(Comparator.comparingLong(Event::from)).toList();
  }
}
