package io.github.batonlock.internal.dynamodb;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of the expressions of writes. Safe for use by many threads.
 *
 * <p>They depend only on the clauses of a write, not on its values. There are few lists of clauses,
 * and the texts of each are made once.
 */
final class WriteTexts {
  private final BoundedCache<List<Clause>, Texts> cache;

  WriteTexts(int cachedCharacters) {
    this.cache = new BoundedCache<>(cachedCharacters, Texts::characters);
  }

  /** A part of a write's expressions. Clauses that are equal render the same text. */
  interface Clause {
    void render(Expression to);
  }

  /**
   * The expressions of one list of clauses.
   *
   * @param update null for a delete
   * @param condition the condition
   * @param names the attribute for each placeholder
   */
  record Texts(@Nullable String update, String condition, Map<String, String> names) {
    /** The length of all texts. Users' attributes may have many, and long, names. */
    int characters() {
      int texts = condition.length() + (update == null ? 0 : update.length());
      return texts
          + names.entrySet().stream()
              .mapToInt(name -> name.getKey().length() + name.getValue().length())
              .sum();
    }
  }

  Texts of(RenderedWrite write) {
    return cache.of(write.clauses(), WriteTexts::make);
  }

  private static Texts make(List<Clause> clauses) {
    Expression expression = new Expression();
    clauses.forEach(clause -> clause.render(expression));
    return new Texts(
        expression.isUpdate() ? expression.update() : null,
        expression.condition(),
        expression.names());
  }
}
