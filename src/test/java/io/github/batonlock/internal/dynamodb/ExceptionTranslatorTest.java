package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.dynamodb.CallContext.Call;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class ExceptionTranslatorTest {
  private static final CallContext UPDATE =
      new CallContext(Call.UPDATE_ITEM, "locks", LockKey.of("nightly"));

  static Stream<Arguments> failures() {
    return Stream.of(
        refused("ResourceNotFoundException", Kind.NO_TABLE, "LockTable.createIfMissing"),
        refused("AccessDeniedException", Kind.ACCESS_DENIED, "dynamodb:UpdateItem"),
        refused("UnrecognizedClientException", Kind.ACCESS_DENIED, "credentials"),
        refused("ExpiredTokenException", Kind.ACCESS_DENIED, "credentials"),
        refused("InvalidSignatureException", Kind.ACCESS_DENIED, "clock"),
        refused("MissingAuthenticationTokenException", Kind.ACCESS_DENIED, "credentials"),
        refused("IncompleteSignatureException", Kind.ACCESS_DENIED, "credentials"),
        refused("ValidationException", Kind.INVALID_REQUEST, "Check the key"),
        refused("SerializationException", Kind.INVALID_REQUEST, "Check the key"),
        refused("ProvisionedThroughputExceededException", Kind.THROTTLED, "capacity"),
        refused("ThrottlingException", Kind.THROTTLED, "capacity"),
        refused("ThrottledException", Kind.THROTTLED, "capacity"),
        refused("ItemCollectionSizeLimitExceededException", Kind.INVALID_REQUEST, "Check the key"),
        refused("LimitExceededException", Kind.THROTTLED, "capacity"),
        refused("RequestLimitExceeded", Kind.THROTTLED, "capacity"),
        refused("TransactionConflictException", Kind.CONFLICT, "trying again"),
        refused("ReplicatedWriteConflictException", Kind.CONFLICT, "trying again"),
        refused("TransactionInProgressException", Kind.CONFLICT, "trying again"),
        refused("SomethingNewException", Kind.UNAVAILABLE, "network path"),
        Arguments.of(service(400, "ThrottlingException", "", 2), Kind.THROTTLED, true, "capacity"),
        Arguments.of(
            service(400, "ThrottlingException", "", null), Kind.THROTTLED, true, "capacity"),
        Arguments.of(service(429, "Whatever", "", 1), Kind.THROTTLED, false, "capacity"),
        Arguments.of(service(503, "SlowDown", "", 1), Kind.THROTTLED, true, "capacity"),
        Arguments.of(service(399, "Whatever", "", 1), Kind.UNAVAILABLE, true, "health"),
        Arguments.of(service(400, "Whatever", "", 1), Kind.UNAVAILABLE, false, "health"),
        Arguments.of(service(499, "Whatever", "", 1), Kind.UNAVAILABLE, false, "health"),
        Arguments.of(service(400, "Whatever", "", 0), Kind.UNAVAILABLE, false, "health"),
        Arguments.of(service(500, "Whatever", "", 0), Kind.UNAVAILABLE, false, "health"),
        Arguments.of(service(500, "InternalServerError", "", 1), Kind.UNAVAILABLE, true, "health"),
        Arguments.of(service(503, "", "", 1), Kind.UNAVAILABLE, true, "health"),
        schema("The provided key element does not match the schema"),
        schema("One of the required keys was not given a value"),
        schema("The number of conditions on the keys is invalid"),
        Arguments.of(
            service(400, "ValidationException", "Item size has exceeded the maximum", 1),
            Kind.INVALID_REQUEST,
            false,
            "400 KB"),
        Arguments.of(ApiCallTimeoutException.create(200), Kind.TIMED_OUT, true, "latency"),
        Arguments.of(ApiCallAttemptTimeoutException.create(100), Kind.TIMED_OUT, true, "latency"),
        Arguments.of(AbortedException.create("interrupted"), Kind.UNAVAILABLE, true, "network"),
        client(new ConnectException("refused"), 1, false),
        client(new UnknownHostException("nowhere"), 1, false),
        client(new NoRouteToHostException("nowhere"), 1, false),
        client(new ConnectTimeoutException(), 1, false),
        client(new IOException("wrapped", new ConnectException("refused")), 1, false),
        client(wrapped(new ConnectException("refused"), 14), 1, false),
        client(wrapped(new ConnectException("refused"), 15), 1, true),
        client(new ConnectException("refused"), 3, true),
        client(new ConnectException("refused"), null, true),
        client(new SocketTimeoutException("read"), 1, true),
        client(new IOException("reset"), 1, true),
        Arguments.of(
            SdkClientException.create("Unable to load credentials from any of the providers"),
            Kind.ACCESS_DENIED,
            false,
            "credentials"),
        Arguments.of(
            SdkClientException.builder()
                .message("Unable to load credentials from any of the providers")
                .numAttempts(1)
                .build(),
            Kind.ACCESS_DENIED,
            false,
            "credentials"),
        Arguments.of(
            SdkClientException.create("No attempt was counted"),
            Kind.UNAVAILABLE,
            true,
            "network path"),
        Arguments.of(
            new NotSentException(new RejectedExecutionException("shut down")),
            Kind.UNAVAILABLE,
            false,
            "shut down"),
        Arguments.of(
            new NotSentException(new KeySchemaException("the key lacks a sort key")),
            Kind.WRONG_SCHEMA,
            false,
            "sortKeyName"),
        Arguments.of(
            new RejectedExecutionException("of the SDK"), Kind.UNAVAILABLE, true, "of the SDK"),
        Arguments.of(new StackOverflowError(), Kind.UNAVAILABLE, true, "StackOverflowError"),
        Arguments.of(
            new CompletionException(
                new ExecutionException(service(400, "ThrottlingException", "", 1))),
            Kind.THROTTLED,
            false,
            "capacity"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void write_anyFailure_isReportedWithWhatItMeansAndWhatToDo(
      Throwable failure, Kind kind, boolean mayHaveBeenApplied, String remedy) {
    LockStoreException reported = ExceptionTranslator.of(UPDATE, failure);
    assertThat(reported.kind()).isEqualTo(kind);
    assertThat(reported.mayHaveBeenApplied()).isEqualTo(mayHaveBeenApplied);
    assertThat(reported)
        .hasMessageStartingWith("UpdateItem of lock 'nightly' in table 'locks' failed: ")
        .hasMessageContaining(remedy);
    assertThat(reported.getMessage()).doesNotContain("..", "null", " .");
    assertThat(reported.getCause()).isNotInstanceOf(CompletionException.class);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void read_anyFailure_changedNothing(
      Throwable failure, Kind kind, boolean mayHaveBeenApplied, String remedy) {
    CallContext get = new CallContext(Call.GET_ITEM, "locks", LockKey.of("nightly"));
    LockStoreException reported = ExceptionTranslator.of(get, failure);
    assertThat(reported.kind()).isEqualTo(kind);
    assertThat(reported.mayHaveBeenApplied()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void accessDenied_anyCall_namesTheActionToAllow(Call call) {
    CallContext context = new CallContext(call, "locks", null);
    assertThat(
            ExceptionTranslator.of(
                context, service(400, "AccessDeniedException", "not authorized", 1)))
        .hasMessageContaining("of table 'locks'")
        .hasMessageContaining("dynamodb:" + call.action());
  }

  @Test
  void serviceFailure_withMessage_quotesIt() {
    assertThat(ExceptionTranslator.of(UPDATE, service(400, "ValidationException", "Bad thing.", 1)))
        .hasMessage(
            "UpdateItem of lock 'nightly' in table 'locks' failed: ValidationException (HTTP 400),"
                + " Bad thing. Check the key, the data and the attributes of the request");
  }

  @Test
  void serviceFailure_withoutDetails_isTheSdksWords() {
    DynamoDbException bare =
        (DynamoDbException) DynamoDbException.builder().statusCode(500).message("Oops.").build();
    assertThat(ExceptionTranslator.of(UPDATE, bare))
        .hasMessageContaining("failed: error (HTTP 500), Oops")
        .hasMessageNotContaining("Oops..");
    DynamoDbException codeless =
        (DynamoDbException)
            DynamoDbException.builder()
                .statusCode(500)
                .awsErrorDetails(AwsErrorDetails.builder().errorMessage(" so it is ").build())
                .build();
    assertThat(ExceptionTranslator.of(UPDATE, codeless))
        .hasMessageContaining("failed: error (HTTP 500), so it is. Check");
    assertThat(ExceptionTranslator.of(UPDATE, service(503, "SlowDown", "", 1)))
        .hasMessageContaining("failed: SlowDown (HTTP 503). Trying");
  }

  @Test
  void notSentFailure_saysWhy() {
    assertThat(
            ExceptionTranslator.of(
                UPDATE, new NotSentException(new RejectedExecutionException("full"))))
        .hasMessageContaining("failed: not sent, RejectedExecutionException, full. Check");
  }

  @Test
  void reportedFailure_again_staysTheSame() {
    LockStoreException reported = new LockStoreException(Kind.CONFLICT, false, "x", null);
    assertThat(ExceptionTranslator.of(UPDATE, new CompletionException(reported)))
        .isSameAs(reported);
  }

  private static Arguments refused(String code, Kind kind, String remedy) {
    return Arguments.of(service(400, code, "so it is", 1), kind, false, remedy);
  }

  private static Arguments schema(String message) {
    return Arguments.of(
        service(400, "ValidationException", message, 1),
        Kind.WRONG_SCHEMA,
        false,
        "LockTable.verify");
  }

  private static Arguments client(
      Throwable cause, @Nullable Integer attempts, boolean mayHaveBeenApplied) {
    SdkClientException failure =
        SdkClientException.builder()
            .message("Unable to execute HTTP request")
            .cause(cause)
            .numAttempts(attempts)
            .build();
    return Arguments.of(failure, Kind.UNAVAILABLE, mayHaveBeenApplied, "network path");
  }

  /** A cause this many causes down. */
  private static Throwable wrapped(Throwable cause, int times) {
    return times == 0 ? cause : new IOException("wrapped", wrapped(cause, times - 1));
  }

  /** HTTP clients have their own, known by its name. */
  private static final class ConnectTimeoutException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static DynamoDbException service(
      int status, String code, String message, @Nullable Integer attempts) {
    return (DynamoDbException)
        DynamoDbException.builder()
            .statusCode(status)
            .numAttempts(attempts)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
            .build();
  }
}
