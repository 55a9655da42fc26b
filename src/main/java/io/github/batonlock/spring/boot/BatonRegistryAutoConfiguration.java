package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;
import io.github.batonlock.spring.BatonLockRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.LockRegistry;

/**
 * The program's {@link BatonLockRegistry}, if it uses Spring Integration 7 or newer and has no lock
 * registry of its own.
 */
@AutoConfiguration(after = BatonAutoConfiguration.class)
@ConditionalOnProperty("baton.table-name")
@ConditionalOnClass({LockRegistry.class, DistributedLock.class})
@ConditionalOnSingleCandidate(LockClient.class)
public class BatonRegistryAutoConfiguration {
  /** Creates the configuration. */
  public BatonRegistryAutoConfiguration() {}

  /**
   * The registry.
   *
   * @param client acquires its locks
   * @return the registry, with all defaults
   */
  @Bean
  @ConditionalOnMissingBean(LockRegistry.class)
  public BatonLockRegistry batonLockRegistry(LockClient client) {
    return BatonLockRegistry.of(client);
  }
}
