package io.github.batonlock.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The tool in this process: its streams are strings, its variables and its DynamoDB are given. */
final class ToolFixture {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();
  private DynamoDbFactory dynamo =
      target -> {
        throw new UsageException("no DynamoDB in this test");
      };

  /** Sets a variable. */
  ToolFixture with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Opens DynamoDB like this. */
  ToolFixture with(DynamoDbFactory factory) {
    dynamo = factory;
    return this;
  }

  /** Uses this SDK client, which stays open. */
  ToolFixture with(DynamoDbClient client) {
    return with(target -> unclosed(client));
  }

  private static DynamoDbClient unclosed(DynamoDbClient client) {
    return (DynamoDbClient)
        Proxy.newProxyInstance(
            DynamoDbClient.class.getClassLoader(),
            new Class<?>[] {DynamoDbClient.class},
            (proxy, method, arguments) -> {
              try {
                return method.getName().equals("close") ? null : method.invoke(client, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Runs a command to its end; the exit code. */
  int run(String... arguments) {
    return Baton.run(
        new Surroundings(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            environment,
            dynamo,
            receiver -> {}),
        arguments);
  }

  /** What it has printed on its standard output so far. */
  String out() {
    return out.toString();
  }

  /** What it has printed on its standard error so far. */
  String err() {
    return err.toString();
  }
}
