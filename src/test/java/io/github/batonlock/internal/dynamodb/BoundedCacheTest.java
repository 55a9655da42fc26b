package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedCacheTest {
  private final BoundedCache<Integer, String> kept = new BoundedCache<>(10, String::length);
  private final List<Integer> made = new ArrayList<>();

  private String of(int length) {
    return kept.of(
        length,
        key -> {
          made.add(key);
          return "x".repeat(key);
        });
  }

  @Test
  void things_askedForAgain_areMadeOnce() {
    assertThat(of(4)).isEqualTo("xxxx").isSameAs(of(4));
    assertThat(made).containsExactly(4);
  }

  /** A few large ones take as much room as many small ones. */
  @Test
  void things_beyondTheTotalSize_areMadeAnewEachTime() {
    of(4);
    of(7);
    of(7);
    of(6);
    of(6);
    of(1);
    of(4);

    assertThat(made).containsExactly(4, 7, 7, 6, 1);
  }
}
