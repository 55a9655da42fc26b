package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;

/**
 * A bean that changes the builder of the program's client, after the properties. Several are called
 * in their order. A listener is not set here, since that would replace the others: make it a bean
 * of type {@link io.github.batonlock.LockListener}.
 */
@FunctionalInterface
public interface LockClientBuilderCustomizer {
  /**
   * Changes the builder.
   *
   * @param builder has what the properties say
   */
  void customize(LockClient.Builder builder);
}
