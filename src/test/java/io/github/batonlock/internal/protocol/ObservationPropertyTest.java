package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** What a waiter makes of any versions at any times. */
class ObservationPropertyTest {
  private static final Pattern OURS = Pattern.compile("[0-9]{13}-[A-Za-z0-9_-]{22}");
  private static final LockKey KEY = LockKey.of("k");

  /** Versions "0", "1", ... as a holder writes them, and any of them read late. */
  @Property
  void observation_ofAnyReads_isOfTheNewestVersionSinceItsFirstSight(
      @ForAll @Size(max = 120) List<@IntRange(max = 9) Integer> reads, @ForAll long start) {
    Observations observations =
        new Observations(Limit.of(10_000), Limit.of(Integer.MAX_VALUE), Limit.of(16));
    Deque<String> replaced = new ArrayDeque<>();
    String current = null;
    long since = 0;
    long now = start;
    int newest = 0;
    for (int staleness : reads) {
      now += 1_000 + staleness;
      newest += staleness == 0 ? 1 : 0;
      String read = Integer.toString(Math.max(0, newest - staleness));
      if (current == null || !(read.equals(current) || replaced.contains(read))) {
        if (current != null) {
          replaced.add(current);
        }
        if (replaced.size() > 16) {
          replaced.remove();
        }
        current = read;
        since = now;
      }
      assertThat(observations.hasSeenReplaced(KEY, item(read, 20_000)))
          .isEqualTo(!read.equals(current) && replaced.contains(read));

      Observation seen = observations.see(KEY, item(read, 20_000), now);

      assertThat(seen.version()).isEqualTo(current);
      assertThat(seen.since()).isEqualTo(since);
      assertThat(seen.replaced()).containsExactlyElementsOf(replaced);
      assertThat(seen.sawHeartbeat(now))
          .isEqualTo(!replaced.isEmpty() && now - since < 20_000_000_000L);
    }
  }

  @Property
  void takeover_atAnyTime_waitsForTheLeaseAndTheForeignersMargin(
      @ForAll long since,
      @ForAll @LongRange(min = 1, max = 31_622_400_000L) long leaseMillis,
      @ForAll @LongRange(min = -2_000_000_000L, max = 2_000_000_000L) long around,
      @ForAll boolean ours) {
    Observation seen = Observation.first(item(ours ? ours(7) : "a-u-u-i-d", leaseMillis), since);
    long wait = leaseMillis * (ours ? 1_000_000 : 1_250_000);
    long waited = Math.max(0, wait + around);
    long now = since + waited;

    assertThat(seen.mayTakeOver(now)).isEqualTo(waited >= wait);
    assertThat(seen.untilTakeover(now)).isEqualTo(wait - waited);
  }

  @Property
  void version_madeAtAnyTime_isOursAndTellsIt(@ForAll long epochMillis, @ForAll long seed) {
    String version =
        RecordVersion.create(epochMillis, RandomGeneratorFactory.getDefault().create(seed));

    assertThat(version).matches(OURS);
    assertThat(RecordVersion.isOurs(version)).isTrue();
    assertThat(RecordVersion.epochMillis(version))
        .hasValue(Math.max(0, Math.min(epochMillis, 9_999_999_999_999L)));
  }

  @Property
  void version_ofAnyText_isOursExactlyByThePattern(@ForAll String any) {
    isOursExactlyByThePattern(any);
  }

  /** One of ours with one character more, less or another. */
  @Property
  void version_nearlyOurs_isOursExactlyByThePattern(
      @ForAll @LongRange(min = 0, max = 9_999_999_999_999L) long millis,
      @ForAll @IntRange(max = 35) int at,
      @ForAll @IntRange(max = 2) int removed,
      @ForAll @CharRange(from = '+', to = '{') @StringLength(max = 2) String added) {
    String version = ours(millis);
    isOursExactlyByThePattern(
        version.substring(0, at) + added + version.substring(Math.min(36, at + removed)));
  }

  private static void isOursExactlyByThePattern(String version) {
    boolean ours = OURS.matcher(version).matches();
    assertThat(RecordVersion.isOurs(version)).isEqualTo(ours);
    assertThat(RecordVersion.epochMillis(version))
        .isEqualTo(
            ours
                ? OptionalLong.of(Long.parseLong(version.substring(0, 13)))
                : OptionalLong.empty());
  }

  private static String ours(long millis) {
    return String.format("%013d-AAAAAAAAAAAAAAAAAAAAAA", millis);
  }

  private static LockItem item(String version, long leaseMillis) {
    return new LockItem(
        "a", Duration.ofMillis(leaseMillis), version, false, OptionalLong.of(1), null);
  }
}
