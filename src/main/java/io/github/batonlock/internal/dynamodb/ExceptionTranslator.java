package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * The meaning of a failure of the SDK: its kind, whether the write may have been applied (protocol
 * section 5), and what to tell the user.
 *
 * <p>Messages contain what DynamoDB said, never the data that was to be written.
 */
final class ExceptionTranslator {
  private static final Set<String> CONFLICTS =
      Set.of(
          "TransactionConflictException",
          "ReplicatedWriteConflictException",
          "TransactionInProgressException");
  private static final Set<String> DENIALS =
      Set.of(
          "AccessDeniedException",
          "AccessDenied",
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "NotAuthorized",
          "ExpiredTokenException",
          "ExpiredToken",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "RequestExpired",
          "RequestTimeTooSkewed",
          "MissingAuthenticationTokenException",
          "MissingAuthenticationToken",
          "IncompleteSignatureException",
          "IncompleteSignature",
          "OptInRequired");
  private static final Set<String> INVALID =
      Set.of(
          "ValidationException",
          "SerializationException",
          "InvalidParameterValue",
          "UnknownOperationException");
  private static final Set<String> THROTTLES =
      Set.of("RequestLimitExceeded", "LimitExceededException", "SlowDown", "TooManyRequests");
  private static final String NO_CREDENTIALS = "unable to load credentials";

  private ExceptionTranslator() {}

  /** The failure of a request as the port reports it. */
  static LockStoreException of(CallContext context, Throwable failure) {
    Throwable cause = Answers.unwrapped(failure);
    if (cause instanceof LockStoreException reported) {
      return reported;
    }
    Kind kind = kind(cause);
    String message =
        context.describe() + " failed: " + saying(cause) + ". " + remedy(kind, context, cause);
    return new LockStoreException(
        kind,
        context.call().writes() && !provesNothingWritten(cause),
        message,
        cause instanceof OutOfTimeException ? cause.getCause() : cause);
  }

  private static Kind kind(Throwable cause) {
    if (cause instanceof TransactionCanceledException cancelled) {
      return cancelledKind(cancelled);
    }
    if (cause instanceof AwsServiceException service) {
      return serviceKind(service, code(service), text(service));
    }
    if (cause instanceof OutOfTimeException late) {
      return switch (late.end()) {
        case THROTTLED -> Kind.THROTTLED;
        case SERVER_ERROR -> Kind.UNAVAILABLE;
        case NEVER_BEGUN, UNANSWERED -> Kind.TIMED_OUT;
      };
    }
    if (cause instanceof ApiCallTimeoutException
        || cause instanceof ApiCallAttemptTimeoutException) {
      return Kind.TIMED_OUT;
    }
    if (cause instanceof NotSentException && cause.getCause() instanceof KeySchemaException) {
      return Kind.WRONG_SCHEMA;
    }
    return text(cause).contains(NO_CREDENTIALS) ? Kind.ACCESS_DENIED : Kind.UNAVAILABLE;
  }

  /** The kind of the first part of the transaction that caused the failure. */
  private static Kind cancelledKind(TransactionCanceledException cancelled) {
    for (CancellationReason reason : cancelled.cancellationReasons()) {
      String code = reason.code() == null ? "" : reason.code();
      if (code.equals("TransactionConflict")) {
        return Kind.CONFLICT;
      } else if (code.startsWith("Throttling") || code.startsWith("ProvisionedThroughput")) {
        return Kind.THROTTLED;
      } else if (code.equals("ValidationError") || code.startsWith("ItemCollectionSize")) {
        return Kind.INVALID_REQUEST;
      }
    }
    return Kind.UNAVAILABLE;
  }

  private static Kind serviceKind(AwsServiceException service, String code, String text) {
    if (code.equals("ResourceNotFoundException")) {
      return Kind.NO_TABLE;
    } else if (CONFLICTS.contains(code)) {
      return Kind.CONFLICT;
    } else if (DENIALS.contains(code)) {
      return Kind.ACCESS_DENIED;
    } else if (throttled(service, code)) {
      return Kind.THROTTLED;
    } else if (INVALID.contains(code)) {
      return KeySchemaException.isMeantBy(text) ? Kind.WRONG_SCHEMA : Kind.INVALID_REQUEST;
    } else if (code.equals("ItemCollectionSizeLimitExceededException")) {
      return Kind.INVALID_REQUEST;
    }
    return Kind.UNAVAILABLE;
  }

