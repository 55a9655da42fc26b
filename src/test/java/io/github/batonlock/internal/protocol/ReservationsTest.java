package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ReservationsTest {
  private final Random random = new Random(1);
  private final Reservations reservations = new Reservations(Limit.of(1_000));

  private String id() {
    return RecordVersion.create(1_000, random);
  }

  @Test
  void version_isRecognizedByTheRequestItAnswers_andNoOther() {
    String id = id();
    String other = id();
    assertThat(reservations.contains(RecordVersion.recognizable(2_000, id))).isFalse();

    reservations.add(id);

    assertThat(reservations.contains(RecordVersion.recognizable(2_000, id))).isTrue();
    assertThat(reservations.contains(RecordVersion.recognizable(3_000, id))).isTrue();
    assertThat(reservations.contains(RecordVersion.recognizable(2_000, other))).isFalse();
    assertThat(reservations.contains(other)).isFalse();
    assertThat(reservations.contains("of another make")).isFalse();
    assertThat(reservations.contains("")).isFalse();
  }

  @Test
  void oldestRequests_areForgotten() {
    String first = id();
    reservations.add(first);
    for (int i = 0; i < 999; i++) {
      reservations.add(id());
    }
    assertThat(reservations.contains(first)).isTrue();
    for (int i = 0; i < 1_000; i++) {
      reservations.add(id());
    }
    assertThat(reservations.contains(first)).isFalse();
  }
}
