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

  // Of the optional parts. Each is named by one package only.
  requires static micrometer.core;
  requires static micrometer.commons;
  requires static micrometer.observation;

  exports io.github.batonlock;
  exports io.github.batonlock.micrometer;
  exports io.github.batonlock.recipe;
  exports io.github.batonlock.recipe.election;
  exports io.github.batonlock.recipe.group;
}
