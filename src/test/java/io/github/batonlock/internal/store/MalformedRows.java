package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.b;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Rows that are no locks, each a lock but for one attribute. */
public final class MalformedRows {
  private static final AttributeValue TRUE = AttributeValue.fromBool(true);
  private static final AttributeValue NULL = AttributeValue.fromNul(true);

  private MalformedRows() {}

  /** Arguments: the row, the attribute at fault. */
  static Stream<Arguments> all() {
    return Stream.concat(
        byType(),
        Stream.of(
            broken(held(), "ownerName", s("")),
            broken(held(), "leaseDuration", s("")),
            broken(held(), "leaseDuration", s("0")),
            broken(held(), "leaseDuration", s("-1")),
            broken(held(), "leaseDuration", s("-20s")),
            broken(held(), "leaseDuration", s("1e3")),
            broken(held(), "leaseDuration", s("20 s")),
            broken(held(), "leaseDuration", s("8785h")),
            broken(held(), "leaseDuration", s("99999999999999999999999999")),
            broken(held(), "recordVersionNumber", s(""))));
  }

  /** Those that a condition can tell from a lock: all but texts that say nothing. */
  static Stream<Arguments> byType() {
    return Stream.concat(
        Stream.of(held(), released()).flatMap(MalformedRows::brokenAnyhow),
        Stream.of(
            broken(released(), "fencingToken", n("9223372036854775805")),
            broken(held(), "ownerName", null),
            broken(held(), "ownerName", n("1")),
            broken(held(), "leaseDuration", null),
            broken(held(), "leaseDuration", n("20000"))));
  }

  private static Stream<Arguments> brokenAnyhow(Map<String, AttributeValue> row) {
    return Stream.of(
        broken(row, "recordVersionNumber", null),
        broken(row, "recordVersionNumber", n("1")),
        broken(row, "recordVersionNumber", b("v")),
        broken(row, "isReleased", s("0")),
        broken(row, "isReleased", s("")),
        broken(row, "isReleased", s("true")),
        broken(row, "isReleased", n("1")),
        broken(row, "isReleased", TRUE),
        broken(row, "isReleased", NULL),
        broken(row, "fencingToken", s("1")),
        broken(row, "fencingToken", n("-1")),
        broken(row, "fencingToken", n("-0.5")),
        broken(row, "fencingToken", n("9223372036854775806")),
        broken(row, "fencingToken", n("1E100")),
        broken(row, "fencingToken", NULL),
        broken(row, "data", s("text")),
        broken(row, "data", n("1")),
        broken(row, "data", NULL),
        broken(row, "data", AttributeValue.fromM(Map.of("a", n("1")))));
  }

  /** A held lock. */
  public static Map<String, AttributeValue> held() {
    return Map.of(
        "ownerName", s("somebody"),
        "leaseDuration", s("20000"),
        "recordVersionNumber", s("v1"),
        "fencingToken", n("7"));
  }

  /** A released lock. */
  public static Map<String, AttributeValue> released() {
    Map<String, AttributeValue> row = new HashMap<>(held());
    row.put("isReleased", s("1"));
    return row;
  }

  private static Arguments broken(
      Map<String, AttributeValue> row, String attribute, @Nullable AttributeValue value) {
    Map<String, AttributeValue> broken = new HashMap<>(row);
    broken.remove(attribute);
    if (value != null) {
      broken.put(attribute, value);
    }
    String name =
        (row.containsKey("isReleased") ? "released, " : "held, ") + attribute + " = " + value;
    return Arguments.of(Named.of(name, broken), attribute);
  }
}
