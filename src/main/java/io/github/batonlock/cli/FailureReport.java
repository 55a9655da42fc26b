package io.github.batonlock.cli;

import io.github.batonlock.LockException;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockStoreException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * What a failure is to the user of the tool: an exit code and one line.
 *
 * @param code how the tool ends
 * @param line what is wrong and what to do, without a line break
 */
record FailureReport(ExitCode code, String line) {
  /** Parts of AWS's error codes. */
  private static final Set<String> DENIALS =
      Set.of("AccessDenied", "UnrecognizedClient", "NotAuthorized", "Token", "Signature");

  /** The report of what a command has thrown. */
  static FailureReport of(Throwable failure) {
    Throwable cause = unwrapped(failure);
    return new FailureReport(code(cause), line(cause));
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && (cause instanceof CompletionException || cause instanceof ExecutionException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static ExitCode code(Throwable failure) {
    if (failure instanceof LockStoreException store) {
      return code(store.kind());
    }
    if (failure instanceof LockNotAcquiredException) {
      return ExitCode.NOT_ACQUIRED;
    }
    if (failure instanceof UsageException || failure instanceof IllegalArgumentException) {
      return ExitCode.USAGE;
    }
    return failure instanceof SdkException sdk ? code(sdk) : ExitCode.FAILED;
  }

  private static ExitCode code(LockStoreException.Kind kind) {
    return switch (kind) {
      case NO_TABLE, WRONG_SCHEMA, THROTTLED, CONFLICT, TIMED_OUT, UNAVAILABLE ->
          ExitCode.TABLE_UNREACHABLE;
      case ACCESS_DENIED -> ExitCode.ACCESS_DENIED;
      case INVALID_REQUEST -> ExitCode.FAILED;
    };
  }

  /** Of requests that a command sends without the library. */
  private static ExitCode code(SdkException failure) {
    if (!(failure instanceof AwsServiceException service)) {
      return String.valueOf(failure.getMessage()).contains("credentials")
          ? ExitCode.ACCESS_DENIED
          : ExitCode.TABLE_UNREACHABLE;
    }
    if (service instanceof ResourceNotFoundException || service.statusCode() >= 500) {
      return ExitCode.TABLE_UNREACHABLE;
    }
    AwsErrorDetails details = service.awsErrorDetails();
    String error = details == null ? "" : String.valueOf(details.errorCode());
    boolean isRefused =
        DENIALS.stream().anyMatch(error::contains)
            || service.statusCode() == 401
            || service.statusCode() == 403;
    return isRefused ? ExitCode.ACCESS_DENIED : ExitCode.FAILED;
  }

  private static String line(Throwable failure) {
    String message = failure.getMessage();
    boolean isPlain =
        failure instanceof LockException
            || failure instanceof UsageException
            || failure instanceof IllegalArgumentException;
    if (message == null || message.isBlank()) {
      return oneLine(failure.getClass().getSimpleName());
    }
    if (failure instanceof LockNotAcquiredException) {
      // The rest is advice for programmers.
      return oneLine(message.replaceFirst("\\. Wait longer \\(.*", ""));
    }
    return oneLine(isPlain ? message : failure.getClass().getSimpleName() + ": " + message);
  }

  /** The text without line breaks. */
  static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
