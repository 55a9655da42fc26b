package io.github.batonlock.cli;

import io.github.batonlock.LockClient;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The options of all commands: which table, how to reach it, what to print. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class CommonOptions {
  private final Surroundings surroundings;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean unusedHelp;

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "The lock table. Default: the variable BATON_TABLE.")
  private @Nullable String table;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "The AWS Region. Default: AWS_REGION, or that of the profile.")
  private @Nullable String region;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "The AWS profile. Default: AWS_PROFILE.")
  private @Nullable String profile;

  @Option(
      names = "--endpoint-url",
      paramLabel = "URL",
      description = "The address of DynamoDB. Default: AWS_ENDPOINT_URL, or that of the Region.")
  private @Nullable URI endpoint;

  @Option(
      names = "--output",
      paramLabel = "text|json",
      description = "The form of what is printed. Default: text.")
  private OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = {"-y", "--yes"},
      description = "Ask no question before a change.")
  private boolean yes;

  @Option(names = "--verbose", description = "Show the stack trace of a failure.")
  private boolean verbose;

  /** The forms of results. */
  public enum OutputFormat {
    /** For people. */
    TEXT,
    /** For programs. */
    JSON
  }

  /** Without values. */
  public CommonOptions(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * The name of the lock table.
   *
   * @throws UsageException if there is none
   */
  public String table() {
    String name = table != null ? table : surroundings.environment().get("BATON_TABLE");
    if (name == null || name.isBlank()) {
      throw new UsageException("No lock table: use --table NAME, or set BATON_TABLE");
    }
    return name;
  }

  /**
   * Opens the connection to DynamoDB.
   *
   * @return an SDK client; the caller closes it, after the clients that use it
   * @throws UsageException if the options do not say how
   */
  public DynamoDbClient openDynamoDb() {
    if (endpoint != null && (endpoint.getScheme() == null || endpoint.getHost() == null)) {
      throw new UsageException(
          "--endpoint-url is '" + endpoint + "'; use an address as in http://localhost:8000");
    }
    return surroundings.dynamo().open(new DynamoDbFactory.Target(region, profile, endpoint));
  }

  /**
   * Starts a client of the lock table, with the defaults of the library.
   *
   * @param dynamoDb from {@link #openDynamoDb}
   * @return a builder
   * @throws UsageException if no table is named
   */
  LockClient.Builder client(DynamoDbClient dynamoDb) {
    return LockClient.builder(dynamoDb, table());
  }

  /** The form of what is printed. */
  public OutputFormat output() {
    return output;
  }

  /** Whether changes are made without a question. */
  public boolean isYes() {
    return yes;
  }

  /** Whether a failure is shown with its stack trace. */
  boolean isVerbose() {
    return verbose;
  }
}
