package io.github.batonlock.internal.dynamodb;

import java.util.List;

/** The failure for a key that does not fit this table, found before anything was sent. */
final class KeySchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The messages of DynamoDB for the same failure. They all come as {@code ValidationException}s,
   * and only their text distinguishes them; DynamoDB Local has its own wording for some.
   */
  private static final List<String> TEXTS =
      List.of(
          "provided key element does not match the schema",
          "required keys was not given a value",
          "number of conditions on the keys is invalid",
          "missing the key",
          "type mismatch for key",
          "provided starting key is invalid",
          "exclusive start key");

  KeySchemaException(String message) {
    super(message);
  }

  /** Whether DynamoDB's message, in lower case, is one of these. */
  static boolean isMeantBy(String message) {
    return TEXTS.stream().anyMatch(message::contains);
  }
}
