package io.github.batonlock.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Opens the connection to DynamoDB. */
@FunctionalInterface
public interface DynamoDbFactory {

  /**
   * What the command line says of the connection; for what it leaves out, the environment and the
   * AWS profile decide.
   *
   * @param region the name of a Region, or null
   * @param profile the name of a profile in the AWS configuration files, or null
   * @param endpoint the address of a service other than that of the Region, or null
   */
  record Target(@Nullable String region, @Nullable String profile, @Nullable URI endpoint) {}

  /**
   * Makes an SDK client, and finds the credentials. Sends no request to DynamoDB.
   *
   * @param target where to
   * @return the client; the caller closes it
   * @throws UsageException if the Region or the profile is missing or unknown
   * @throws software.amazon.awssdk.core.exception.SdkException if there are no credentials
   */
  DynamoDbClient open(Target target);
}
