package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetiredVersionsTest {
  private static final int MAX = 4_096;

  private final RetiredVersions retired = new RetiredVersions(Limit.of(4_096));

  @Test
  void version_onceRetired_isContainedAndOthersAreNot() {
    retired.add(List.of("a", "b"));
    retired.add(List.of());

    assertThat(retired.contains("a")).isTrue();
    assertThat(retired.contains("b")).isTrue();
    assertThat(retired.contains("c")).isFalse();
  }

  @Test
  void versions_beyondTheBound_pushOutTheOldestOnly() {
    retired.add(IntStream.range(0, MAX).mapToObj(i -> "v" + i).toList());
    assertThat(retired.contains("v0")).isTrue();

    retired.add(List.of("one more"));

    assertThat(retired.contains("v0")).isFalse();
    assertThat(retired.contains("v1")).isTrue();
    assertThat(retired.contains("v" + (MAX - 1))).isTrue();
    assertThat(retired.contains("one more")).isTrue();
  }

  @Test
  void version_retiredTwice_takesOnePlace() {
    retired.add(IntStream.range(0, MAX).mapToObj(i -> "v" + i).toList());
    retired.add(List.of("v5", "v5"));

    assertThat(retired.contains("v0")).isTrue();
  }

  @Test
  void release_thatIsFollowed_knowsThatTheLockWasPassedOn_howeverManyAreRetiredSince() {
    RetiredVersions few = new RetiredVersions(Limit.of(1));
    few.add(List.of("a", "b"));
    RetiredVersions.Followed first = few.follow(List.of("a", "b"));
    RetiredVersions.Followed second = few.follow(List.of("c"));
    few.add(List.of("d", "e"));
    assertThat(first.isPassedOn()).isFalse();

    few.takingOver("b");
    assertThat(first.isPassedOn()).isTrue();
    assertThat(second.isPassedOn()).isFalse();

    few.unfollow(second);
    few.takingOver("c");
    assertThat(second.isPassedOn()).isFalse();
  }
}
