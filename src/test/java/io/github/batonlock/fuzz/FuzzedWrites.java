package io.github.batonlock.fuzz;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.UserAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Random writes of the protocol, made so that many of them meet the row as they expect it. */
final class FuzzedWrites {
  private static final String[] OWNERS = {"somebody", "me"};
  private static final String[] VERSIONS = {"v1", "v2", "v3"};

  private final RandomGenerator random;
  private final FuzzedValues values;

  FuzzedWrites(RandomGenerator random) {
    this.random = random;
    this.values = new FuzzedValues(random);
  }

  LockWrite next(LockKey key, @Nullable Map<String, AttributeValue> row) {
    return switch (random.nextInt(14)) {
      case 0, 1 -> new LockWrite.Acquire(key, grant(), random.nextBoolean());
      case 2, 3 -> new LockWrite.Takeover(key, grant(), text(row, "recordVersionNumber", VERSIONS));
      case 4, 5 ->
          new LockWrite.Heartbeat(
              key, owner(row), candidates(row), newVersion(), updateOrNull(row), session());
      case 6 ->
          new LockWrite.Release(
              key,
              owner(row),
              candidates(row),
              newVersion(),
              random.nextBoolean() ? null : Instant.ofEpochMilli(random.nextLong(1L << 45)));
      case 7 -> new LockWrite.Delete(key, owner(row), candidates(row));
      case 8 ->
          new LockWrite.Handoff(
              key, owner(row), candidates(row), grant(), random.nextInt(3) == 0 ? "r1" : null);
      case 9 -> new LockWrite.Open(key, grant());
      case 10 -> new LockWrite.Withdraw(key, "r1");
      case 11 ->
          new LockWrite.KeepClosed(
              key,
              owner(row),
              candidates(row),
              newVersion(),
              Duration.ofMillis(random.nextLong(1, 2_678_400_001L)),
              random.nextBoolean(),
              statement("v2"));
      case 12 ->
          new LockWrite.Mark(
              key, statement(text(row, "recordVersionNumber", VERSIONS)), known(row));
      default ->
          new LockWrite.End(
              key,
              random.nextInt(4) == 0 ? null : text(row, "recordVersionNumber", VERSIONS),
              OWNERS[random.nextInt(OWNERS.length)],
              Duration.ofMillis(random.nextLong(100, 2_678_400_001L)),
              newVersion(),
              Instant.ofEpochMilli(random.nextLong(1L << 45)));
    };
  }

  private SentBefore statement(String version) {
    return random.nextBoolean()
        ? SentBefore.stamp(version, OptionalLong.of(random.nextLong(1L << 43)))
        : SentBefore.stamp(version, OptionalLong.empty());
  }

  private @Nullable SentBefore known(@Nullable Map<String, AttributeValue> row) {
    AttributeValue value = row == null ? null : row.get("sentBefore");
    String text = value == null ? null : value.s();
    return text == null || random.nextInt(4) == 0 ? null : SentBefore.parse(text);
  }

  private LockWrite.Grant grant() {
    Map<String, AttributeValue> attributes = new HashMap<>();
    while (random.nextInt(3) == 0) {
      String name = FuzzedRows.OTHERS[random.nextInt(FuzzedRows.OTHERS.length)];
      attributes.put(random.nextInt(20) == 0 ? "ttl" : name, values.any());
    }
    return new LockWrite.Grant(
        OWNERS[random.nextInt(OWNERS.length)],
        Duration.ofMillis(random.nextLong(100, 2_678_400_001L)),
        newVersion(),
        random.nextLong(1L << 51),
        dataOrNull(),
        new UserAttributes(attributes),
        session());
  }

  private @Nullable LockKey session() {
    return random.nextInt(3) > 0 ? null : LockKey.of(SessionKey.PREFIX + random.nextInt(3));
  }

  /** With the row's token as often as with another. */
  private LockWrite.@Nullable Update updateOrNull(@Nullable Map<String, AttributeValue> row) {
    AttributeValue token = row == null ? null : row.get("fencingToken");
    String number = token == null ? null : token.n();
    boolean isOther = number == null || !number.matches("\\d{1,18}") || random.nextBoolean();
    return random.nextBoolean()
        ? null
        : new LockWrite.Update(
            values.bytes(), isOther ? random.nextLong(1_000) : Long.parseLong(number));
  }

  private @Nullable SdkBytes dataOrNull() {
    return random.nextBoolean() ? null : values.bytes();
  }

  private String newVersion() {
    return VERSIONS[random.nextInt(VERSIONS.length)];
  }

  private String owner(@Nullable Map<String, AttributeValue> row) {
    return text(row, "ownerName", OWNERS);
  }

  private List<String> candidates(@Nullable Map<String, AttributeValue> row) {
    List<String> candidates = new ArrayList<>();
    do {
      candidates.add(text(row, "recordVersionNumber", VERSIONS));
    } while (random.nextInt(3) == 0);
    return candidates;
  }

  /** Mostly what the row says. */
  private String text(
      @Nullable Map<String, AttributeValue> row, String attribute, String[] others) {
    String actual = row == null ? null : RowOracle.text(row, attribute);
    return actual != null && random.nextInt(4) > 0 ? actual : others[random.nextInt(others.length)];
  }
}
