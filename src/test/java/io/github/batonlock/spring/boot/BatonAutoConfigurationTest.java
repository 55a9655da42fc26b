package io.github.batonlock.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.micrometer.BatonMetrics;
import io.github.batonlock.spring.BatonLockRegistry;
import io.github.batonlock.support.Eventually;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;

/** What a program on Spring Boot 4 gets, by its class path, its beans and its properties. */
class BatonAutoConfigurationTest {
  private final FakeDynamo dynamo = new FakeDynamo();

  private final ApplicationContextRunner bare =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(imported().toArray(Class<?>[]::new)));
  private final ApplicationContextRunner program =
      bare.withPropertyValues("baton.table-name=locks")
          .withBean(DynamoDbClient.class, dynamo::sync);

  /** What the file of imports names, as Spring Boot reads it. */
  private static List<Class<?>> imported() {
    List<Class<?>> types = new CopyOnWriteArrayList<>();
    for (String name :
        ImportCandidates.load(
            AutoConfiguration.class, BatonAutoConfigurationTest.class.getClassLoader())) {
      if (name.startsWith("io.github.batonlock.")) {
        try {
          types.add(Class.forName(name));
        } catch (ClassNotFoundException e) {
          throw new AssertionError(e);
        }
      }
    }
    return types;
  }

  private static RecipeSupport support(LockClient client) {
    return RecipeSupport.of(client);
  }

  @Test
  void imports_nameAllConfigurations_ofThePackage() throws IOException {
    Path sources = Path.of("src/main/java/io/github/batonlock/spring/boot");
    try (var files = Files.list(sources)) {
      assertThat(imported())
          .extracting(type -> type.getSimpleName() + ".java")
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith("AutoConfiguration.java"))
                  .toList());
    }
  }

  // The client

  @Test
  void program_withoutATableName_hasNothing() {
    bare.withBean(DynamoDbClient.class, dynamo::sync)
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues("management.endpoints.web.exposure.include=*")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context)
                  .doesNotHaveBean(LockClient.class)
                  .doesNotHaveBean(BatonProperties.class)
                  .doesNotHaveBean(BatonMetrics.class)
                  .doesNotHaveBean(BatonLockRegistry.class)
                  .doesNotHaveBean(BatonLocksEndpoint.class)
                  .doesNotHaveBean(HealthIndicator.class);
              assertThat(dynamo.asked).isEmpty();
            });
  }

  @Test
  void program_withATableName_hasAClientAndWhatItsLibrariesAllow() {
    program.run(
        context -> {
          assertThat(support(context.getBean(LockClient.class)).leaseDuration()).hasSeconds(20);
          assertThat(context.getBean(LockRegistry.class)).isInstanceOf(BatonLockRegistry.class);
          assertThat(context).hasBean("batonHealthIndicator");
          assertThat(context)
              .as("what needs a meter registry, or is not exposed")
              .doesNotHaveBean(BatonMetrics.class)
              .doesNotHaveBean(BatonLocksEndpoint.class);
          assertThat(dynamo.asked).containsExactly("describeTable");
        });
  }

  @Test
  void properties_ofTheClient_areItsOptions() {
    program
        .withPropertyValues(
            "baton.owner-name=me",
            "baton.lease-duration=40s",
            "baton.heartbeat-interval=9s",
            "baton.leases=shared",
            "baton.close-timeout=3s")
        .run(
            context -> {
              LockClient client = context.getBean(LockClient.class);
              assertThat(client.ownerName()).isEqualTo("me");
              assertThat(support(client).leaseDuration()).hasSeconds(40);
              assertThat(support(client).heartbeatInterval()).hasSeconds(9);
              assertThat(support(client).closeTimeout()).hasSeconds(3);
            });
  }

  @Test
  void property_outOfRange_endsTheStart() {
    program
        .withPropertyValues("baton.lease-duration=1s", "baton.heartbeat-interval=1s")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .rootCause()
                    .hasMessageContaining("heartbeatInterval"));
  }

  @Test
  void program_withoutAClientOfTheSdk_failsAndSaysWhy() {
    bare.withPropertyValues("baton.table-name=locks")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("baton.table-name")
                    .hasMessageContaining("DynamoDbClient"));
  }

  @Test
  void program_withAnAsynchronousClient_usesIt() {
    bare.withPropertyValues("baton.table-name=locks")
        .withBean(DynamoDbAsyncClient.class, dynamo::async)
        .run(
            context -> {
              assertThat(context).hasSingleBean(LockClient.class);
              assertThat(dynamo.asked).containsExactly("describeTable");
            });
  }

  @Test
  void program_withAClientOfItsOwn_keepsIt() {
    LockClient own = LockClient.builder(dynamo.sync(), "own").ownerName("own").build();
    program
        .withBean("own", LockClient.class, () -> own)
        .run(
            context -> {
              assertThat(context.getBean(LockClient.class)).isSameAs(own);
              assertThat(dynamo.asked).isEmpty();
            });
  }

  @Test
  void program_withTwoClientsOfItsOwn_starts() {
    program
        .withBean("one", LockClient.class, () -> LockClient.builder(dynamo.sync(), "1").build())
        .withBean("two", LockClient.class, () -> LockClient.builder(dynamo.sync(), "2").build())
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(LockClientShutdown.class)
                    .doesNotHaveBean(BatonLockRegistry.class)
                    .doesNotHaveBean("batonHealthIndicator"));
  }

  @Test
  void customizersAndDecorators_changeTheClient() {
    List<String> called = new CopyOnWriteArrayList<>();
    program
        .withPropertyValues("baton.owner-name=property")
        .withBean(
            LockClientBuilderCustomizer.class,
            () ->
                builder -> {
                  called.add("customizer");
                  builder.ownerName("customizer");
                })
        .withBean(
            LockClientDecorator.class,
            () ->
                client -> {
                  called.add("decorator of " + client.ownerName());
                  return client;
                })
        .run(
            context ->
                assertThat(context.getBean(LockClient.class).ownerName()).isEqualTo("customizer"));
    assertThat(called).containsExactly("customizer", "decorator of customizer");
  }

  @Test
  void listeners_thatAreBeans_hearOfEvents() {
    List<String> heard = new CopyOnWriteArrayList<>();
    Supplier<LockListener> listener =
        () ->
            new LockListener() {
              @Override
              public void requestEnded(RequestEnded event) {
                heard.add("request");
              }
            };
    program
        .withBean("first", LockListener.class, listener)
        .withBean("second", LockListener.class, listener)
        .run(
            context -> {
              assertThat(context.getBean(LockClient.class).inspect("k")).isEmpty();
              Eventually.until("both have heard of it", () -> heard.size() == 2);
            });
    assertThat(heard).containsExactly("request", "request");
  }

  // The table

  @Test
  void tableThatIsMissing_endsTheStart() {
    dynamo.answer(
        "describeTable",
        () -> {
          throw FakeDynamo.missingTable();
        });
    program.run(
        context ->
            assertThat(context)
                .getFailure()
                .cause()
                .cause()
                .isInstanceOfSatisfying(
                    LockStoreException.class,
                    e -> assertThat(e.kind()).isEqualTo(LockStoreException.Kind.NO_TABLE)));
  }

  @Test
  void tableCheckNone_asksNothing() {
    program
        .withPropertyValues("baton.table-check=none")
        .run(context -> assertThat(context).hasSingleBean(LockClient.class));
    assertThat(dynamo.asked).isEmpty();
  }

  @Test
  void tableCheckCreate_makesAMissingTable() {
    dynamo.answer(
        "describeTable",
        () -> {
          throw FakeDynamo.missingTable();
        });
    program
        .withPropertyValues("baton.table-check=create")
        .run(context -> assertThat(context).hasFailed());
    assertThat(dynamo.asked).startsWith("describeTable", "createTable");
  }

  @Test
  void keyNames_ofTheTable_areThoseOfTheProperties() {
    dynamo.answer("describeTable", () -> FakeDynamo.lockTable("id"));
    program.run(context -> assertThat(context).hasFailed());
    program
        .withPropertyValues("baton.partition-key-name=id")
        .run(context -> assertThat(context).hasNotFailed());
    program
        .withPropertyValues("baton.partition-key-name=id", "baton.sort-key-name=part")
        .run(
            context -> assertThat(context).getFailure().rootCause().hasMessageContaining("'part'"));
  }

  // Optional parts

  @Test
  void program_withoutOptionalLibraries_starts() {
    program
        .withClassLoader(
            new FilteredClassLoader(
                "io.micrometer",
                "org.springframework.integration",
                "org.springframework.boot.actuate",
                "org.springframework.boot.health"))
        .run(
            context -> {
              assertThat(context).hasSingleBean(LockClient.class);
              assertThat(context).doesNotHaveBean("batonHealthIndicator");
            });
  }

  @Test
  void meters_areThere_whereTheProgramHasARegistry() {
    program
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              BatonMetrics metrics = context.getBean(BatonMetrics.class);
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              metrics.bindTo(registry);
              assertThat(context.getBean(LockClient.class).inspect("k")).isEmpty();
              Eventually.until(
                  "the read is counted",
                  () ->
                      registry.get("baton.requests").counters().stream()
                          .anyMatch(counter -> counter.count() == 1));
              assertThat(registry.find("baton.lock.hold").timer()).isNotNull();
            });
  }

  @Test
  void observations_areOff_unlessAPropertySaysSo() {
    ApplicationContextRunner observed =
        program
            .withBean(ObservationRegistry.class, ObservationRegistry::create)
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new);
    observed.run(context -> assertThat(context).doesNotHaveBean(LockClientDecorator.class));
    observed
        .withPropertyValues("baton.observations=true")
        .run(
            context -> {
              assertThat(context).hasSingleBean(LockClientDecorator.class);
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              context.getBean(BatonMetrics.class).bindTo(registry);
              assertThat(registry.find("baton.lock.hold").timer()).isNull();
            });
  }

  @Test
  void registry_ofSpringIntegration_isLeftOut_whereItDoesNotFit() {
    program
        .withBean(LockRegistry.class, DefaultLockRegistry::new)
        .run(context -> assertThat(context).doesNotHaveBean(BatonLockRegistry.class));
    program
        .withClassLoader(new FilteredClassLoader(DistributedLock.class))
        .run(context -> assertThat(context).doesNotHaveBean(LockRegistry.class));
  }

  @Test
  void endpoint_isThere_whereItIsExposed() {
    program
        .withPropertyValues("management.endpoints.web.exposure.include=batonlocks")
        .run(
            context -> {
              BatonLocksEndpoint endpoint = context.getBean(BatonLocksEndpoint.class);
              assertThat(endpoint.locks().held()).isEmpty();
              assertThat(endpoint.lock("no", "lock")).isNull();
            });
  }

  // Health

  /** One context for all answers, since a context costs more than a look. */
  @Test
  void health_isDown_onlyWhereNoTryWillHelp() {
    program.run(
        context -> {
          HealthIndicator health = context.getBean("batonHealthIndicator", HealthIndicator.class);
          assertHealth(health, "UP", null);
          assertThat(dynamo.asked).containsExactly("describeTable", "getItem");
          assertHealth(health, "DOWN", "NO_TABLE", FakeDynamo.missingTable());
          assertHealth(health, "DOWN", "ACCESS_DENIED", refused(400, "AccessDeniedException"));
          assertHealth(health, "UNKNOWN", "THROTTLED", refused(400, "ThrottlingException"));
          assertHealth(health, "UNKNOWN", "UNAVAILABLE", refused(500, "InternalServerError"));
          dynamo.answer("getItem", () -> GetItemResponse.builder().build());
          assertHealth(health, "UP", null);
        });
  }

  /** Spring Boot 4 has types of the same form as Spring Boot 3, in another package. */
  @Test
  void healthIndicatorByReflection_doesTheSame() {
    program.run(
        context -> {
          TableHealth table =
              new TableHealth(
                  context.getBean(LockClient.class), context.getBean(BatonProperties.class));
          Boot3HealthIndicator factory =
              new Boot3HealthIndicator(table, HealthIndicator.class.getName());
          assertThat(factory.getObjectType()).isEqualTo(HealthIndicator.class);
          HealthIndicator health = (HealthIndicator) factory.getObject();
          assertHealth(health, "UP", null);
          assertHealth(health, "DOWN", "NO_TABLE", FakeDynamo.missingTable());
          assertThat(health.health(false).getDetails()).isEmpty();
          assertThat(Set.of(health, factory.getObject())).hasSize(2).contains(health);
          assertThat(health).hasToString("batonHealthIndicator");
        });
  }

  private static DynamoDbException refused(int status, String code) {
    return FakeDynamo.failure(status, code);
  }

  private void assertHealth(
      HealthIndicator indicator, String status, String problem, RuntimeException answer) {
    dynamo.answer(
        "getItem",
        () -> {
          throw answer;
        });
    assertHealth(indicator, status, problem);
  }

  /** Details name the client and the kind of problem, and no more. */
  private static void assertHealth(HealthIndicator indicator, String status, String problem) {
    Health health = indicator.health();
    assertThat(health.getStatus().getCode()).isEqualTo(status);
    if (problem == null) {
      assertThat(health.getDetails()).containsOnlyKeys("owner");
    } else {
      assertThat(health.getDetails())
          .containsOnlyKeys("owner", "problem")
          .containsEntry("problem", problem);
    }
  }

  @Test
  void health_isSwitchedOff_byThePropertiesOfSpringBoot() {
    program
        .withPropertyValues("management.health.baton.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("batonHealthIndicator"));
    assertThat(isHealthy("management.health.defaults.enabled", "false")).isFalse();
    assertThat(isHealthy("management.health.baton.enabled", "true")).isTrue();
  }

  private static boolean isHealthy(String property, String value) {
    MockEnvironment environment = new MockEnvironment().withProperty(property, value);
    return HealthIsEnabled.isIn(environment);
  }

  // The end

  /** A part of the program that notes whether the client is open when it ends. */
  private static final class Part implements SmartLifecycle {
    private final RecipeSupport client;
    private final int phase;
    private final List<String> seen;
    private volatile boolean running;

    Part(LockClient client, int phase, List<String> seen) {
      this.client = support(client);
      this.phase = phase;
      this.seen = seen;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      seen.add("stopped, client " + (client.isClosed() ? "closed" : "open"));
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return phase;
    }
  }

  @Test
  void client_isClosed_afterWebServerAndSchedulers() {
    List<String> seen = new CopyOnWriteArrayList<>();
    int webServer = Integer.MAX_VALUE - 2048;
    int scheduler = new ThreadPoolTaskScheduler().getPhase();
    ApplicationContextRunner withParts = program;
    for (int phase : new int[] {webServer, scheduler, 0}) {
      withParts =
          withParts.withInitializer(
              context ->
                  ((GenericApplicationContext) context)
                      .registerBean(
                          "part" + phase,
                          Part.class,
                          () -> new Part(context.getBean(LockClient.class), phase, seen)));
    }
    RecipeSupport[] client = new RecipeSupport[1];
    withParts.run(
        context -> {
          client[0] = support(context.getBean(LockClient.class));
          context.close();
          assertThat(client[0].isClosed()).isTrue();
        });
    assertThat(seen).hasSize(3).containsOnly("stopped, client open");
  }

  @Test
  void client_ofAContextThatIsStopped_staysOpen() {
    program.run(
        context -> {
          RecipeSupport client = support(context.getBean(LockClient.class));
          context.stop();
          assertThat(client.isClosed()).isFalse();
          context.start();
          context.close();
          assertThat(client.isClosed()).isTrue();
        });
  }
}
