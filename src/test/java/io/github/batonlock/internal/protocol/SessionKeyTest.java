package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKeyTest {
  private static final String VERSION = "1767225600000-0123456789012345678901";

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void text_isParsedBack(boolean withSortKey) {
    LockKey session = SessionKey.create(new Random(1), withSortKey);
    String text = SessionKey.text(session, VERSION);
    assertThat(SessionKey.isSession(session)).isTrue();
    assertThat(session.sortKey().isPresent()).isEqualTo(withSortKey);
    assertThat(SessionKey.parse(text, VERSION, withSortKey)).isEqualTo(session);
  }

  @Test
  void keys_areNeverMadeTwice() {
    Random random = new Random(1);
    assertThat(SessionKey.create(random, false)).isNotEqualTo(SessionKey.create(random, false));
  }

  @Test
  void text_ofAnotherVersion_isIgnored() {
    String text = SessionKey.text(SessionKey.create(new Random(1), false), VERSION);
    assertThat(SessionKey.parse(text, "another", false)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "baton.session/", "orders", "x baton.session/abc"})
  void text_thatNamesNoSession_isIgnored(String rest) {
    assertThat(SessionKey.parse(VERSION + " " + rest, VERSION, false)).isNull();
    assertThat(SessionKey.parse(VERSION + rest, VERSION, false)).isNull();
    assertThat(SessionKey.parse(null, VERSION, false)).isNull();
  }

  @Test
  void text_tooLongForAKey_isIgnored() {
    String text = VERSION + " " + SessionKey.PREFIX + "x".repeat(2_048);
    assertThat(SessionKey.parse(text, VERSION, false)).isNull();
  }
}
