package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The actuator's endpoint {@code batonlocks}, if it is exposed. */
@AutoConfiguration(before = BatonAutoConfiguration.class)
@ConditionalOnProperty("baton.table-name")
@EnableConfigurationProperties(BatonProperties.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
public class BatonEndpointAutoConfiguration {
  /** Creates the configuration. */
  public BatonEndpointAutoConfiguration() {}

  /**
   * The endpoint.
   *
   * @param client is asked for one lock
   * @param properties say whether locks have sort keys
   * @return the endpoint, which is a listener of the client
   */
  @Bean
  @ConditionalOnAvailableEndpoint(endpoint = BatonLocksEndpoint.class)
  @ConditionalOnMissingBean
  public BatonLocksEndpoint batonLocksEndpoint(
      ObjectProvider<LockClient> client, BatonProperties properties) {
    return new BatonLocksEndpoint(client::getObject, properties.sortKeyName() != null);
  }
}
