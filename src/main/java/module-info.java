/** Baton: a lock service client library over Amazon DynamoDB. */
module io.github.batonlock {
  requires transitive software.amazon.awssdk.core;
  requires transitive software.amazon.awssdk.services.dynamodb;
  requires software.amazon.awssdk.http;
  requires software.amazon.awssdk.metrics;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.retries.api;
  requires org.slf4j;
  requires static org.jspecify;

  // Of the optional parts; each is named by one part only.
  requires static com.fasterxml.jackson.annotation;
  requires static com.fasterxml.jackson.core;
  requires static info.picocli;
  requires static jdk.httpserver;
  requires static micrometer.commons;
  requires static micrometer.core;
  requires static micrometer.observation;
  requires static net.javacrumbs.shedlock.core;
  requires static org.junit.jupiter.api;
  requires static org.crac;
  requires static software.amazon.awssdk.auth;
  requires static software.amazon.awssdk.http.urlconnection;
  requires static software.amazon.awssdk.regions;
  requires static spring.beans;
  requires static spring.boot;
  requires static spring.boot.actuator;
  requires static spring.boot.actuator.autoconfigure;
  requires static spring.boot.autoconfigure;
  requires static spring.boot.health;
  requires static spring.context;
  requires static spring.core;
  requires static spring.integration.core;
  requires static spring.tx;

  exports io.github.batonlock;
  exports io.github.batonlock.crac;
  exports io.github.batonlock.micrometer;
  exports io.github.batonlock.recipe;
  exports io.github.batonlock.recipe.election;
  exports io.github.batonlock.recipe.group;
  exports io.github.batonlock.shedlock;
  exports io.github.batonlock.testing;
  exports io.github.batonlock.spring;
  exports io.github.batonlock.spring.boot;
}
