package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Health of the lock table, for Spring Boot 3, whose types have other names than those of Spring
 * Boot 4. See {@link BatonHealthAutoConfiguration}.
 */
@AutoConfiguration(after = BatonAutoConfiguration.class)
@ConditionalOnProperty("baton.table-name")
@EnableConfigurationProperties(BatonProperties.class)
@ConditionalOnClass(name = Boot3HealthIndicator.TYPE)
@Conditional(HealthIsEnabled.class)
@ConditionalOnSingleCandidate(LockClient.class)
public class BatonBoot3HealthAutoConfiguration {
  /** Creates the configuration. */
  public BatonBoot3HealthAutoConfiguration() {}

  /**
   * The health of the table.
   *
   * @param client reads it
   * @param properties say which lock is read
   * @return makes a {@code HealthIndicator} of Spring Boot 3
   * @throws ReflectiveOperationException if that library is of another kind
   */
  @Bean
  @ConditionalOnMissingBean(name = "batonHealthIndicator")
  public FactoryBean<Object> batonHealthIndicator(LockClient client, BatonProperties properties)
      throws ReflectiveOperationException {
    return new Boot3HealthIndicator(new TableHealth(client, properties), Boot3HealthIndicator.TYPE);
  }
}
