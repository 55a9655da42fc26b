package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.store.Timeouts;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * Timeouts in the form that the SDK takes, cached: most requests have one of a few. Safe for many
 * threads.
 */
final class Overrides {
  private final BoundedCache<Timeouts, AwsRequestOverrideConfiguration> cache;

  Overrides(int cached) {
    this.cache = new BoundedCache<>(cached, made -> 1);
  }

  AwsRequestOverrideConfiguration of(Timeouts timeouts) {
    return cache.of(timeouts, Overrides::make);
  }

  private static AwsRequestOverrideConfiguration make(Timeouts timeouts) {
    return AwsRequestOverrideConfiguration.builder()
        .apiCallTimeout(timeouts.total())
        .apiCallAttemptTimeout(timeouts.attempt())
        .build();
  }
}
