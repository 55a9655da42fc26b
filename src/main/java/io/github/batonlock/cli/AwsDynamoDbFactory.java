package io.github.batonlock.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/**
 * Opens real connections. Credentials, and what the command line leaves out, come from where the
 * AWS SDK looks for them: the environment, the profile, the machine's role.
 *
 * @param environment the environment variables
 */
record AwsDynamoDbFactory(Map<String, String> environment) implements DynamoDbFactory {

  @Override
  public DynamoDbClient open(Target target) {
    DynamoDbClientBuilder builder =
        DynamoDbClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder());
    String region = region(target);
    if (region != null) {
      builder.region(Region.of(region));
    }
    if (target.endpoint() != null) {
      builder.endpointOverride(target.endpoint());
    }
    String profile = target.profile();
    if (profile != null) {
      builder.overrideConfiguration(options -> options.defaultProfileName(profile));
    }
    builder.credentialsProvider(credentials(profile));
    try {
      return builder.build();
    } catch (SdkClientException | IllegalArgumentException e) {
      throw new UsageException(problem(e, target), e);
    }
  }

  /**
   * Found before the first request, whose time is limited: a role or a sign-on service may need
   * longer.
   */
  private static AwsCredentialsProvider credentials(@Nullable String profile) {
    AwsCredentialsProvider provider =
        DefaultCredentialsProvider.builder().profileName(profile).build();
    AwsCredentials unused = provider.resolveCredentials();
    return provider;
  }

  /** AWS's command line tool has one more variable, which the SDK for Java does not read. */
  private @Nullable String region(Target target) {
    if (target.region() != null) {
      return target.region();
    }
    return environment.containsKey("AWS_REGION") || target.profile() != null
        ? null
        : environment.get("AWS_DEFAULT_REGION");
  }

  private static String problem(RuntimeException failure, Target target) {
    String said = String.valueOf(failure.getMessage());
    if (said.contains("Unable to load region")) {
      return "No Region is configured: use --region, AWS_REGION, or a profile that has one";
    }
    return "The connection to DynamoDB cannot be configured"
        + (target.profile() == null ? "" : " with profile '" + target.profile() + "'")
        + ": "
        + said;
  }
}
