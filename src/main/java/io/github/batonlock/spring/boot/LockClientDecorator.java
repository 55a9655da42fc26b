package io.github.batonlock.spring.boot;

import io.github.batonlock.LockClient;

/** A bean that wraps the program's client. Several are called in their order. */
@FunctionalInterface
public interface LockClientDecorator {
  /**
   * Wraps the client.
   *
   * @param client the client that was built, or wrapped before
   * @return the client that the program uses; closing it closes the other, and its {@link
   *     LockClient#recipeHost() recipeHost()} is that of the other
   */
  LockClient decorate(LockClient client);
}
