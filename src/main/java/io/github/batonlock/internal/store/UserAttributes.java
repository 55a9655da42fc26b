package io.github.batonlock.internal.store;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The attributes of an item that belong to the user: passed through, never interpreted.
 *
 * @param values unmodifiable
 */
public record UserAttributes(Map<String, AttributeValue> values) {

  /** No attributes. */
  public static final UserAttributes NONE = new UserAttributes(Map.of());

  /** Copies the map. */
  public UserAttributes {
    values = Map.copyOf(values);
  }
}
