package io.github.batonlock.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientConfigTest {

  @Test
  void config_ofATableOnly_hasTheDefaults() {
    ClientConfig config = new ClientConfig.Draft("locks").build();

    assertThat(config.tableName()).isEqualTo("locks");
    assertThat(config.terms().lease()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.terms().heartbeat()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.partitionKeyName()).isEqualTo("key");
    assertThat(config.sortKeyName()).isNull();
    assertThat(config.releasedItemRetention()).isNull();
    assertThat(config.maxTableClockError()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.closeTimeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void takeoverAtFirstSight_switchedOff_trustsNoClockOfTheTable() {
    assertThat(config(draft -> draft.takeoverAtFirstSight = false).maxTableClockError()).isNull();
  }

  @Test
  void ownerName_byDefault_tellsTheProcessAndIsUnique() {
    assertThat(
            IntStream.range(0, 1_000)
                .mapToObj(i -> new ClientConfig.Draft("locks").build().ownerName()))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.contains("-" + ProcessHandle.current().pid() + "-"));
    assertThat(config(draft -> draft.ownerName = "me").ownerName()).isEqualTo("me");
  }

  @Test
  void closeTimeout_byDefault_isHalfOfTheLease() {
    assertThat(config(draft -> draft.leaseDuration = Duration.ofMinutes(1)).closeTimeout())
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void values_atTheirLimits_areAccepted() {
    ClientConfig config =
        config(
            draft -> {
              draft.releasedItemRetention = Duration.ofSeconds(1);
              draft.maxTableClockError = Duration.ZERO;
              draft.closeTimeout = Duration.ofNanos(1);
              draft.partitionKeyName = "pk";
              draft.sortKeyName = "sk";
            });

    assertThat(config.releasedItemRetention()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.maxTableClockError()).isEqualTo(Duration.ZERO);
    assertThat(config.closeTimeout()).isEqualTo(Duration.ofNanos(1));
    assertThat(config.partitionKeyName()).isEqualTo("pk");
    assertThat(config.sortKeyName()).isEqualTo("sk");
  }

  static Stream<Arguments> rejected() {
    return Stream.of(
        rejected(d -> d.ownerName = "", "ownerName must not be empty"),
        rejected(d -> d.partitionKeyName = "", "partitionKeyName must not be empty"),
        rejected(d -> d.sortKeyName = "", "sortKeyName must not be empty"),
        rejected(
            d -> d.sortKeyName = "key",
            "sortKeyName and partitionKeyName are both 'key'; they must differ"),
        rejected(
            d -> d.releasedItemRetention = Duration.ofMillis(999),
            "releasedItemRetention is PT0.999S; use one second to 100 years, or none to keep items"
                + " permanently"),
        rejected(
            d -> d.maxTableClockError = Duration.ofMillis(-1),
            "maxTableClockError is PT-0.001S; use zero to one hour"),
        rejected(
            d -> d.maxTableClockError = Duration.ofMillis(3_600_001),
            "maxTableClockError is PT1H0.001S; use zero to one hour"),
        rejected(
            d -> {
              d.takeoverAtFirstSight = false;
              d.maxTableClockError = Duration.ofSeconds(1);
            },
            "maxTableClockError is PT1S, but takeoverAtFirstSight is switched off"),
        rejected(
            d -> d.leaseDuration = Duration.ofNanos(20_000_500_000L),
            "leaseDuration PT20.0005S is not in whole milliseconds, as lock items tell it"),
        rejected(
            d -> d.closeTimeout = Duration.ofDays(200 * 365),
            "closeTimeout is PT1752000H; it must be positive, and at most 100 years"),
        rejected(
            d -> d.releasedItemRetention = Duration.ofDays(200 * 365),
            "releasedItemRetention is PT1752000H; use one second to 100 years, or none to keep items"
                + " permanently"),
        rejected(
            d -> d.closeTimeout = Duration.ZERO,
            "closeTimeout is PT0S; it must be positive, and at most 100 years"),
        rejected(
            d -> d.closeTimeout = Duration.ofSeconds(-1),
            "closeTimeout is PT-1S; it must be positive, and at most 100 years"),
        rejected(
            d -> d.leaseDuration = Duration.ofMillis(99),
            "leaseDuration 0.099s is out of range; use 0.1s to 31 days"),
        rejected(
            d -> d.heartbeatInterval = Duration.ofSeconds(8),
            "heartbeatInterval 8s leaves no room for three tries within the 16s that a 20s lease"
                + " can be used; use at most 5.333s, or a longer lease"));
  }

  private static Arguments rejected(Consumer<ClientConfig.Draft> setting, String message) {
    return Arguments.argumentSet(message, setting, message);
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void value_thatDoesNotFit_isRejectedWithWhatWould(
      Consumer<ClientConfig.Draft> setting, String message) {
    assertThatIllegalArgumentException().isThrownBy(() -> config(setting)).withMessage(message);
  }

  @Test
  void emptyTableName_isRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClientConfig.Draft("").build())
        .withMessage("tableName must not be empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ownerName",
        "leaseDuration",
        "recordVersionNumber",
        "isReleased",
        "data",
        "fencingToken",
        "session",
        "ttl"
      })
  void keyName_thatTheProtocolUses_isRejected(String reserved) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(draft -> draft.partitionKeyName = reserved))
        .withMessage(
            "partitionKeyName '%s' is an attribute of the lock protocol; name the table's key"
                + " otherwise",
            reserved);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(draft -> draft.sortKeyName = reserved))
        .withMessageStartingWith("sortKeyName '%s' is an attribute", reserved);
  }

  private static ClientConfig config(Consumer<ClientConfig.Draft> setting) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    setting.accept(draft);
    return draft.build();
  }
}
