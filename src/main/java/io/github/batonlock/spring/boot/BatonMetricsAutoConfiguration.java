package io.github.batonlock.spring.boot;

import io.github.batonlock.micrometer.BatonMetrics;
import io.github.batonlock.micrometer.BatonObservations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Meters of the program's client, if the program has a {@link MeterRegistry}; and with property
 * {@code baton.observations}, observations.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    },
    before = BatonAutoConfiguration.class)
@ConditionalOnProperty("baton.table-name")
@EnableConfigurationProperties(BatonProperties.class)
@ConditionalOnClass({MeterRegistry.class, ObservationRegistry.class})
public class BatonMetricsAutoConfiguration {
  /** Creates the configuration. */
  public BatonMetricsAutoConfiguration() {}

  /**
   * The meters; Spring Boot binds them to the program's registries.
   *
   * @param properties say whether there are observations, of which Spring Boot makes timers
   * @return a listener of the client
   */
  @Bean
  @ConditionalOnBean(MeterRegistry.class)
  @ConditionalOnMissingBean
  public BatonMetrics batonMetrics(BatonProperties properties) {
    BatonMetrics.Builder builder = BatonMetrics.builder();
    return (properties.observations() ? builder.withoutObservedTimers() : builder).build();
  }

  /**
   * The observations of acquisitions and holds.
   *
   * @param registry where they go
   * @return wraps the client
   */
  @Bean
  @ConditionalOnProperty(name = "baton.observations", havingValue = "true")
  @ConditionalOnBean(ObservationRegistry.class)
  public LockClientDecorator batonObservations(ObservationRegistry registry) {
    return client -> BatonObservations.observe(client, registry);
  }
}
