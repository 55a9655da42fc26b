package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The program's {@link LockClient}, if property {@code baton.table-name} is set and the program has
 * no client of its own. It uses the program's {@code DynamoDbClient}, or its {@code
 * DynamoDbAsyncClient}, and all beans of types {@link LockListener}, {@link
 * LockClientBuilderCustomizer} and {@link LockClientDecorator}.
 */
@AutoConfiguration(afterName = "io.awspring.cloud.autoconfigure.dynamodb.DynamoDbAutoConfiguration")
@ConditionalOnProperty("baton.table-name")
@EnableConfigurationProperties(BatonProperties.class)
public class BatonAutoConfiguration {
  /** Creates the configuration. */
  public BatonAutoConfiguration() {}

  /**
   * Finds what the client is made of.
   *
   * @param properties say which table, and how
   * @param dynamoDb the program's client of the SDK
   * @param asyncDynamoDb is used if there is no other
   * @param listeners hear of the client's events
   * @param customizers change the builder
   * @param decorators wrap the client
   * @return the client, after the check of the table
   * @throws IllegalStateException if there is no client of the SDK
   * @throws io.github.batonlock.LockStoreException if the table's check fails; the message says why
   * @throws IllegalArgumentException if a property is out of range
   */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  public LockClient lockClient(
      BatonProperties properties,
      ObjectProvider<DynamoDbClient> dynamoDb,
      ObjectProvider<DynamoDbAsyncClient> asyncDynamoDb,
      ObjectProvider<LockListener> listeners,
      ObjectProvider<LockClientBuilderCustomizer> customizers,
      ObjectProvider<LockClientDecorator> decorators) {
    DynamoDbClient sync = dynamoDb.getIfAvailable();
    ClientFactory factory =
        new ClientFactory(properties, sync, sync == null ? asyncDynamoDb.getIfAvailable() : null);
    LockClient.Builder builder = factory.builder();
    listeners.orderedStream().reduce(LockListener::andThen).ifPresent(builder::listener);
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    factory.checkTable();
    LockClient client = builder.build();
    for (LockClientDecorator decorator : decorators.orderedStream().toList()) {
      client = decorator.decorate(client);
    }
    return client;
  }

  /**
   * Closes the program's client in its turn.
   *
   * @param client closed once
   * @param context when it closes, the client does
   * @return closes the client after web server and schedulers
   */
  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnSingleCandidate(LockClient.class)
  public LockClientShutdown lockClientShutdown(LockClient client, ApplicationContext context) {
    return new LockClientShutdown(client, context);
  }
}
