package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  private final Expression expression = new Expression();

  @Test
  void update_ofAttributesSetAndRemoved_namesEachByOnePlaceholder() {
    expression.set("ttl", ":x").set("a.b", ":y").remove("data");
    expression.set("ttl", expression.name("a.b") + " + :z");

    assertThat(expression.update()).isEqualTo("SET #n0 = :x, #n1 = :y, #n0 = #n1 + :z REMOVE #n2");
    assertThat(expression.names()).isEqualTo(Map.of("#n0", "ttl", "#n1", "a.b", "#n2", "data"));
  }

  @Test
  void update_withoutRemovals_isOnlySet() {
    expression.set("a", ":x");

    assertThat(expression.update()).isEqualTo("SET #n0 = :x");
  }
}
