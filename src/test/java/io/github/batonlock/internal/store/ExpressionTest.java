package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  private final Expression expression = new Expression();

  @Test
  void update_ofAttributesSetAndRemoved_namesEachByOnePlaceholder() {
    expression.set("ttl", expression.value(7)).set("a.b", expression.value("x")).remove("data");
    expression.set("ttl", expression.name("a.b") + " + " + expression.value("x"));

    assertThat(expression.update())
        .isEqualTo("SET #n0 = :v0, #n1 = :v1, #n0 = #n1 + :v2 REMOVE #n2");
    assertThat(expression.names()).isEqualTo(Map.of("#n0", "ttl", "#n1", "a.b", "#n2", "data"));
    assertThat(expression.values()).isEqualTo(Map.of(":v0", n("7"), ":v1", s("x"), ":v2", s("x")));
  }

  @Test
  void update_withoutRemovals_isOnlySet() {
    expression.set("a", expression.value("x"));

    assertThat(expression.update()).isEqualTo("SET #n0 = :v0");
  }

  @Test
  void values_ofAList_areItsPlaceholdersInOrder() {
    assertThat(expression.values(List.of("x", "y"))).isEqualTo("(:v0, :v1)");
    assertThat(expression.values()).isEqualTo(Map.of(":v0", s("x"), ":v1", s("y")));
  }
}
