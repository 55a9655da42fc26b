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

  @Test
  void condition_withAnAlternative_requiresThatOrAllOthers() {
    expression.require("%s = :x", "a.b").require("%1$s > :y AND %1$s < %2$s", "ttl", "a.b");

    assertThat(expression.condition()).isEqualTo("#n0 = :x AND #n1 > :y AND #n1 < #n0");

    expression.orElse("attribute_not_exists(%s)", "key");

    assertThat(expression.condition())
        .isEqualTo("attribute_not_exists(#n2) OR (#n0 = :x AND #n1 > :y AND #n1 < #n0)");
    assertThat(expression.isUpdate()).isFalse();
  }
}
