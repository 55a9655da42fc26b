package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "reports/2026", "schlüssel", "鍵", "a b\\n", "👍"})
  void text_withoutControlCharacters_isTheSame(String text) {
    assertThat(Printable.of(text)).isSameAs(text);
  }

  @Test
  void characters_thatBreakALine_areShownAsTheirCode() {
    assertThat(Printable.of("a\nWARN forged")).isEqualTo("a\\u000aWARN forged");
    assertThat(Printable.of("\u001b[31mred\r\t")).isEqualTo("\\u001b[31mred\\u000d\\u0009");
    assertThat(Printable.of("x\u2028y\u202ez\u0085")).isEqualTo("x\\u2028y\\u202ez\\u0085");
  }

  /** Whatever shows a key, or the name that another client has given itself. */
  @Test
  void messages_aboutNamesOfOthers_haveOneLine() {
    LockKey key = LockKey.of("a\nWARN forged line", "b\r\n");
    LockInfo holder =
        new LockInfo(
            key,
            Liveness.ALIVE,
            "owner\nERROR forged",
            OptionalLong.of(1),
            Duration.ofSeconds(20),
            "version\n",
            Optional.empty(),
            Map.of(),
            Optional.empty());
    Revocation revocation =
        new Revocation(key, 1, Revocation.Reason.TAKEN_OVER, Duration.ZERO, Duration.ZERO, null);

    List<String> texts =
        List.of(
            key.toString(),
            holder.toString(),
            revocation.toString(),
            new ReleaseRequest(key, "asker\n", "reason\nINFO forged", Duration.ZERO).toString(),
            LockRequest.of("k\n").toString(),
            new LockNotAcquiredException(
                    key, LockNotAcquiredException.Reason.HELD, Duration.ZERO, holder)
                .getMessage(),
            new MalformedLockItemException(key, "attribute\n", "is missing").getMessage());

    assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContainPattern("\\p{Cntrl}"));
  }
}
