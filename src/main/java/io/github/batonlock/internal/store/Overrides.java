package io.github.batonlock.internal.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/** Timeouts as the SDK takes them; most requests have one of a few. Safe for many threads. */
final class Overrides {
  private static final int MAX_CACHED = 100;

  private final Map<Timeouts, AwsRequestOverrideConfiguration> cache = new ConcurrentHashMap<>();

  AwsRequestOverrideConfiguration of(Timeouts timeouts) {
    AwsRequestOverrideConfiguration known = cache.get(timeouts);
    if (known != null) {
      return known;
    }
    AwsRequestOverrideConfiguration made =
        AwsRequestOverrideConfiguration.builder()
            .apiCallTimeout(timeouts.total())
            .apiCallAttemptTimeout(timeouts.attempt())
            .build();
    if (cache.size() < MAX_CACHED) {
      cache.put(timeouts, made);
    }
    return made;
  }
}
