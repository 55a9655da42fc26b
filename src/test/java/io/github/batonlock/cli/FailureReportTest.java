package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

class FailureReportTest {

  @Test
  void store_ofEachKind_hasItsCode() {
    Map<LockStoreException.Kind, ExitCode> codes =
        Arrays.stream(LockStoreException.Kind.values())
            .collect(Collectors.toMap(kind -> kind, kind -> code(store(kind))));

    assertThat(codes)
        .containsEntry(LockStoreException.Kind.NO_TABLE, ExitCode.TABLE_UNREACHABLE)
        .containsEntry(LockStoreException.Kind.WRONG_SCHEMA, ExitCode.TABLE_UNREACHABLE)
        .containsEntry(LockStoreException.Kind.ACCESS_DENIED, ExitCode.ACCESS_DENIED)
        .containsEntry(LockStoreException.Kind.INVALID_REQUEST, ExitCode.FAILED)
        .containsEntry(LockStoreException.Kind.THROTTLED, ExitCode.TABLE_UNREACHABLE)
        .containsEntry(LockStoreException.Kind.CONFLICT, ExitCode.TABLE_UNREACHABLE)
        .containsEntry(LockStoreException.Kind.TIMED_OUT, ExitCode.TABLE_UNREACHABLE)
        .containsEntry(LockStoreException.Kind.UNAVAILABLE, ExitCode.TABLE_UNREACHABLE);
  }

  @Test
  void failure_ofTheLibrary_hasItsCode() {
    LockKey key = LockKey.of("k");
    assertThat(
            code(
                new LockNotAcquiredException(
                    key, LockNotAcquiredException.Reason.HELD, Duration.ZERO, null)))
        .isEqualTo(ExitCode.NOT_ACQUIRED);
    assertThat(code(new MalformedLockItemException(key, "a", "is missing")))
        .isEqualTo(ExitCode.FAILED);
    assertThat(code(new IllegalArgumentException("lease"))).isEqualTo(ExitCode.USAGE);
    assertThat(code(new IllegalStateException("closed"))).isEqualTo(ExitCode.FAILED);
    assertThat(code(new CompletionException(store(LockStoreException.Kind.ACCESS_DENIED))))
        .isEqualTo(ExitCode.ACCESS_DENIED);
  }

  @Test
  void failure_ofTheSdk_hasItsCode() {
    assertThat(code(ResourceNotFoundException.builder().message("no").statusCode(400).build()))
        .isEqualTo(ExitCode.TABLE_UNREACHABLE);
    assertThat(code(service("AccessDeniedException", 400))).isEqualTo(ExitCode.ACCESS_DENIED);
    assertThat(code(service("UnrecognizedClientException", 400))).isEqualTo(ExitCode.ACCESS_DENIED);
    assertThat(code(service("ValidationException", 400))).isEqualTo(ExitCode.FAILED);
    assertThat(code(service("InternalServerError", 500))).isEqualTo(ExitCode.TABLE_UNREACHABLE);
    assertThat(code(SdkClientException.create("Unable to load credentials from any provider")))
        .isEqualTo(ExitCode.ACCESS_DENIED);
    assertThat(code(SdkClientException.create("Unable to execute HTTP request")))
        .isEqualTo(ExitCode.TABLE_UNREACHABLE);
  }

  @Test
  void line_ofAMessageWithLineBreaks_isOneLine() {
    assertThat(FailureReport.of(new UsageException("a\n  b\r\nc")).line()).isEqualTo("a b c");
  }

  @Test
  void line_ofAFailureWithoutMessage_isItsName() {
    assertThat(FailureReport.of(new IllegalStateException()).line())
        .isEqualTo("IllegalStateException");
  }

  private static ExitCode code(Throwable failure) {
    return FailureReport.of(failure).code();
  }

  private static LockStoreException store(LockStoreException.Kind kind) {
    return new LockStoreException(kind, false, "GetItem failed", null);
  }

  private static Throwable service(String error, int status) {
    return DynamoDbException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(error).errorMessage("no").build())
        .statusCode(status)
        .build();
  }
}
