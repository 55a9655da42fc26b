package io.github.batonlock.samples.spring;

import io.github.batonlock.samples.common.LocalEngine;
import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A service with a web server and a scheduled job. The lock client is not here: it comes from the
 * properties {@code baton.*}, and this client of the SDK.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
public class Service {
  @Bean
  DynamoDbClient dynamoDb(@Value("${demo.endpoint}") URI endpoint) {
    return LocalEngine.connect(endpoint);
  }
}
