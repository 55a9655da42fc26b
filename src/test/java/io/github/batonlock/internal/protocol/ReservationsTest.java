package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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
  void oldestRequests_thatNoWaiterStandsBehind_areForgotten() {
    List<String> ids = Stream.generate(this::id).limit(1_001).toList();
    ids.forEach(reservations::add);
    assertThat(ids).allMatch(reservations::contains);

    ids.subList(0, 1_000).forEach(reservations::over);
    assertThat(ids).allMatch(reservations::contains);

    reservations.over(ids.get(1_000));
    assertThat(reservations.contains(ids.get(0))).isFalse();
    assertThat(ids.subList(1, 1_001)).allMatch(reservations::contains);
  }

  @Test
  void request_thatWasNeverMade_isNotRecognizedWhenItsWaiterGoes() {
    String id = id();
    reservations.over(id);

    assertThat(reservations.contains(id)).isFalse();
  }
}
