package io.github.batonlock.cli.locks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.batonlock.LockKey;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** JSON for programs: one object a line. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** The fields of an object. */
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator to) throws IOException;
  }

  /** An object with these fields, in one line. */
  static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator to = FACTORY.createGenerator(text)) {
      to.writeStartObject();
      fields.write(to);
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /** The fields of a key. */
  static void key(JsonGenerator to, LockKey key) throws IOException {
    to.writeStringField("key", key.partitionKey());
    if (key.sortKey().isPresent()) {
      to.writeStringField("sortKey", key.sortKey().get());
    }
  }
}
