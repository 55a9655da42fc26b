package io.github.batonlock.internal.store;

import java.util.List;

/**
 * The messages of DynamoDB that mean: the request's key is not one of this table.
 *
 * <p>They all come as {@code ValidationException}s, told apart only by their text. DynamoDB Local
 * has its own wording for some.
 */
final class KeySchemaErrors {
  private static final List<String> TEXTS =
      List.of(
          "provided key element does not match the schema",
          "required keys was not given a value",
          "number of conditions on the keys is invalid",
          "missing the key",
          "type mismatch for key",
          "provided starting key is invalid",
          "exclusive start key");

  private KeySchemaErrors() {}

  /** Whether a message, in lower case, is one of them. */
  static boolean matches(String message) {
    return TEXTS.stream().anyMatch(message::contains);
  }
}
