package io.github.batonlock.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.acquire.AcquireSpec;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.store.Timeouts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.WithNull;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Configurations and requests of any values: accepted exactly if they fit, never half. */
class ConfigPropertyTest {
  private static final Set<String> PROTOCOL =
      Set.of(
          "ownerName",
          "leaseDuration",
          "recordVersionNumber",
          "isReleased",
          "data",
          "fencingToken",
          "session",
          "ttl");
  private static final Duration CENTURY = Duration.ofDays(36_500);

  @Provide
  Arbitrary<Duration> durations() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(-10, 60_000).map(Duration::ofMillis),
        Arbitraries.longs().between(-10, 40_000).map(Duration::ofDays),
        Arbitraries.longs().map(Duration::ofSeconds),
        Arbitraries.of(
            Duration.ZERO,
            Duration.ofNanos(1),
            Duration.ofNanos(-1),
            Duration.ofSeconds(1),
            CENTURY,
            CENTURY.plusNanos(1),
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            Duration.ofSeconds(Long.MIN_VALUE)));
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.oneOf(
        Arbitraries.of("", "key", "pk", "sk", "Data", "mine"),
        Arbitraries.of(PROTOCOL),
        Arbitraries.strings().ofMaxLength(3));
  }

  @Property
  void config_ofAnyNames_isAcceptedExactlyIfTheyFit(
      @ForAll("names") String table,
      @ForAll("names") @WithNull(0.3) @Nullable String owner,
      @ForAll("names") String partition,
      @ForAll("names") @WithNull(0.3) @Nullable String sort) {
    ClientConfig.Draft draft = new ClientConfig.Draft(table);
    draft.ownerName = owner;
    draft.partitionKeyName = partition;
    draft.sortKeyName = sort;

    boolean fits =
        !table.isEmpty()
            && (owner == null || !owner.isEmpty())
            && isKeyName(partition)
            && (sort == null || (isKeyName(sort) && !sort.equals(partition)));

    ClientConfig config = acceptedOrRefused(draft::build);
    assertThat(config != null).isEqualTo(fits);
    if (config != null) {
      assertThat(config.tableName()).isEqualTo(table);
      assertThat(config.ownerName()).isNotEmpty();
      assertThat(config.partitionKeyName()).isEqualTo(partition);
      assertThat(config.sortKeyName()).isEqualTo(sort);
    }
  }

  @Property
  void config_ofAnyDurations_isAcceptedExactlyIfTheyFit(
      @ForAll("durations") Duration lease,
      @ForAll("durations") @WithNull(0.3) @Nullable Duration heartbeat,
      @ForAll("durations") @WithNull(0.3) @Nullable Duration retention,
      @ForAll("durations") @WithNull(0.3) @Nullable Duration clockError,
      @ForAll("durations") @WithNull(0.3) @Nullable Duration closeTimeout,
      @ForAll boolean defaultTerms) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    if (!defaultTerms) {
      draft.leaseDuration = lease;
      draft.heartbeatInterval = heartbeat;
    }
    draft.releasedItemRetention = retention;
    draft.maxTableClockError = clockError;
    draft.closeTimeout = closeTimeout;
    Duration leaseOfDraft = draft.leaseDuration;
    Duration set = draft.heartbeatInterval;
    Duration heartbeatOfDraft = set == null ? leaseOfDraft.dividedBy(4) : set;

    boolean fits =
        acceptedOrRefused(() -> new LeaseTerms(leaseOfDraft, heartbeatOfDraft)) != null
            && isBetween(Duration.ofSeconds(1), retention)
            && isBetween(Duration.ZERO, clockError)
            && (clockError == null || clockError.compareTo(Duration.ofHours(1)) <= 0)
            && isBetween(Duration.ofNanos(1), closeTimeout);

    ClientConfig config = acceptedOrRefused(draft::build);
    assertThat(config != null).isEqualTo(fits);
    if (config != null) {
      assertThat(config.closeTimeout()).isBetween(Duration.ofNanos(1), CENTURY);
      assertThat(config.closeTimeout().toNanos()).isPositive();
    }
  }

  @Property
  void request_ofAnyValues_isAcceptedExactlyIfItFits(
      @ForAll("names") String name,
      @ForAll("durations") @WithNull(0.3) @Nullable Duration wait,
      @ForAll("durations") @WithNull(0.5) @Nullable Duration lease,
      @ForAll @IntRange(min = 0, max = 3) int beyond,
      @ForAll boolean withSortKey) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.sortKeyName = withSortKey ? "sk" : null;
    ClientConfig config = draft.build();
    SdkBytes data = SdkBytes.fromByteArrayUnsafe(new byte[400 * 1024 - 2 + beyond]);

    boolean fits =
        !name.isEmpty()
            && !PROTOCOL.contains(name)
            && !name.equals("key")
            && !(withSortKey && name.equals("sk"))
            && isBetween(Duration.ZERO, wait)
            && (lease == null
                || acceptedOrRefused(() -> new LeaseTerms(lease, lease.dividedBy(4))) != null)
            && beyond < 2;

    AcquireSpec spec =
        acceptedOrRefused(
            () -> {
              LockRequest.Builder builder =
                  LockRequest.builder()
                      .key(withSortKey ? LockKey.of("k", "s") : LockKey.of("k"))
                      .attribute(name, AttributeValue.fromS("v"))
                      .data(data);
              if (wait != null) {
                builder.waitUpTo(wait);
              }
              if (lease != null) {
                builder.leaseDuration(lease);
              }
              return AcquireSpec.of(builder.build(), config);
            });
    assertThat(spec != null).isEqualTo(fits);
    if (spec != null) {
      Duration leaseOfSpec = spec.terms().lease();
      assertThat(leaseOfSpec).isEqualTo(lease == null ? Duration.ofSeconds(20) : lease);
      assertThat(spec.maxWait()).isEqualTo(wait == null ? leaseOfSpec.multipliedBy(2) : wait);
    }
  }

  @Provide
  Arbitrary<String> keys() {
    Arbitrary<Integer> characters = Arbitraries.of(1_020, 1_024, 2_044, 2_048, 5);
    Arbitrary<String> character =
        Arbitraries.of("a", "\u00e4", "\u20ac", "\ud83d\udd12", "\ud83d", "\u0000");
    return Combinators.combine(characters, character, Arbitraries.strings().ofMaxLength(6))
        .as(
            (bytes, unit, rest) ->
                unit.repeat(bytes / unit.getBytes(StandardCharsets.UTF_8).length) + rest);
  }

  @Property
  void key_ofAnyText_isAcceptedExactlyIfDynamoDbCanStoreIt(@ForAll("keys") String key) {
    boolean wellFormed =
        new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(key);
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;

    assertThat(acceptedOrRefused(() -> LockKey.of(key)) != null)
        .isEqualTo(wellFormed && bytes >= 1 && bytes <= 2_048);
    assertThat(acceptedOrRefused(() -> LockKey.of("k", key)) != null)
        .isEqualTo(wellFormed && bytes >= 1 && bytes <= 1_024);
  }

  @Property
  void requestTimes_ofAnyTerms_fitIntoTheLease(
      @ForAll @LongRange(min = 100, max = 2_678_400_000L) long leaseMillis,
      @ForAll @IntRange(min = 1, max = 1_000) int part,
      @ForAll @LongRange(min = 1, max = 4_000_000_000_000_000L) long remaining) {
    Duration lease = Duration.ofMillis(leaseMillis);
    Duration longest = lease.multipliedBy(8).dividedBy(30);
    Duration heartbeat = longest.multipliedBy(part).dividedBy(1_000);
    Duration shortest = Duration.ofMillis(10);
    LeaseTerms terms =
        new LeaseTerms(lease, heartbeat.compareTo(shortest) < 0 ? shortest : heartbeat);

    Timeouts patient = RequestTimeouts.patient(terms);
    assertThat(patient.attempt()).isPositive().isLessThanOrEqualTo(patient.total());
    assertThat(patient.total()).isLessThanOrEqualTo(terms.usable());
    Timeouts renewal = RequestTimeouts.renewal(terms, remaining, 0);
    assertThat(renewal.attempt()).isPositive().isLessThanOrEqualTo(renewal.total());
    assertThat(renewal.total()).isLessThanOrEqualTo(terms.heartbeat());
    assertThat(renewal.total().toNanos()).isLessThanOrEqualTo(Math.max(remaining, 1_000_000));
  }

  private static boolean isKeyName(String name) {
    return !name.isEmpty() && !PROTOCOL.contains(name);
  }

  private static boolean isBetween(Duration least, @Nullable Duration duration) {
    return duration == null || (duration.compareTo(least) >= 0 && duration.compareTo(CENTURY) <= 0);
  }

  /** Null if it was refused, in words; fails the test if it broke. */
  private static <T> @Nullable T acceptedOrRefused(Callable<T> call) {
    try {
      return call.call();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
      return null;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
