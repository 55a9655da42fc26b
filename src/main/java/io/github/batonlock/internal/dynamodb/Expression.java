package io.github.batonlock.internal.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The expressions of one write under construction: condition and update, and the placeholders for
 * names.
 *
 * <p>Every attribute is named by a placeholder, since names may be reserved words of DynamoDB or
 * contain any character.
 */
final class Expression {
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, String> placeholders = new HashMap<>();
  private final List<String> conditions = new ArrayList<>();
  private final List<String> sets = new ArrayList<>();
  private final List<String> removes = new ArrayList<>();

  /** The placeholder for an attribute. The same name always gets the same one. */
  String name(String attribute) {
    return placeholders.computeIfAbsent(
        attribute,
        a -> {
          String placeholder = "#n" + names.size();
          names.put(placeholder, a);
          return placeholder;
        });
  }

  /** Adds a condition. The format takes the placeholders of the attributes. */
  Expression require(String format, String... attributes) {
    conditions.add(format.formatted(Stream.of(attributes).map(this::name).toArray()));
    return this;
  }

  /** Makes a last condition the alternative to all others. */
  Expression orElse(String format, String... attributes) {
    String before = condition();
    conditions.clear();
    return require(format + " OR (" + before + ")", attributes);
  }

  /** Sets an attribute to an operand: a placeholder, or a term of them. */
  Expression set(String attribute, String operand) {
    sets.add(name(attribute) + " = " + operand);
    return this;
  }

  Expression remove(String attribute) {
    removes.add(name(attribute));
    return this;
  }

  /** Removes the first elements of a list. */
  Expression removeFirst(String attribute, int number) {
    for (int i = 0; i < number; i++) {
      removes.add(name(attribute) + "[" + i + "]");
    }
    return this;
  }

  /** The expression of all conditions. */
  String condition() {
    return String.join(" AND ", conditions);
  }

  /** Whether anything was set or removed. */
  boolean isUpdate() {
    return !sets.isEmpty() || !removes.isEmpty();
  }

  /** The update expression of everything that was set and removed. */
  String update() {
    String set = "SET " + String.join(", ", sets);
    return removes.isEmpty() ? set : set + " REMOVE " + String.join(", ", removes);
  }

  Map<String, String> names() {
    return names;
  }
}
