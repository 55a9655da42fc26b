package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.metrics.MetricCollector;

/** How the attempts of a call ended, by the metrics that the SDK publishes of it. */
class CallAttemptsTest {
  private final CallAttempts attempts = new CallAttempts();
  private final MetricCollector call = MetricCollector.create("ApiCall");

  private void attempt(String error) {
    MetricCollector attempt = call.createChild("ApiCallAttempt");
    if (!error.equals("none")) {
      attempt.reportMetric(CoreMetric.ERROR_TYPE, error);
    }
  }

  @Test
  void callOfWhichNothingIsKnown_isUnanswered() {
    assertThat(attempts.end()).isEqualTo(CallAttempts.End.UNANSWERED);
    assertThat(attempts.count()).isZero();
  }

  @Test
  void callWithoutAnAttempt_neverBegan() {
    attempts.publish(call.collect());
    assertThat(attempts.end()).isEqualTo(CallAttempts.End.NEVER_BEGUN);
    assertThat(attempts.count()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "Throttling|none, THROTTLED",
    "Throttling|ServerError|none, SERVER_ERROR",
    "ServerError|Throttling|ConfiguredTimeout, THROTTLED",
    "none|IO, UNANSWERED"
  })
  void lastAnswer_decides(String errors, CallAttempts.End end) {
    List<String> all = List.of(errors.split("\\|"));
    all.forEach(this::attempt);
    attempts.publish(call.collect());
    assertThat(attempts.end()).isEqualTo(end);
    assertThat(attempts.count()).isEqualTo(all.size());
  }
}
