package io.github.batonlock.support;

import java.lang.reflect.Field;
import java.net.URI;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * A DynamoDB to test against.
 *
 * @param endpoint its address; null for that of AWS in the Region
 * @param region the Region to sign for
 * @param credentials who signs
 * @param outlivesTests whether tables have to be deleted after the tests
 */
record Engine(
    @Nullable URI endpoint,
    Region region,
    AwsCredentialsProvider credentials,
    boolean outlivesTests) {

  /** The engine that the system properties choose; see {@link LocalDynamo}. */
  static Engine start() {
    String endpoint = System.getProperty("baton.endpoint", "");
    if (!endpoint.isEmpty()) {
      return new Engine(
          endpoint.equals("aws") ? null : URI.create(endpoint),
          chosenRegion(),
          chosenCredentials(),
          true);
    }
    String engine = System.getProperty("baton.engine", "in-process");
    URI address =
        switch (engine) {
          case "in-process" -> startInProcess();
          case "testcontainers" -> startContainer();
          default ->
              throw new IllegalArgumentException(
                  "baton.engine is '" + engine + "'; use in-process or testcontainers");
        };
    return new Engine(address, chosenRegion(), chosenCredentials(), false);
  }

  private static Region chosenRegion() {
    return Region.of(System.getProperty("baton.region", "us-east-1"));
  }

  private static AwsCredentialsProvider chosenCredentials() {
    return System.getProperty("baton.credentials", "dummy").equals("default")
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(AwsBasicCredentials.create("dummy", "dummy"));
  }

  private static URI startInProcess() {
    try {
      // Without a network, telemetry makes the first answer take 20 s.
      DynamoDBProxyServer proxy =
          ServerRunner.createServerFromCommandLineArgs(
              new String[] {"-inMemory", "-disableTelemetry", "-port", "8000"});
      ServerConnector connector = connectorOf(proxy);
      connector.setHost("127.0.0.1");
      connector.setPort(0);
      proxy.start();
      return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local does not start", e);
    }
  }

  /** The server listens on all interfaces and a fixed port, unless told otherwise in its inside. */
  private static ServerConnector connectorOf(DynamoDBProxyServer proxy)
      throws ReflectiveOperationException {
    Field field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    return (ServerConnector) ((Server) field.get(proxy)).getConnectors()[0];
  }

  @SuppressWarnings("resource") // Ends with the tests: removed by Ryuk, or by the hook.
  private static URI startContainer() {
    GenericContainer<?> container =
        new GenericContainer<>("amazon/dynamodb-local:latest").withExposedPorts(8000);
    container
        .withEnv("DDB_LOCAL_TELEMETRY", "0")
        .withCommand("-jar", "DynamoDBLocal.jar", "-inMemory", "-disableTelemetry");
    container.start();
    Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
    return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(8000));
  }
}
