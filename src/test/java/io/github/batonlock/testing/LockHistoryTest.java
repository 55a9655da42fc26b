package io.github.batonlock.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.testing.LockHistory.Event;
import io.github.batonlock.testing.LockHistory.Kind;
import org.junit.jupiter.api.Test;

class LockHistoryTest {
  private final LockHistory history = new LockHistory();

  private void at(int millis, String holder, Kind kind, long token) {
    history.record(kind, holder, "job", token, ofMillis(millis));
  }

  private void between(int from, int to, String holder, Kind kind, long token) {
    history.record(
        new Event(kind, holder, LockKey.of("job"), token, ofMillis(from), ofMillis(to), ""));
  }

  @Test
  void holders_oneAfterTheOther_areExclusive() {
    at(0, "a", Kind.ACQUIRED, 5);
    at(10, "a", Kind.HELD, 5);
    at(20, "a", Kind.RELEASED, 5);
    at(20, "b", Kind.ACQUIRED, 6);
    at(30, "b", Kind.HELD, 6);
    at(40, "b", Kind.REVOKED, 6);

    assertThat(history.violations()).isEmpty();
    assertThat(history.isExclusive()).isTrue();
    assertThat(history.hasGrowingTokens()).isTrue();
    assertThat(history.holders("job")).containsExactly("a", "b");
    assertThatCode(history::check).doesNotThrowAnyException();
  }

  @Test
  void holders_atTheSameTime_areAViolationThatSaysWhen() {
    at(0, "a", Kind.ACQUIRED, 5);
    at(1500, "b", Kind.ACQUIRED, 6);
    at(2000, "a", Kind.HELD, 5);

    assertThat(history.isExclusive()).isFalse();
    assertThat(history.hasGrowingTokens()).isTrue();
    assertThat(history.violations())
        .containsExactly(
            "a's hold of 'job' with token 5 and b's hold of 'job' with token 6 were counted as held"
                + " together at 1.5 s");
    assertThatThrownBy(history::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("The history of the locks is wrong:\n  a's hold");
  }

  @Test
  void holders_ofOneInstant_areToldApartByTheOrderOfRecording() {
    at(0, "a", Kind.ACQUIRED, 5);
    at(10, "b", Kind.ACQUIRED, 6);
    at(10, "a", Kind.HELD, 5);

    assertThat(history.isExclusive()).isFalse();
  }

  @Test
  void holders_thatMayHaveFollowedEachOther_areNoViolation() {
    between(0, 100, "a", Kind.ACQUIRED, 5);
    between(50, 400, "a", Kind.HELD, 5);
    between(60, 450, "b", Kind.ACQUIRED, 6);

    assertThat(history.violations()).isEmpty();
  }

  @Test
  void holders_thatOverlapWhateverTheInstants_areAViolation() {
    between(0, 100, "a", Kind.ACQUIRED, 5);
    between(0, 150, "b", Kind.ACQUIRED, 6);
    between(200, 300, "a", Kind.HELD, 5);
    between(190, 350, "b", Kind.HELD, 6);

    assertThat(history.isExclusive()).isFalse();
  }

  @Test
  void locks_ofOtherKeys_haveNothingToDoWithEachOther() {
    history.record(Kind.ACQUIRED, "a", "one", 5, ofSeconds(1));
    history.record(Kind.ACQUIRED, "b", "two", 4, ofSeconds(2));
    history.record(Kind.HELD, "a", "one", 5, ofSeconds(3));

    assertThat(history.violations()).isEmpty();
  }

  @Test
  void hold_thatIsCountedAsHeldAfterItsEnd_isAViolation() {
    at(0, "a", Kind.ACQUIRED, 5);
    at(10, "a", Kind.RELEASED, 5);
    at(20, "a", Kind.HELD, 5);

    assertThat(history.violations())
        .singleElement()
        .asString()
        .contains("was counted as held at 0.02 s, after its end: 0.01 s: a RELEASED 'job'");
  }

  @Test
  void tokens_thatShrink_areAViolation() {
    at(0, "a", Kind.ACQUIRED, 6);
    at(10, "b", Kind.ACQUIRED, 5);

    assertThat(history.hasGrowingTokens()).isFalse();
    assertThat(history.violations())
        .containsExactly(
            "b's hold of 'job' with token 5 began at 0.01 s, after a's hold of 'job' with token 6,"
                + " which has a larger token");
  }

  @Test
  void tokens_thatTwoHoldersHave_areAViolation() {
    at(0, "a", Kind.ACQUIRED, 5);
    at(10, "b", Kind.ACQUIRED, 5);

    assertThat(history.hasGrowingTokens()).isFalse();
    assertThat(history.isExclusive()).isTrue();
  }

  @Test
  void write_ofALateHolder_isAViolationOnlyAfterOneOfALaterHolder() {
    at(0, "a", Kind.ACQUIRED, 5);
    at(10, "b", Kind.ACQUIRED, 6);
    at(20, "a", Kind.WROTE, 5);
    assertThat(history.violations()).isEmpty();

    at(30, "b", Kind.WROTE, 6);
    at(40, "a", Kind.WROTE, 5);

    assertThat(history.violations())
        .containsExactly(
            "a's hold of 'job' with token 5 was used for a write that was accepted at 0.04 s, after"
                + " one of b's hold of 'job' with token 6");
  }

  @Test
  void event_thatEndsBeforeItBegins_isRefused() {
    assertThatThrownBy(() -> between(2, 1, "a", Kind.HELD, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'job'");
  }
}
