package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.chaos.Event.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir private Path folder;

  @Test
  void event_writtenAndRead_isTheSame() throws Exception {
    try (History history = History.begin(folder, "w1.1")) {
      history.add(3, 4, Kind.HELD, "a", 7, "");
      history.add(5, 6, Kind.ODD, "", 0, "more than one word");
    }

    assertThat(History.readAll(folder))
        .containsExactly(
            new Event(3, 4, "w1.1", Kind.HELD, "a", 7, ""),
            new Event(5, 6, "w1.1", Kind.ODD, "", 0, "more than one word"));
  }

  @Test
  void line_cutOffByAKill_isLeftOut() throws Exception {
    try (History history = History.begin(folder, "w1.1")) {
      history.add(3, 4, Kind.HELD, "a", 7, "");
    }
    Files.writeString(folder.resolve("w1.1.history"), "5 6 w1.1 HE", StandardOpenOption.APPEND);

    assertThat(History.readAll(folder)).hasSize(1);
  }

  @Test
  void fence_writesOfSeveralHolders_areTakenInTokenOrderOnly() throws Exception {
    try (History history = History.begin(folder, "harness")) {
      FencedResource fence = new FencedResource(history);

      assertThat(fence.write("w1.1", "a", 7)).isTrue();
      assertThat(fence.write("w1.1", "a", 7)).isTrue();
      assertThat(fence.write("w2.1", "a", 9)).isTrue();
      assertThat(fence.write("w1.1", "a", 7)).isFalse();
      assertThat(fence.write("w1.1", "b", 1)).isTrue();
    }

    assertThat(History.readAll(folder))
        .extracting(Event::kind)
        .containsExactly(Kind.ACCEPTED, Kind.ACCEPTED, Kind.ACCEPTED, Kind.REFUSED, Kind.ACCEPTED);
  }
}
