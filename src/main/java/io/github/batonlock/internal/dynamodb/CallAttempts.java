package io.github.batonlock.internal.dynamodb;

import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.metrics.CoreMetric;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;

/**
 * The SDK's attempts of one call, as the SDK's metrics show them. The exception of a call that ran
 * out of time does not say how its attempts ended. Safe for many threads.
 */
final class CallAttempts implements MetricPublisher {
  private static final String ATTEMPT = "ApiCallAttempt";

  /** How the attempts of a call ended. */
  enum End {
    /** The last answer asked to slow down. */
    THROTTLED,
    /** The last answer was a server error. */
    SERVER_ERROR,
    /** No attempt was made: the SDK held the call back. */
    NEVER_BEGUN,
    /** No answer came, or nothing is known. */
    UNANSWERED
  }

  private volatile @Nullable MetricCollection call;

  @Override
  public void publish(MetricCollection metrics) {
    call = metrics;
  }

  @Override
  public void close() {}

  /** How many attempts the SDK has made; zero if it has not said. */
  int count() {
    return attempts().size();
  }

  /** The last answer decides: the time may have ended during the attempt after it. */
  End end() {
    List<MetricCollection> attempts = attempts();
    if (attempts.isEmpty()) {
      return call == null ? End.UNANSWERED : End.NEVER_BEGUN;
    }
    for (int i = attempts.size() - 1; i >= 0; i--) {
      List<String> errors = attempts.get(i).metricValues(CoreMetric.ERROR_TYPE);
      if (errors.contains("Throttling")) {
        return End.THROTTLED;
      } else if (errors.contains("ServerError")) {
        return End.SERVER_ERROR;
      }
    }
    return End.UNANSWERED;
  }

  private List<MetricCollection> attempts() {
    MetricCollection known = call;
    return known == null ? List.of() : known.childrenWithName(ATTEMPT).toList();
  }
}
