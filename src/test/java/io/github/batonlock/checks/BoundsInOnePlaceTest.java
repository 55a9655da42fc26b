package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.config.Bound;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers that bound something stand in {@link Bound}, and nowhere else. */
class BoundsInOnePlaceTest {
  private static final Path BOUND =
      Sources.MAIN.resolve("io/github/batonlock/internal/config/Bound.java");

  /** Whole numbers that have a name and bound nothing, by what they are instead. */
  private static final Map<String, Set<String>> OTHER_NUMBERS =
      Map.of(
          "a format that is written, and read by other clients",
          Set.of(
              "MemberList.FORMAT",
              "MemberList.HEADER_BYTES",
              "LeaderRecord.MAGIC",
              "LeaseText.MAX_LENGTH",
              "Decimals.SAFE_DIGITS",
              "OwnerNames.RANDOM_BYTES",
              "RecordVersion.DIGITS",
              "RecordVersion.LENGTH",
              "RecordVersion.RANDOM_BYTES",
              "RunRecord.MAGIC",
              "RunRecord.NAME_LENGTH",
              "SentBefore.DIGITS",
              "SessionKey.RANDOM_BYTES"),
          "a part of a lease, or what holders do by default in one",
          Set.of(
              "ItemAudit.LEASES_BETWEEN_READS",
              "LockBreaker.LEASES_TO_AUDIT",
              "LeaseTerms.INTERVALS_PER_LEASE",
              "LeaseTerms.TRIES_PER_LEASE",
              "LeaseTerms.USABLE_PERCENT",
              "FailureDetector.BEATS_PER_LEASE",
              "FailureDetector.LOOKS_TO_LEARN",
              "WaitQueue.STANDING_BACK_PERCENT",
              "Observation.FOREIGN_WAIT_PERCENT",
              "Observation.OUR_WAIT_PERCENT",
              "PollSchedule.EXPECTED_PART",
              "PollSchedule.LOOKS_PER_LEASE",
              "PollSchedule.LOOKS_PER_LEASE_AT_HEARTBEATS",
              "Handover.LOOKS_PER_PAUSE",
              "HeartbeatGapEstimator.BEATS_PER_LEASE",
              "HeartbeatGapEstimator.LEASE_PART",
              "HeartbeatPredictor.BEATS_PER_LEASE",
              "SessionObserver.LOOKS_PER_LEASE"),
          "a weight or a rate, of what is learnt from the past, or of memory",
          Set.of(
              "Observations.OVERHEAD_BYTES",
              "Backoff.TRIES_LEFT",
              "HoldTimeEstimator.DEVIATION_WEIGHT",
              "RivalEstimator.MOST_SEEN",
              "RivalEstimator.WEIGHT",
              "HoldTimeEstimator.EARLY",
              "HoldTimeEstimator.LATE",
              "HoldTimeEstimator.MEAN_WEIGHT",
              "AdaptiveRateLimiter.LEAST_EVIDENCE",
              "HeartbeatGapEstimator.MEMORY",
              "SuccessorMonitor.GROWTH"),
          "a limit of DynamoDB's that the table in memory has, or the end of a loop that has none",
          Set.of(
              "InMemoryLockStore.MAX_TRANSACTION",
              "RowWrites.MAX_DIGITS",
              "RowWrites.MAX_EXPRESSION_BYTES",
              "VirtualTime.MAX_TASKS_AT_ONCE"),
          "a bound of the operator's page, which says itself what lies beyond it",
          Set.of(
              "PageBounds.BODY_BYTES",
              "PageBounds.BREAKS",
              "PageBounds.BROWSERS",
              "PageBounds.EVENTS",
              "PageBounds.EVENTS_SHOWN",
              "PageBounds.FILTER_CHARACTERS",
              "PageBounds.LOCKS",
              "PageBounds.LOCKS_ON_A_PAGE",
              "PageBounds.LOCKS_READ",
              "PageBounds.SPANS"),
          "a default of what users may pass in, or a time",
          Set.of("ElasticPool.IDLE_SECONDS"),
          "how far something is tried before an answer is known",
          Set.of("StackRoom.REQUEST", "StackRoom.WAKE_UP", "SyncCalls.CALLS"));

  private static final Pattern NUMBER = Pattern.compile("static final (?:int|short|byte) (\\w+) =");
  private static final Pattern BOUNDED =
      Pattern.compile("new (?:LruMap|BoundedCache|ElasticPool|Limit)<?.*>?\\(\\s*[0-9]");

  @Test
  void wholeNumber_thatHasAName_isABoundOrListedWithWhatItIs() {
    Set<String> found = new TreeSet<>();
    for (Path file : sources()) {
      String type = file.getFileName().toString().replace(".java", "");
      Matcher number = NUMBER.matcher(Sources.read(file));
      while (number.find()) {
        found.add(type + "." + number.group(1));
      }
    }

    Set<String> listed =
        OTHER_NUMBERS.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    assertThat(found)
        .as("bounds belong into Bound; what bounds nothing is listed here")
        .containsExactlyInAnyOrderElementsOf(listed);
  }

  @Test
  void cacheOrPool_thatIsBounded_hasNoNumberOfItsOwn() {
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      Matcher bounded = BOUNDED.matcher(Sources.read(file));
      while (bounded.find()) {
        found.add(file + ": " + bounded.group());
      }
    }

    assertThat(found).isEmpty();
  }

  /** Who reads of a bound has to learn what lies beyond it. */
  @ParameterizedTest
  @EnumSource(Bound.class)
  void bound_inItsJavadoc_saysWhatHappensBeyondIt(Bound bound) {
    String source = Sources.read(BOUND);
    int constant = source.indexOf("\n  " + bound + "(");
    String javadoc =
        source
            .substring(source.lastIndexOf("/**", constant), constant)
            .replaceAll("\\s*\\*\\s*", " ");

    assertThat(javadoc).contains("Beyond it:");
  }

  private static List<Path> sources() {
    List<Path> found = new ArrayList<>(Sources.files(Sources.MAIN, ".java"));
    found.remove(BOUND);
    assertThat(found).hasSizeGreaterThan(100);
    return found;
  }
}
