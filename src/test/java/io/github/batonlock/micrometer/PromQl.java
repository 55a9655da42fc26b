package io.github.batonlock.micrometer;

import io.github.batonlock.micrometer.Scrape.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The part of PromQL that the alerts need: {@code and}, comparisons, division, {@code sum}, {@code
 * rate}, {@code increase}, {@code histogram_quantile} and selectors. A range is from the first
 * scrape to the last one, whatever it says. A series that the first scrape does not have has no
 * rate.
 */
final class PromQl {
  private static final Pattern TOKEN =
      Pattern.compile("\\s*([a-zA-Z_]\\w*|[0-9.]+|\"[^\"]*\"|=~|==|[<>/(){},=]|\\[\\w+\\])");

  private final List<String> tokens = new ArrayList<>();
  private final Scrape first;
  private final Scrape last;
  private int next;

  private PromQl(String expression, Scrape first, Scrape last) {
    Matcher matcher = TOKEN.matcher(expression);
    int end = 0;
    while (matcher.lookingAt()) {
      tokens.add(matcher.group(1));
      end = matcher.end();
      matcher.region(end, expression.length());
    }
    if (!expression.substring(end).isBlank()) {
      throw new IllegalArgumentException("not understood: " + expression.substring(end));
    }
    this.first = first;
    this.last = last;
  }

  /** The vector that an expression gives, by labels; an alert fires if it is not empty. */
  static Map<Map<String, String>, Double> evaluate(String expression, Scrape first, Scrape last) {
    PromQl query = new PromQl(expression, first, last);
    Map<Map<String, String>, Double> value = query.both();
    if (query.next < query.tokens.size()) {
      throw new IllegalArgumentException(
          "not understood: " + query.tokens.subList(query.next, query.tokens.size()));
    }
    return value;
  }

  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private String take() {
    return tokens.get(next++);
  }

  private boolean takes(String token) {
    boolean isNext = peek().equals(token);
    next += isNext ? 1 : 0;
    return isNext;
  }

  private void expect(String token) {
    if (!takes(token)) {
      throw new IllegalArgumentException("not " + token + " but " + peek() + " in " + tokens);
    }
  }

  private Map<Map<String, String>, Double> both() {
    Map<Map<String, String>, Double> value = comparison();
    while (takes("and")) {
      value.keySet().retainAll(comparison().keySet());
    }
    return value;
  }

  private Map<Map<String, String>, Double> comparison() {
    Map<Map<String, String>, Double> value = quotient();
    String operator = peek();
    if (List.of("<", ">", "==").contains(operator)) {
      next++;
      double limit = Double.parseDouble(take());
      value.values().removeIf(each -> !compare(each, operator, limit));
    }
    return value;
  }

  private static boolean compare(double value, String operator, double limit) {
    return switch (operator) {
      case "<" -> value < limit;
      case ">" -> value > limit;
      default -> value == limit;
    };
  }

  private Map<Map<String, String>, Double> quotient() {
    Map<Map<String, String>, Double> value = call();
    while (takes("/")) {
      Map<Map<String, String>, Double> by = call();
      value.keySet().retainAll(by.keySet());
      value.replaceAll((labels, each) -> each / by.get(labels));
    }
    return value;
  }

  private Map<Map<String, String>, Double> call() {
    String name = take();
    return switch (name) {
      case "sum" -> sum();
      case "rate" -> perSecond(range(), (from, to) -> (to - from) / seconds());
      case "increase" -> perSecond(range(), (from, to) -> to - from);
      case "histogram_quantile" -> quantile();
      default -> values(last, selector(name));
    };
  }

  private double seconds() {
    return last.at().minus(first.at()).toNanos() / 1e9;
  }

  private Map<Map<String, String>, Double> sum() {
    List<String> by = takes("by") ? labels() : List.of();
    expect("(");
    Map<Map<String, String>, Double> all = both();
    expect(")");
    Map<Map<String, String>, Double> sums = new LinkedHashMap<>();
    all.forEach(
        (labels, value) -> {
          Map<String, String> kept = new HashMap<>(labels);
          kept.keySet().retainAll(by);
          sums.merge(kept, value, Double::sum);
        });
    return sums;
  }

  private List<String> labels() {
    List<String> labels = new ArrayList<>();
    expect("(");
    while (!takes(")")) {
      labels.add(take());
      boolean unused = takes(",");
    }
    return labels;
  }

  private Predicate<Series> range() {
    expect("(");
    Predicate<Series> selector = selector(take());
    if (!take().startsWith("[")) {
      throw new IllegalArgumentException("no range in " + tokens);
    }
    expect(")");
    return selector;
  }

  private Map<Map<String, String>, Double> perSecond(
      Predicate<Series> selector, DoubleBinaryOperator change) {
    Map<Map<String, String>, Double> before = values(first, selector);
    Map<Map<String, String>, Double> after = values(last, selector);
    after.keySet().retainAll(before.keySet());
    after.replaceAll((labels, value) -> change.applyAsDouble(before.get(labels), value));
    return after;
  }

  private Predicate<Series> selector(String name) {
    Predicate<Series> selector = series -> series.name().equals(name);
    if (takes("{")) {
      while (!takes("}")) {
        String label = take();
        String operator = take();
        String wanted = take().replace("\"", "");
        Pattern pattern = Pattern.compile(operator.equals("=~") ? wanted : Pattern.quote(wanted));
        selector =
            selector.and(
                series -> pattern.matcher(series.labels().getOrDefault(label, "")).matches());
        boolean unused = takes(",");
      }
    }
    return selector;
  }

  private static Map<Map<String, String>, Double> values(
      Scrape scrape, Predicate<Series> selector) {
    return scrape.values().entrySet().stream()
        .filter(each -> selector.test(each.getKey()))
        .collect(
            Collectors.toMap(
                each -> each.getKey().labels(),
                Map.Entry::getValue,
                (one, other) -> one,
                LinkedHashMap::new));
  }

  /** Linear within a bucket, as Prometheus does it; nothing where nothing was counted. */
  private Map<Map<String, String>, Double> quantile() {
    expect("(");
    double wanted = Double.parseDouble(take());
    expect(",");
    Map<Map<String, String>, Double> buckets = both();
    expect(")");
    List<double[]> sorted =
        buckets.entrySet().stream()
            .map(each -> new double[] {bound(each.getKey().get("le")), each.getValue()})
            .sorted(Comparator.comparingDouble(each -> each[0]))
            .toList();
    double rank = wanted * sorted.get(sorted.size() - 1)[1];
    Map<Map<String, String>, Double> result = new HashMap<>();
    double lower = 0;
    double below = 0;
    for (double[] bucket : sorted) {
      if (bucket[1] >= rank && bucket[1] > 0) {
        double part = (rank - below) / (bucket[1] - below);
        double value = Double.isInfinite(bucket[0]) ? lower : lower + (bucket[0] - lower) * part;
        result.put(Map.of(), value);
        return result;
      }
      lower = bucket[0];
      below = bucket[1];
    }
    return result;
  }

  private static double bound(String le) {
    return le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
  }
}
