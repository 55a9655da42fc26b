package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentBeforeTest {
  private static final String VERSION = "1767225600000-AAAAAAAAAAAAAAAAAAAAAA";

  @Test
  void stamp_namesItsVersionAndTime() {
    assertThat(new SentBefore(VERSION, SentBefore.inRange(1_767_225_601_234L)).text())
        .isEqualTo(VERSION + " 1767225601234");
    assertThat(SentBefore.text(VERSION, 7)).isEqualTo(VERSION + " 0000000000007");
  }

  /** A heartbeat must not make an item longer, whatever is known at the grant. */
  @Property
  void stamps_ofAnyTime_haveOneLength(@ForAll long upperBound) {
    SentBefore stamp = new SentBefore(VERSION, SentBefore.inRange(upperBound));

    assertThat(stamp.text()).hasSameSizeAs(new SentBefore(VERSION, SentBefore.UNKNOWN).text());
    assertThat(stamp.epochMillis())
        .isEqualTo(Math.max(0, Math.min(upperBound, 9_999_999_999_999L)));
  }

  @Property
  void statement_ofAnyVersion_isReadAsWritten(
      @ForAll @NotEmpty String version,
      @ForAll @LongRange(min = 0, max = 9_999_999_999_999L) long millis) {
    SentBefore statement = new SentBefore(version, millis);

    assertThat(SentBefore.parse(statement.text())).isEqualTo(statement);
  }

  /** An exact condition names the attribute by what was read from it. */
  @Property
  void text_thatCanBeRead_isWrittenAsItWas(@ForAll String version, @ForAll String rest) {
    for (String text : new String[] {rest, version + " 0000000000007" + rest, version + rest}) {
      SentBefore statement = SentBefore.parse(text);
      if (!statement.equals(SentBefore.UNREADABLE)) {
        assertThat(statement.text()).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1767225601234",
        " 1767225601234",
        "v 176722560123",
        "v-1767225601234",
        "v 17672256012345",
        "v 1767225601234 ",
        "v 1767225601234 kept",
        "v 17672256/1234",
        "v 17672256:1234",
        "v -767225601234",
        "v ١٧٦٧٢٢٥٦٠١٢٣٤",
      })
  void otherText_isUnreadable(String text) {
    SentBefore statement = SentBefore.parse(text);

    assertThat(statement).isEqualTo(SentBefore.UNREADABLE);
    assertThat(statement.tells("v")).isFalse();
    assertThat(statement.tells("")).isFalse();
  }

  @Test
  void statement_tells_onlyOfItsVersion_andWhereTheTimeIsKnown() {
    assertThat(new SentBefore(VERSION, SentBefore.inRange(7)).tells(VERSION)).isTrue();
    assertThat(new SentBefore(VERSION, SentBefore.inRange(7)).tells("another")).isFalse();
    assertThat(new SentBefore(VERSION, SentBefore.UNKNOWN).tells(VERSION)).isFalse();
    assertThat(SentBefore.parse(VERSION + " 9999999999998").tells(VERSION)).isTrue();
  }
}