  private static boolean throttled(AwsServiceException service, String code) {
    return service.isThrottlingException()
        || service.statusCode() == 429
        || THROTTLES.contains(code)
        || code.startsWith("Throttl")
        || code.startsWith("ProvisionedThroughputExceeded");
  }

  /** The text of the failure, in DynamoDB's or the SDK's words. */
  private static String saying(Throwable cause) {
    String said;
    if (cause instanceof AwsServiceException service) {
      AwsErrorDetails details = service.awsErrorDetails();
      String message = details == null ? service.getMessage() : details.errorMessage();
      said =
          (code(service).isEmpty() ? "error" : code(service))
              + " (HTTP "
              + service.statusCode()
              + (message == null || message.isBlank() ? ")" : "), " + message.strip());
    } else if (cause instanceof NotSentException && cause.getCause() != null) {
      said = "not sent, " + described(cause.getCause());
    } else if (cause instanceof OutOfTimeException late && late.getCause() != null) {
      said = attempted(late) + ", " + described(late.getCause());
    } else {
      said = described(cause);
    }
    return said.endsWith(".") ? said.substring(0, said.length() - 1) : said;
  }

  private static String attempted(OutOfTimeException late) {
    return switch (late.end()) {
      case THROTTLED ->
          "DynamoDB throttled it until its time was up, at attempt " + late.attempts();
      case SERVER_ERROR ->
          "DynamoDB answered with server errors until its time was up, at attempt "
              + late.attempts();
      case NEVER_BEGUN -> "the SDK made no attempt before its time was up";
      case UNANSWERED -> "no answer came";
    };
  }

  private static String described(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ", " + message.strip());
  }

  private static String remedy(Kind kind, CallContext context, Throwable cause) {
    if (cause instanceof OutOfTimeException late && late.end() == CallAttempts.End.NEVER_BEGUN) {
      return "The rate limiter of the SDK client has held it back, which its adaptive retry mode does"
          + " while other requests of that client are throttled: give Baton an SDK client of its"
          + " own, in another retry mode";
    }
    return switch (kind) {
      case NO_TABLE ->
          "Create table '"
              + context.tableName()
              + "' (LockTable.createIfMissing), or check the client's Region and account";
      case WRONG_SCHEMA ->
          "Compare partitionKeyName and sortKeyName of the client with the table's key schema;"
              + " LockTable.verify names every difference";
      case ACCESS_DENIED ->
          "Check the credentials and this machine's clock; IAM has to allow dynamodb:"
              + context.call().action()
              + " on the table";
      case INVALID_REQUEST ->
          tooLarge(cause)
              ? "With its data and attributes a lock item must stay below DynamoDB's 400 KB;"
                  + " keep large data elsewhere and its address here"
              : "Check the key, the data and the attributes of the request";
      case THROTTLED -> "Trying again later helps; raise the table's capacity if it goes on";
      case CONFLICT -> "Another write to the item was under way; trying again helps";
      case TIMED_OUT -> "Check the network path to DynamoDB, and the lease against its latency";
      case UNAVAILABLE -> "Check the network path to DynamoDB, and its health in this Region";
    };
  }

  private static boolean tooLarge(Throwable cause) {
    return text(cause).contains("item size");
  }

  /**
   * Whether the request certainly changed nothing: it was not sent, or it was sent once and refused
   * as wrong. Of several attempts an earlier one may have been applied.
   */
  private static boolean provesNothingWritten(Throwable cause) {
    if (cause instanceof NotSentException) {
      return true;
    }
    if (!(cause instanceof SdkException sdk)) {
      return false;
    }
    Integer attempts = sdk.numAttempts();
    if (attempts == null) {
      return text(sdk).contains(NO_CREDENTIALS);
    }
    return attempts == 0 || (attempts == 1 && (refused(sdk) || neverConnected(sdk)));
  }

  private static boolean refused(SdkException failure) {
    return failure instanceof AwsServiceException service
        && service.statusCode() >= 400
        && service.statusCode() < 500;
  }

  private static boolean neverConnected(SdkException failure) {
    if (text(failure).contains(NO_CREDENTIALS)) {
      return true;
    }
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 16; depth++, cause = cause.getCause()) {
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof NoRouteToHostException
          || cause.getClass().getSimpleName().equals("ConnectTimeoutException")) {
        return true;
      }
    }
    return false;
  }

  private static String code(AwsServiceException service) {
    AwsErrorDetails details = service.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }

  private static String text(Throwable cause) {
    @Nullable String message = cause.getMessage();
    return message == null ? "" : message.toLowerCase(Locale.ROOT);
  }
}
