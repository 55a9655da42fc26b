package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.store.LockAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What is read of requests to release, from items as they are written and as they are not. */
class AskedReleasesTest {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static AskedRelease asked(String reason, Duration deadline, long token) {
    return new AskedRelease("r", "you", reason, deadline, token);
  }

  static List<AskedRelease> requests() {
    return List.of(
        asked("deploy", Duration.ofSeconds(3), 42),
        asked("at once", Duration.ZERO, 42),
        asked("some day", LONGEST, 42),
        asked("of the first holder", Duration.ofMillis(1), 0),
        asked("of the last holder", Duration.ofMillis(1), Long.MAX_VALUE),
        asked("", Duration.ofSeconds(3), 42),
        new AskedRelease("r", "you", "to be kept", Duration.ofSeconds(3), 42, true, null),
        asked("shared", Duration.ofSeconds(3), 42).inSession(LockKey.of("k")),
        asked("shared", Duration.ZERO, 42).inSession(LockKey.of("k", "sort")));
  }

  private static List<AskedRelease> read(AttributeValue value) {
    return AskedReleases.of(Map.of(LockAttributes.RELEASE_REQUEST, value));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void request_thatWasWritten_isReadAsItWas(AskedRelease request) {
    AttributeValue written = AskedReleases.valueOf(request);
    assertThat(read(written)).containsExactly(request);
    assertThat(read(AttributeValue.fromL(List.of(written, written))))
        .containsExactly(request, request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "askedBy", "reason", "deadline", "token"})
  void request_thatLacksAPart_isNone_andHidesNoOther(String part) {
    AskedRelease other = asked("other", Duration.ZERO, 1);
    Map<String, AttributeValue> parts = new HashMap<>(parts());
    parts.remove(part);

    assertThat(read(AttributeValue.fromM(parts))).isEmpty();
    assertThat(
            read(
                AttributeValue.fromL(
                    List.of(AttributeValue.fromM(parts), AskedReleases.valueOf(other)))))
        .containsExactly(other);
  }

  private static Map<String, AttributeValue> parts() {
    return AskedReleases.valueOf(asked("deploy", Duration.ofSeconds(3), 42)).m();
  }

  @ParameterizedTest
  @CsvSource({"deadline, -1", "token, -1", "deadline, 0.5", "token, 1E30", "token, x"})
  void request_withANumberThatIsNone_isNone(String part, String number) {
    Map<String, AttributeValue> parts = new HashMap<>(parts());
    parts.put(part, AttributeValue.fromN(number));
    assertThat(read(AttributeValue.fromM(parts))).isEmpty();
  }

  @Test
  void attribute_thatIsNoRequest_isNone() {
    assertThat(AskedReleases.of(Map.of())).isEmpty();
    assertThat(read(AskedReleases.NONE)).isEmpty();
    assertThat(read(AskedReleases.EMPTY)).isEmpty();
    assertThat(read(AttributeValue.fromS("deploy"))).isEmpty();
  }
}
