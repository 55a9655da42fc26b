package io.github.batonlock.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.HistogramSupport;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus would read of some processes at one moment, with the names that Micrometer's
 * registry for it gives.
 *
 * @param at when
 * @param values the value of each series
 */
record Scrape(Duration at, Map<Series, Double> values) {
  private static final double NANOS = 1e9;

  /** A name with labels. */
  record Series(String name, Map<String, String> labels) {}

  static Scrape of(Duration at, Map<String, MeterRegistry> processes) {
    Map<Series, Double> values = new LinkedHashMap<>();
    processes.forEach(
        (process, registry) ->
            registry.getMeters().stream()
                .filter(meter -> meter.getId().syntheticAssociation() == null)
                .forEach(meter -> read(meter, process, values)));
    return new Scrape(at, values);
  }

  private static void read(Meter meter, String process, Map<Series, Double> values) {
    Map<String, String> labels = new HashMap<>(Map.of("instance", process));
    for (Tag tag : meter.getId().getTags()) {
      labels.put(tag.getKey().replace('.', '_'), tag.getValue());
    }
    String name = prometheusName(meter.getId());
    if (meter instanceof HistogramSupport histogram) {
      boolean isTime = meter.getId().getType() == Meter.Type.TIMER;
      readHistogram(histogram.takeSnapshot(), isTime, new Series(name, labels), values);
    } else {
      values.put(new Series(name, labels), meter.measure().iterator().next().getValue());
    }
  }

  private static void readHistogram(
      HistogramSnapshot histogram, boolean isTime, Series series, Map<Series, Double> values) {
    double unit = isTime ? NANOS : 1;
    for (CountAtBucket bucket : histogram.histogramCounts()) {
      put(values, series, "_bucket", Double.toString(bucket.bucket() / unit), bucket.count());
    }
    put(values, series, "_bucket", "+Inf", (double) histogram.count());
    put(values, series, "_count", null, (double) histogram.count());
    put(values, series, "_sum", null, histogram.total() / unit);
    put(values, series, "_max", null, histogram.max() / unit);
  }

  private static void put(
      Map<Series, Double> values,
      Series series,
      String suffix,
      @Nullable String bucket,
      double value) {
    Map<String, String> labels = new HashMap<>(series.labels);
    if (bucket != null) {
      labels.put("le", bucket);
    }
    values.put(new Series(series.name + suffix, labels), value);
  }

  /** As Micrometer's naming convention for Prometheus has it. */
  static String prometheusName(Meter.Id id) {
    String name = id.getName().replace('.', '_');
    String unit = id.getBaseUnit();
    return switch (id.getType()) {
      case COUNTER -> name + "_total";
      case TIMER -> name + "_seconds";
      case DISTRIBUTION_SUMMARY -> unit == null ? name : name + "_" + unit;
      default -> name;
    };
  }
}
