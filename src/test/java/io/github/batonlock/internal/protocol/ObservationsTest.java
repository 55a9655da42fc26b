package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ObservationsTest {
  private static final LockKey K = LockKey.of("k");
  private static final int MAX = 4;

  private int passed;
  private final Observations observations =
      new Observations(new Limit(MAX, () -> passed++), Limit.of(Integer.MAX_VALUE), Limit.of(16));

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

  private static LockKey key(int number) {
    return LockKey.of("k" + number);
  }

  private void see(int number, String version, long now) {
    Observation unused = observations.see(key(number), item(version), now);
  }

  private List<Integer> observed() {
    return IntStream.range(0, 100).filter(i -> observations.of(key(i)) != null).boxed().toList();
  }

  /** Going round more locks than there is room for must not forget all of them in turn. */
  @Test
  void keysBeyondTheBound_ofSilentHolders_leaveThoseWhoWereSilentForLongest() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 7; i++) {
        see(i, "v", round * 100 + i);
      }
    }

    assertThat(observed()).containsExactly(0, 1, 2, 3);
    assertThat(observations.of(key(2)).since()).isEqualTo(2);
    assertThat(passed).isEqualTo(9);
  }

  @Test
  void keyBeyondTheBound_ofASilentHolder_takesThePlaceOfALivingOne() {
    for (int i = 0; i < 4; i++) {
      see(i, "v", i);
    }
    see(1, "w", 10);
    see(2, "w", 11);
    see(7, "v", 20);
    assertThat(observed()).containsExactly(0, 1, 3, 7);

    see(8, "v", 21);
    assertThat(observed()).containsExactly(0, 3, 7, 8);

    see(9, "v", 22);
    assertThat(observed()).containsExactly(0, 3, 7, 8);
  }

  @Test
  void key_thatWasNotLookedAtForTenMinutes_makesRoomFirst() {
    long minute = Duration.ofMinutes(1).toNanos();
    for (int i = 0; i < 4; i++) {
      see(i, "v", 0);
    }
    see(0, "v", 5 * minute);
    see(2, "v", 5 * minute);
    see(7, "v", 10 * minute);
    assertThat(observed()).containsExactly(0, 1, 2, 3);

    see(7, "v", 10 * minute + 1);
    assertThat(observed()).containsExactly(0, 2, 3, 7);
  }

  @Test
  void keysThatAreWaitedFor_areNeverForgottenForWantOfRoom() {
    for (int i = 0; i < 20; i++) {
      observations.retain(key(i));
      see(i, "v", i);
    }
    for (int i = 20; i < 30; i++) {
      see(i, "v", i);
    }
    assertThat(observed()).hasSize(24).containsAll(IntStream.range(0, 24).boxed().toList());

    for (int i = 0; i < 20; i++) {
      observations.release(key(i), 100);
    }
    assertThat(observed()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void key_waitedForTwice_isRetainedUntilBothAreOver() {
    observations.retain(K);
    observations.retain(K);
    observations.see(K, item("v1"), 1);
    observations.release(K, 2);
    for (int i = 0; i < 9; i++) {
      see(i, "v", 0);
    }
    assertThat(observations.of(K)).isNotNull();

    observations.release(K, 3);
    assertThatThrownBy(() -> observations.release(K, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'k'");
  }

  @Test
  void texts_beyondTheBytes_areForgotten() {
    Observations few =
        new Observations(Limit.of(1_000), new Limit(2_000, () -> passed++), Limit.of(16));
    Observation unused = few.see(K, item("x".repeat(3_000)), 1);
    assertThat(few.of(K)).isNull();

    few.see(key(1), item("x".repeat(900)), 2);
    few.see(key(2), item("x".repeat(900)), 3);
    assertThat(few.of(key(1))).isNotNull();
    assertThat(few.of(key(2))).isNull();
    assertThat(passed).isEqualTo(2);
  }

  @Test
  void missingItem_isMissingSinceItWasSoFirst_untilItIsThere() {
    assertThat(observations.missing(K, 10)).isEqualTo(10);
    assertThat(observations.missing(K, 20)).isEqualTo(10);
    assertThat(observations.of(K)).isNull();

    observations.see(K, item("v1"), 30);
    assertThat(observations.missing(K, 40)).isEqualTo(40);
    assertThat(observations.of(K)).isNull();

    observations.clear();
    assertThat(observations.missing(K, 50)).isEqualTo(50);
    observations.forget(K);
    assertThat(observations.missing(K, 60)).isEqualTo(60);
  }

  /** The time before a wrong clock was noticed is nobody's to count, least of all a waiter's. */
  @Test
  void clear_startsOverForWaiters_whoseItemIsMissing() {
    observations.retain(K);
    assertThat(observations.missing(K, 10)).isEqualTo(10);
    observations.clear();
    assertThat(observations.missing(K, 40)).isEqualTo(40);
    observations.forget(K);
    assertThat(observations.missing(K, 50)).isEqualTo(50);
    observations.clear();
    observations.release(K, 60);
    assertThat(observations.waitersOwn()).isZero();
  }

  private static LockItem item(String version) {
    return new LockItem("a", Duration.ofSeconds(20), version, false, OptionalLong.of(1), null);
  }
}
