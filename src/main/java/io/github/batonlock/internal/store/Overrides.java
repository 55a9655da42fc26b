package io.github.batonlock.internal.store;

import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/** Timeouts as the SDK takes them; most requests have one of a few. Safe for many threads. */
final class Overrides {
  private static final int MAX_CACHED = 100;

  private final MadeOnce<Timeouts, AwsRequestOverrideConfiguration> cache =
      new MadeOnce<>(MAX_CACHED);

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
