package io.github.batonlock.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Map;

/**
 * What the tool finds around itself. Tests give their own.
 *
 * @param out the standard output: results
 * @param err the standard error: failures, questions, and what happens meanwhile
 * @param environment the environment variables
 * @param dynamo the way to DynamoDB
 * @param signals the signals of this process
 */
public record Surroundings(
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    DynamoDbFactory dynamo,
    Signals signals) {

  /** Those of this process. */
  static Surroundings ofThisProcess() {
    Map<String, String> environment = System.getenv();
    return new Surroundings(
        new PrintWriter(new OutputStreamWriter(System.out, Charset.defaultCharset()), true),
        new PrintWriter(new OutputStreamWriter(System.err, Charset.defaultCharset()), true),
        environment,
        new AwsDynamoDbFactory(environment),
        JdkSignals.INSTANCE);
  }
}
