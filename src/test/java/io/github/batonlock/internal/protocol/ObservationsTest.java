package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ObservationsTest {
  private static final LockKey K = LockKey.of("k");
  private static final int MAX = 10_000;

  private final Observations observations = new Observations(Limit.of(10_000), Limit.of(16));

  @Test
  void key_neverSeen_hasNoObservation() {
    assertThat(observations.of(K)).isNull();
  }

  @Test
  void firstSight_beginsAnObservationThatLaterOnesContinue() {
    Observation first = observations.see(K, item("v1"), 10);

    assertThat(first).isEqualTo(observations.of(K));
    assertThat(first.since()).isEqualTo(10);
    assertThat(observations.see(K, item("v1"), 20)).isEqualTo(first);
    assertThat(observations.see(K, item("v2"), 30).since()).isEqualTo(30);
    assertThat(observations.see(K, item("v1"), 40).version()).isEqualTo("v2");
    assertThat(observations.of(K)).extracting(Observation::version).isEqualTo("v2");
  }

  @Test
  void replacedVersion_isKnownAsSuchForItsOwnKeyOnly() {
    assertThat(observations.hasSeenReplaced(K, item("v1"))).isFalse();
    observations.see(K, item("v1"), 10);
    assertThat(observations.hasSeenReplaced(K, item("v1"))).isFalse();
    observations.see(K, item("v2"), 20);

    assertThat(observations.hasSeenReplaced(K, item("v1"))).isTrue();
    assertThat(observations.hasSeenReplaced(K, item("v2"))).isFalse();
    assertThat(observations.hasSeenReplaced(LockKey.of("l"), item("v1"))).isFalse();
  }

  @Test
  void keys_areObservedEachByItself() {
    observations.see(K, item("v1"), 10);
    observations.see(LockKey.of("k", "sort"), item("v2"), 20);

    assertThat(observations.of(K)).extracting(Observation::version).isEqualTo("v1");
    assertThat(observations.of(LockKey.of("k", "sort")))
        .extracting(Observation::version)
        .isEqualTo("v2");
  }

  @Test
  void forgottenKey_beginsAnew() {
    observations.see(K, item("v1"), 10);
    observations.see(K, item("v2"), 20);
    observations.forget(K);

    assertThat(observations.of(K)).isNull();
    assertThat(observations.see(K, item("v1"), 30)).isEqualTo(Observation.first(item("v1"), 30));
  }

  @Test
  void clear_forgetsEveryKey() {
    observations.see(K, item("v1"), 10);
    observations.see(LockKey.of("l"), item("v1"), 10);
    observations.clear();

    assertThat(observations.of(K)).isNull();
    assertThat(observations.of(LockKey.of("l"))).isNull();
  }

  @Test
  void keysBeyondTheBound_pushOutTheOneUsedLeastRecently() {
    for (int i = 0; i < MAX; i++) {
      observations.see(LockKey.of("k" + i), item("v"), i);
    }
    assertThat(observations.see(LockKey.of("k0"), item("v"), MAX).since()).isZero();
    assertThat(observations.of(LockKey.of("k1"))).isNotNull();

    observations.see(K, item("v"), MAX);

    assertThat(observations.of(LockKey.of("k2"))).isNull();
    assertThat(observations.of(LockKey.of("k0"))).isNotNull();
    assertThat(observations.of(LockKey.of("k1"))).isNotNull();
    assertThat(observations.of(LockKey.of("k3"))).isNotNull();
    assertThat(observations.of(K)).isNotNull();
  }

  private static LockItem item(String version) {
    return new LockItem("a", Duration.ofSeconds(20), version, false, OptionalLong.of(1), null);
  }
}
