package io.github.batonlock.fuzz;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Random rows, as any program may have written them: locks, locks but for an attribute or a few,
 * and rows of something else. The same number gives the same row.
 */
final class FuzzedRows {
  private static final List<String> PROTOCOL =
      List.of(
          "ownerName",
          "leaseDuration",
          "recordVersionNumber",
          "isReleased",
          "data",
          "fencingToken",
          "session",
          "ttl");

  /** Nearly names of the protocol, and any others; {@code key} is the key of most tables. */
  static final String[] OTHERS = {
    "mine",
    "OwnerName",
    "ownerName ",
    "IsReleased",
    "isreleased",
    "Data",
    "TTL",
    "a.b",
    "a[0]",
    "#n0",
    ":v0",
    "title",
    "name",
    "\u00e4\ud83d\udd12",
    "0",
    " ",
    "range",
    "size",
    "value",
  };

  private static final RandomGeneratorFactory<RandomGenerator> GENERATORS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final RandomGenerator random;
  private final FuzzedValues values;

  FuzzedRows(RandomGenerator random) {
    this.random = random;
    this.values = new FuzzedValues(random);
  }

  /** Rows of one number among many. */
  static FuzzedRows of(long seed, long number) {
    return new FuzzedRows(random(seed, number));
  }

  static RandomGenerator random(long seed, long number) {
    return GENERATORS.create(seed * 0x9E3779B97F4A7C15L + number);
  }

  /** A row without its key; never empty. */
  Map<String, AttributeValue> next() {
    Map<String, AttributeValue> row =
        switch (random.nextInt(8)) {
          case 0 -> new HashMap<>();
          case 1, 2, 3 -> released();
          default -> held();
        };
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      change(row);
    }
    while (random.nextInt(3) == 0) {
      row.put(OTHERS[random.nextInt(OTHERS.length)], values.any());
    }
    if (row.isEmpty()) {
      row.put("mine", values.any());
    }
    return row;
  }

  private Map<String, AttributeValue> held() {
    Map<String, AttributeValue> row = new HashMap<>();
    row.put("ownerName", AttributeValue.fromS("somebody"));
    row.put("leaseDuration", AttributeValue.fromS(random.nextBoolean() ? "20000" : "20s"));
    row.put("recordVersionNumber", AttributeValue.fromS("v1"));
    if (random.nextBoolean()) {
      row.put("fencingToken", AttributeValue.fromN(Long.toString(random.nextInt(1_000))));
    }
    if (random.nextInt(3) == 0) {
      row.put("data", AttributeValue.fromB(values.bytes()));
    }
    return row;
  }

  private Map<String, AttributeValue> released() {
    Map<String, AttributeValue> row = held();
    row.put("isReleased", AttributeValue.fromS("1"));
    if (random.nextBoolean()) {
      row.put("ttl", AttributeValue.fromN("1893456000"));
    }
    return row;
  }

  /** Changes one attribute: to nothing, to a value of any type, or to a near miss. */
  private void change(Map<String, AttributeValue> row) {
    String name = PROTOCOL.get(random.nextInt(PROTOCOL.size()));
    switch (random.nextInt(4)) {
      case 0 -> row.remove(name);
      case 1 -> row.put(name, values.any());
      default -> row.put(name, nearly(name));
    }
  }

  private AttributeValue nearly(String name) {
    return switch (name) {
      case "leaseDuration" -> AttributeValue.fromS(values.leaseText());
      case "fencingToken", "ttl" -> AttributeValue.fromN(values.number());
      case "data" -> AttributeValue.fromB(values.bytes());
      default -> AttributeValue.fromS(values.text());
    };
  }
}
