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
  requires static com.fasterxml.jackson.core;
  requires static info.picocli;
  requires static micrometer.commons;
  requires static micrometer.core;
  requires static micrometer.observation;
  requires static net.javacrumbs.shedlock.core;
  requires static org.crac;
  requires static org.junit.jupiter.api;
  requires static software.amazon.awssdk.auth;
  requires static software.amazon.awssdk.http.urlconnection;
  requires static software.amazon.awssdk.regions;

  exports io.github.batonlock;
  exports io.github.batonlock.crac;
  exports io.github.batonlock.micrometer;
  exports io.github.batonlock.recipe;
  exports io.github.batonlock.recipe.election;
  exports io.github.batonlock.recipe.group;
  exports io.github.batonlock.shedlock;
  exports io.github.batonlock.testing;
}
