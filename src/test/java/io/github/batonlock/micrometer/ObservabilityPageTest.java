package io.github.batonlock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener.RequestEnded;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.support.World;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page of metrics and its dashboard name what the code registers, and nothing else. */
class ObservabilityPageTest {
  private static final Pattern METRIC = Pattern.compile("\\bbaton_[a-z_]+");
  private static final Pattern SELECTOR = Pattern.compile("\\b(baton_[a-z_]+)\\{([^}]*)\\}");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)=~?\"([^\"]*)\"");
  private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");
  private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)\\}\\}");

  private final World world = new World();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** All meters with all values of their tags. */
  @BeforeEach
  void register() {
    BatonMetrics metrics = new BatonMetrics();
    metrics.bindTo(registry);
    LockClient client = world.node("a").client;
    LeaderElection election = LeaderElection.builder(client, "e").observe();
    metrics.bindElection("", election);
    for (LockStoreException.Kind kind : LockStoreException.Kind.values()) {
      metrics.requestEnded(
          new RequestEnded(
              RequestEnded.Operation.GRANT,
              RequestEnded.Result.FAILED,
              Optional.of(kind),
              Duration.ZERO));
    }
    election.close();
  }

  @AfterEach
  void endWorld() {
    world.assertNothingIsLeft();
  }

  /** To write the page's table anew, copy what is expected here. */
  @Test
  void metersOfThePage_areThoseThatTheCodeRegisters() {
    List<String> expected =
        new ArrayList<>(List.of("| meter | type | tags | what it shows |", "|---|---|---|---|"));
    meters()
        .values()
        .forEach(
            ids ->
                expected.add(
                    "| `%s` | %s | %s | %s |"
                        .formatted(
                            ids.get(0).getName(),
                            type(ids.get(0)),
                            tags(ids),
                            ids.get(0).getDescription())));
    assertThat(Page.table("meters")).isEqualTo(expected);
  }

  @Test
  void observationsOfThePage_areThoseThatTheCodeMakes() {
    List<String> expected =
        new ArrayList<>(
            List.of("| observation | keys of few values | keys of many values |", "|---|---|---|"));
    for (LockObservation each : LockObservation.values()) {
      expected.add(
          "| `%s` | %s | %s |"
              .formatted(
                  each.getName(),
                  names(each.getLowCardinalityKeyNames()),
                  names(each.getHighCardinalityKeyNames())));
    }
    assertThat(Page.table("observations")).isEqualTo(expected);
  }

  @Test
  void metricsOfAlertsAndDashboard_areRegistered() throws IOException {
    Set<String> known = prometheusNames().keySet();
    List<String> expressions = expressions();
    assertThat(expressions).hasSizeGreaterThan(15);
    assertThat(all(METRIC, expressions).map(MatchResult::group)).isSubsetOf(known);
  }

  @Test
  void labelsOfAlertsAndDashboard_areTagsWithSuchValues() throws IOException {
    Map<String, Map<String, Set<String>>> known = prometheusNames();
    List<String> unknown = new ArrayList<>();
    for (MatchResult selector : all(SELECTOR, expressions()).toList()) {
      Map<String, Set<String>> labels = known.get(selector.group(1));
      MATCHER
          .matcher(selector.group(2))
          .results()
          .filter(
              each ->
                  !labels
                      .getOrDefault(each.group(1), Set.of())
                      .containsAll(Arrays.asList(each.group(2).split("\\|"))))
          .forEach(each -> unknown.add(selector.group()));
    }
    assertThat(unknown).isEmpty();
    Set<String> labels =
        known.values().stream().flatMap(each -> each.keySet().stream()).collect(Collectors.toSet());
    labels.add("le");
    assertThat(all(BY, expressions()).flatMap(each -> Stream.of(each.group(1).split(", *"))))
        .isSubsetOf(labels);
    assertThat(all(LEGEND, strings("legendFormat")).map(each -> each.group(1))).isSubsetOf(labels);
  }

  @Test
  void dashboard_showsEveryMeter() throws IOException {
    String shown = String.join("\n", strings("expr"));
    Set<String> missing = new TreeSet<>();
    meters()
        .forEach(
            (name, ids) -> {
              if (!shown.contains(Scrape.prometheusName(ids.get(0)))) {
                missing.add(name);
              }
            });
    assertThat(missing).isEmpty();
  }

  /** The meters by name, each with the ids of its tags' values. */
  private Map<String, List<Meter.Id>> meters() {
    return registry.getMeters().stream()
        .map(Meter::getId)
        .filter(id -> id.syntheticAssociation() == null)
        .collect(Collectors.groupingBy(Meter.Id::getName, TreeMap::new, Collectors.toList()));
  }

  private static String type(Meter.Id id) {
    String type = id.getType().name().toLowerCase(Locale.ROOT).replace("distribution_", "");
    boolean isSummary = id.getType() == Meter.Type.DISTRIBUTION_SUMMARY;
    return isSummary ? type + ", " + id.getBaseUnit() : type;
  }

  private static Map<String, Set<String>> values(List<Meter.Id> ids) {
    Map<String, Set<String>> values = new TreeMap<>();
    for (Meter.Id id : ids) {
      for (Tag tag : id.getTags()) {
        values.computeIfAbsent(tag.getKey(), key -> new TreeSet<>()).add(tag.getValue());
      }
    }
    return values;
  }

  private static String tags(List<Meter.Id> ids) {
    return values(ids).entrySet().stream()
        .map(tag -> ("`" + tag.getKey() + "` " + String.join(", ", tag.getValue())).strip())
        .collect(Collectors.joining("; "));
  }

  private static String names(KeyName... keys) {
    return Stream.of(keys).map(key -> "`" + key.asString() + "`").collect(Collectors.joining(", "));
  }

  /** What Prometheus calls the series of all meters, with their labels' values. */
  private Map<String, Map<String, Set<String>>> prometheusNames() {
    Map<String, Map<String, Set<String>>> names = new TreeMap<>();
    meters()
        .values()
        .forEach(
            ids -> {
              String name = Scrape.prometheusName(ids.get(0));
              Map<String, Set<String>> values = values(ids);
              switch (ids.get(0).getType()) {
                case TIMER, DISTRIBUTION_SUMMARY ->
                    List.of("_bucket", "_count", "_sum", "_max")
                        .forEach(suffix -> names.put(name + suffix, values));
                default -> names.put(name, values);
              }
            });
    return names;
  }

  private static Stream<MatchResult> all(Pattern pattern, List<String> texts) {
    return texts.stream().flatMap(text -> pattern.matcher(text).results());
  }

  private static List<String> expressions() throws IOException {
    List<String> all = new ArrayList<>(strings("expr"));
    Page.alerts().values().forEach(alert -> all.add(alert.expression()));
    return all;
  }

  /** The texts of one field of the dashboard, wherever it stands. */
  private static List<String> strings(String field) throws IOException {
    List<String> found = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(Page.DASHBOARD.toFile())) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING && field.equals(json.currentName())) {
          found.add(json.getText());
        }
      }
    }
    assertThat(found).isNotEmpty();
    return found;
  }
}
