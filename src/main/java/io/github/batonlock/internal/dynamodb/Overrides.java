package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.store.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.metrics.MetricPublisher;

/**
 * Timeouts in the form that the SDK takes, cached: most requests have one of a few. Safe for many
 * threads.
 */
final class Overrides {
  private final BoundedCache<Timeouts, AwsRequestOverrideConfiguration> cache;
  private final Supplier<List<MetricPublisher>> publishers;

  Overrides(int cached, Supplier<List<MetricPublisher>> publishers) {
    this.publishers = publishers;
    this.cache = new BoundedCache<>(cached, made -> 1);
  }

  AwsRequestOverrideConfiguration of(Timeouts timeouts) {
    return cache.of(timeouts, Overrides::make);
  }

  /** The same for a call whose attempts are watched. A call's publishers replace the client's. */
  AwsRequestOverrideConfiguration of(Timeouts timeouts, CallAttempts attempts) {
    List<MetricPublisher> all = new ArrayList<>(publishers.get());
    all.add(attempts);
    return of(timeouts).toBuilder().metricPublishers(all).build();
  }

  private static AwsRequestOverrideConfiguration make(Timeouts timeouts) {
    return AwsRequestOverrideConfiguration.builder()
        .apiCallTimeout(timeouts.total())
        .apiCallAttemptTimeout(timeouts.attempt())
        .build();
  }
}
