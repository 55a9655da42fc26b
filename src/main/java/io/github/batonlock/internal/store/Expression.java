package io.github.batonlock.internal.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The expressions of one request under construction, with their placeholders.
 *
 * <p>Every attribute is named by a placeholder, since names may be reserved words of DynamoDB or
 * hold any character.
 */
final class Expression {
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, String> placeholders = new HashMap<>();
  private final Map<String, AttributeValue> values = new HashMap<>();
  private final List<String> sets = new ArrayList<>();
  private final List<String> removes = new ArrayList<>();

  /** The placeholder for an attribute: the same one for the same name. */
  String name(String attribute) {
    return placeholders.computeIfAbsent(
        attribute,
        a -> {
          String placeholder = "#n" + names.size();
          names.put(placeholder, a);
          return placeholder;
        });
  }

  /** A placeholder for a value. */
  String value(AttributeValue value) {
    String placeholder = ":v" + values.size();
    values.put(placeholder, value);
    return placeholder;
  }

  String value(String value) {
    return value(AttributeValue.fromS(value));
  }

  String value(long value) {
    return value(AttributeValue.fromN(Long.toString(value)));
  }

  /** A list of values for {@code IN}. */
  String values(List<String> list) {
    return list.stream().map(this::value).collect(Collectors.joining(", ", "(", ")"));
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

  /** The update expression of all that was set and removed. */
  String update() {
    String set = "SET " + String.join(", ", sets);
    return removes.isEmpty() ? set : set + " REMOVE " + String.join(", ", removes);
  }

  Map<String, String> names() {
    return names;
  }

  Map<String, AttributeValue> values() {
    return values;
  }
}
