package io.github.batonlock.samples.benchmark;

import io.github.batonlock.samples.benchmark.dynamo.Store;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the user asked for, by system properties; samples/README.md explains them.
 *
 * @param scale how much to measure
 * @param only the measures to run; empty for all
 * @param store the table to use; empty for a DynamoDB Local of its own
 * @param publish whether to write the figures into the project's documents
 * @param folder the folder of this module
 */
record Options(
    Scale scale, List<String> only, Optional<Store> store, boolean publish, Path folder) {
  static final String DEFAULT_TABLE = "baton-benchmark";

  static Options read() {
    Optional<URI> endpoint = property("endpoint").map(URI::create);
    Optional<String> region = property("region");
    String table = property("table").orElse(DEFAULT_TABLE);
    Scale scale =
        property("scale")
            .map(name -> Scale.valueOf(name.toUpperCase(Locale.ROOT)))
            .orElse(Scale.FULL);
    List<String> only = property("only").map(names -> List.of(names.split(","))).orElse(List.of());
    boolean publish = property("publish").map(Boolean::parseBoolean).orElse(false);
    if (publish && !(scale == Scale.FULL && only.isEmpty())) {
      throw new IllegalArgumentException(
          "benchmark.publish needs all measures at full scale; leave out benchmark.scale and"
              + " benchmark.only");
    }
    return new Options(
        scale,
        only,
        endpoint.isPresent() || region.isPresent()
            ? Optional.of(new Store(endpoint, region, table))
            : Optional.empty(),
        publish,
        Path.of(property("folder").orElse(".")).toAbsolutePath().normalize());
  }

  private static Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty("benchmark." + name))
        .filter(value -> !value.isBlank());
  }
}
