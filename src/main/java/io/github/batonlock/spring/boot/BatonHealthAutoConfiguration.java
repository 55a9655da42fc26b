package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Health of the lock table, for Spring Boot 4. It is DOWN only where no try will help: the table is
 * missing, access is denied, or its keys are not Baton's.
 */
@AutoConfiguration(after = BatonAutoConfiguration.class)
@ConditionalOnProperty("baton.table-name")
@EnableConfigurationProperties(BatonProperties.class)
@ConditionalOnClass(HealthIndicator.class)
@Conditional(HealthIsEnabled.class)
@ConditionalOnSingleCandidate(LockClient.class)
public class BatonHealthAutoConfiguration {
  /** Creates the configuration. */
  public BatonHealthAutoConfiguration() {}

  /**
   * The health of the table.
   *
   * @param client reads it
   * @param properties say which lock is read
   * @return one read for each check
   */
  @Bean
  @ConditionalOnMissingBean(name = "batonHealthIndicator")
  public HealthIndicator batonHealthIndicator(LockClient client, BatonProperties properties) {
    TableHealth table = new TableHealth(client, properties);
    return () -> {
      TableHealth.Finding finding = table.look();
      return new Health.Builder()
          .status(finding.status().name())
          .withDetails(finding.details())
          .build();
    };
  }
}
