package io.github.batonlock.samples.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A {@link Service} on a port of its own, and its actuator by HTTP. */
final class Host implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final ConfigurableApplicationContext context;

  private Host(String name, ConfigurableApplicationContext context) {
    this.name = name;
    this.context = context;
  }

  /** Starts a host; its web server and its scheduler work when this returns. */
  static Host start(String name, URI endpoint) {
    return new Host(
        name,
        SpringApplication.run(
            Service.class,
            "--demo.endpoint=" + endpoint,
            "--baton.table-name=" + SpringDemo.TABLE,
            "--baton.table-check=create",
            "--baton.owner-name=" + name,
            "--baton.lease-duration=" + SpringDemo.LEASE.toSeconds() + "s",
            "--management.endpoints.web.exposure.include=health,metrics,batonlocks",
            "--management.endpoint.health.show-details=always",
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--logging.level.root=WARN",
            "--logging.level.software.amazon.dynamodb=ERROR"));
  }

  NightlyReport job() {
    return context.getBean(NightlyReport.class);
  }

  /** What a page of the actuator says; empty if its status is not 200. */
  String actuator(String page) throws IOException, InterruptedException {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + page))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body() : "";
  }

  @Override
  public String toString() {
    return name;
  }

  /** Ends the web server, the scheduler, the lock client and the rest, in this order. */
  @Override
  public void close() {
    context.close();
  }
}
