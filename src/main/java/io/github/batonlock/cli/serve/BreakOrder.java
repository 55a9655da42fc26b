package io.github.batonlock.cli.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.LockBreaker;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The body of the request that breaks a lock: an object of texts. */
final class BreakOrder {
  private static final JsonFactory FACTORY = new JsonFactory();

  private BreakOrder() {}

  /**
   * Reads a body.
   *
   * @return the lock as the page has shown it
   * @throws IllegalArgumentException if it cannot be read, or does not name a hold and a reason
   */
  static LockBreaker.Shown parse(byte[] body) {
    Map<String, String> texts = texts(body);
    String key = texts.getOrDefault("key", "");
    String sortKey = texts.get("sortKey");
    String token = texts.getOrDefault("token", "");
    String version = texts.getOrDefault("version", "");
    return new LockBreaker.Shown(
        sortKey == null ? LockKey.of(key) : LockKey.of(key, sortKey),
        token.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(token)),
        token.isEmpty() && !version.isEmpty() ? Optional.of(version) : Optional.empty(),
        texts.getOrDefault("reason", "").strip());
  }

  private static Map<String, String> texts(byte[] body) {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("The body is no JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw new IllegalArgumentException("'" + name + "' is no text");
        }
        texts.put(name, parser.getText());
      }
      return texts;
    } catch (IOException e) {
      throw new IllegalArgumentException("The body is no JSON", e);
    }
  }
}
