package io.github.batonlock.samples.observability;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The meters of a service at one moment, as Prometheus reads them. */
final class Scrape {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final Pattern SLACK_BUCKET =
      Pattern.compile("baton_lease_slack_seconds_bucket\\{.*le=\"([^\"]+)\".*}");

  /** By name and labels: {@code name{label="value"}}. */
  private final Map<String, Double> values = new LinkedHashMap<>();

  private Scrape(String text) {
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int blank = line.lastIndexOf(' ');
              values.put(line.substring(0, blank), Double.valueOf(line.substring(blank + 1)));
            });
  }

  /** Reads the meters. */
  static Scrape of(URI metrics) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(metrics).build();
    return new Scrape(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  /** The sum of a meter's values with these parts in their labels. */
  double sum(String name, String... labels) {
    return values.entrySet().stream()
        .filter(entry -> isOf(entry.getKey(), name, labels))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private static boolean isOf(String key, String name, String... labels) {
    Predicate<String> isThere = label -> key.contains(label);
    return (key.equals(name) || key.startsWith(name + "{"))
        && Arrays.stream(labels).allMatch(isThere);
  }

  /** Prints what has happened since an earlier scrape. */
  void print(Scrape before, double seconds) {
    System.out.println();
    row("since the first scrape, " + number(seconds) + " s ago", "all", "a second");
    for (String outcome : new String[] {"acquired", "not_acquired", "timeout", "error"}) {
      rate(
          before, seconds, "acquisitions: " + outcome, "baton_lock_acquire_seconds_count", outcome);
    }
    rate(before, seconds, "  by handoff", "baton_lock_acquire_seconds_count", "handoff");
    rate(before, seconds, "  by takeover", "baton_lock_acquire_seconds_count", "takeover");
    mean(before, "mean wait", "baton_lock_acquire_seconds");
    mean(before, "mean hold", "baton_lock_hold_seconds");
    rate(before, seconds, "renewals", "baton_lease_renewal_seconds_count", "confirmed");
    row("lease left at the worst 1 % of them", "<= " + number(slack(before)) + " s", "");
    rate(before, seconds, "revocations", "baton_lock_revocations_total");
    for (String operation :
        new String[] {"grant", "handoff", "renew", "release\"", "release_request", "read"}) {
      rate(
          before,
          seconds,
          "requests: " + operation.replace("\"", ""),
          "baton_requests_total",
          "operation=\"" + operation);
    }
    rate(before, seconds, "  refused", "baton_requests_total", "refused");
    row("held now", number(sum("baton_locks_held")), "");
    row("waiting now", number(sum("baton_locks_waiting")), "");
  }

  /**
   * The early warning of the alerts in docs/observability.md: at one renewal of a hundred, no more
   * than this was left of the usable lease. In seconds, rounded up to a bucket.
   */
  private double slack(Scrape before) {
    TreeMap<Double, Double> buckets = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          Matcher bucket = SLACK_BUCKET.matcher(key);
          if (bucket.matches()) {
            double number = value - before.values.getOrDefault(key, 0.0);
            buckets.merge(limit(bucket.group(1)), number, Double::sum);
          }
        });
    return buckets.entrySet().stream()
        .filter(bucket -> bucket.getValue() >= buckets.lastEntry().getValue() / 100)
        .mapToDouble(Map.Entry::getKey)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double limit(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  private void rate(Scrape before, double seconds, String what, String name, String... labels) {
    double number = sum(name, labels) - before.sum(name, labels);
    row(what, number(number), number(number / seconds));
  }

  private void mean(Scrape before, String what, String name) {
    double number = sum(name + "_count") - before.sum(name + "_count");
    double total = sum(name + "_sum") - before.sum(name + "_sum");
    row(what, number(total / number) + " s", "");
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }

  private static void row(String what, String value, String rate) {
    System.out.println(
        String.format(Locale.ROOT, "%-40s %10s %10s", what, value, rate).stripTrailing());
  }
}
