package io.github.batonlock.samples.quickstart;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** The table to use, as options of the quickstart and of its workers. */
final class Target {
  @Option(
      names = "--table",
      paramLabel = "<name>",
      defaultValue = "baton-quickstart",
      description = "The lock table, made if it is missing. Default: ${DEFAULT-VALUE}.")
  private String table;

  @Option(
      names = "--region",
      paramLabel = "<region>",
      description = "Run on DynamoDB in this AWS Region, with the AWS SDK's default credentials.")
  private String region;

  @Option(
      names = "--endpoint",
      paramLabel = "<url>",
      description = {
        "Run on the DynamoDB at this address.",
        "Plain http is taken for a local engine, which gets made-up credentials."
      })
  private URI endpoint;

  String table() {
    return table;
  }

  /** Whether the user named a DynamoDB to run on. */
  boolean isGiven() {
    return region != null || endpoint != null;
  }

  void useEngineAt(URI localEndpoint) {
    endpoint = localEndpoint;
  }

  /** Where the table is, for messages. */
  String describe() {
    return endpoint != null ? endpoint.toString() : "AWS Region " + region;
  }

  DynamoDbClient connect() {
    DynamoDbClientBuilder builder =
        DynamoDbClient.builder().httpClientBuilder(Apache5HttpClient.builder());
    if (region != null) {
      builder.region(Region.of(region));
    }
    if (endpoint != null) {
      builder.endpointOverride(endpoint);
      if ("http".equals(endpoint.getScheme())) {
        builder.credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
        if (region == null) {
          builder.region(Region.US_EAST_1);
        }
      }
    }
    return builder.build();
  }

  /** The same target as options of another process. */
  List<String> toOptions() {
    List<String> options = new ArrayList<>(List.of("--table", table));
    if (region != null) {
      options.addAll(List.of("--region", region));
    }
    if (endpoint != null) {
      options.addAll(List.of("--endpoint", endpoint.toString()));
    }
    return options;
  }
}
