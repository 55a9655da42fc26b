package io.github.batonlock.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BoundsTest {

  @ParameterizedTest
  @EnumSource(Bound.class)
  void bound_ofTheDefaults_isWhatItsConstantSays(Bound bound) {
    assertThat(Bounds.DEFAULT.of(bound)).isEqualTo(bound.defaultValue());
    assertThat(bound.least()).isBetween(1, bound.defaultValue());
    assertThat(bound.unit()).isNotBlank();
    assertThat(bound.source()).isNotBlank();
  }

  @Test
  void bounds_withAnotherValue_differInThatOne() {
    Bounds bounds = Bounds.DEFAULT.with(Bound.POLL_PACES, 2).with(Bound.RETIRED_VERSIONS, 3);

    assertThat(bounds.of(Bound.POLL_PACES)).isEqualTo(2);
    assertThat(bounds.of(Bound.RETIRED_VERSIONS)).isEqualTo(3);
    assertThat(bounds.of(Bound.OBSERVED_SESSIONS))
        .isEqualTo(Bound.OBSERVED_SESSIONS.defaultValue());
    assertThat(Bounds.DEFAULT.of(Bound.POLL_PACES)).isEqualTo(Bound.POLL_PACES.defaultValue());
    assertThat(bounds.with(Bound.POLL_PACES, 5).of(Bound.POLL_PACES)).isEqualTo(5);
  }

  @Test
  void value_belowTheLeast_isRefusedWithTheLeast() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bounds.DEFAULT.with(Bound.REQUESTS_IN_FLIGHT, 2))
        .withMessage("REQUESTS_IN_FLIGHT is 2 requests; use at least 3");
  }

  @Test
  void limitOfWhatUsersPassIn_isTheSameForAllClients() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bounds.DEFAULT.with(Bound.READERS, 5))
        .withMessage("READERS limits what users pass in: it is 99 for all clients");
  }

  @Test
  void listener_ofBounds_isToldEachTimeOneIsPassed() {
    List<Bound> told = new ArrayList<>();
    Bounds bounds = Bounds.DEFAULT.onReached(told::add).with(Bound.POLL_PACES, 2);

    bounds.reached(Bound.POLL_PACES);
    bounds.reached(Bound.POLL_PACES);
    bounds.reached(Bound.ITEM_BYTES);

    assertThat(told).containsExactly(Bound.POLL_PACES, Bound.POLL_PACES, Bound.ITEM_BYTES);
  }
}
