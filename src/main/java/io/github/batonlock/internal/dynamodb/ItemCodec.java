package io.github.batonlock.internal.dynamodb;

import static io.github.batonlock.internal.store.LockAttributes.CLOSED;
import static io.github.batonlock.internal.store.LockAttributes.DATA;
import static io.github.batonlock.internal.store.LockAttributes.FENCING_TOKEN;
import static io.github.batonlock.internal.store.LockAttributes.GROWING_TOKEN_LIMIT;
import static io.github.batonlock.internal.store.LockAttributes.IS_RELEASED;
import static io.github.batonlock.internal.store.LockAttributes.KEPT_CLOSED;
import static io.github.batonlock.internal.store.LockAttributes.LEASE_DURATION;
import static io.github.batonlock.internal.store.LockAttributes.OWNER_NAME;
import static io.github.batonlock.internal.store.LockAttributes.RELEASED;
import static io.github.batonlock.internal.store.LockAttributes.SENT_BEFORE;
import static io.github.batonlock.internal.store.LockAttributes.SESSION;
import static io.github.batonlock.internal.store.LockAttributes.TOKEN_LIMIT;
import static io.github.batonlock.internal.store.LockAttributes.VERSION;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.ItemState.NotALock;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.UserAttributes;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The translation of a row of the table into its meaning (protocol section 1), whichever client
 * wrote the row.
 *
 * <p>Decoding never throws: a row is nothing, a lock, or not a lock. A row that counts as released
 * here passes the condition of {@link LockWrite.Acquire}, and the other way round. So a released
 * item does not need to name its last holder ({@code ownerName} is then empty) or its lease ({@code
 * leaseDuration} is then zero). A token with a fraction, which no client writes and no condition
 * can distinguish from a whole one, counts as the next lower whole number: adding one keeps the
 * order.
 *
 * @param partitionKeyName the table's partition key attribute
 * @param sortKeyName the table's sort key attribute; null for none
 */
public record ItemCodec(String partitionKeyName, @Nullable String sortKeyName) {
  /**
   * The key attributes of a lock.
   *
   * @param key the lock
   * @return one attribute, or two in a table with a sort key
   * @throws KeySchemaException if the key has a sort key and the table none, or the other way round
   */
  Map<String, AttributeValue> keyOf(LockKey key) {
    AttributeValue partition = AttributeValue.fromS(key.partitionKey());
    String sortKey = key.sortKey().orElse(null);
    if (sortKeyName == null && sortKey == null) {
      return Map.of(partitionKeyName, partition);
    }
    if (sortKeyName == null || sortKey == null) {
      throw new KeySchemaException(
          sortKeyName == null
              ? "the key has a sort key, but no sort key attribute is configured"
              : "the key lacks a value for the sort key attribute '" + sortKeyName + "'");
    }
    return Map.of(partitionKeyName, partition, sortKeyName, AttributeValue.fromS(sortKey));
  }

  /**
   * The key of a row.
   *
   * @param row as DynamoDB returned it
   * @return empty if the row's key attributes are not those of a lock
   */
  Optional<LockKey> keyOf(Map<String, AttributeValue> row) {
    String partition = text(row.get(partitionKeyName));
    String sort = sortKeyName == null ? null : text(row.get(sortKeyName));
    if (partition == null || (sortKeyName != null && sort == null)) {
      return Optional.empty();
    }
    try {
      return Optional.of(sort == null ? LockKey.of(partition) : LockKey.of(partition, sort));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * The meaning of a row.
   *
   * @param row as DynamoDB returned it; empty or null where there was none
   * @return never fails
   */
  public StoredItem decode(@Nullable Map<String, AttributeValue> row) {
    if (row == null || row.isEmpty()) {
      return StoredItem.ABSENT;
    }
    return new StoredItem(stateOf(row), usersAttributesOf(row));
  }

  /**
   * The meaning of the answer to a write with a failed condition.
   *
   * <p>An answer without a row does not prove that there is none: some endpoints never send it.
   *
   * @param write the refused write
   * @param row as the answer has it; empty or null where it has none
   * @return never absent; never fails
   */
  public StoredItem decodeRefusal(LockWrite write, @Nullable Map<String, AttributeValue> row) {
    if (row == null || row.isEmpty()) {
      return StoredItem.UNKNOWN;
    }
    return write.isGrant() ? decode(row).forGrant() : decode(row);
  }

  /**
   * The release requests in a row.
   *
   * @param row as DynamoDB returned it; empty or null where there was none
   * @return without those of an unknown format
   */
  public List<AskedRelease> asked(@Nullable Map<String, AttributeValue> row) {
    return row == null ? List.of() : AskedReleases.of(row);
  }

  private UserAttributes usersAttributesOf(Map<String, AttributeValue> row) {
    int ofTheProtocol = 0;
    for (String attribute : row.keySet()) {
      boolean ours =
          LockAttributes.isReserved(attribute)
              || attribute.equals(partitionKeyName)
              || attribute.equals(sortKeyName);
      ofTheProtocol += ours ? 1 : 0;
    }
    if (ofTheProtocol == row.size()) {
      return UserAttributes.NONE;
    }
    Map<String, AttributeValue> rest = new HashMap<>(row);
    rest.keySet().removeIf(LockAttributes::isReserved);
    rest.remove(partitionKeyName);
    if (sortKeyName != null) {
      rest.remove(sortKeyName);
    }
    rest.values().removeIf(Objects::isNull);
    return new UserAttributes(rest);
  }

  private ItemState stateOf(Map<String, AttributeValue> row) {
    try {
      return new ItemState.Lock(lockOf(row));
    } catch (NotALockException e) {
      return e.finding;
    }
  }

  private LockItem lockOf(Map<String, AttributeValue> row) throws NotALockException {
    boolean released = released(row);
    String version = version(row, released);
    return new LockItem(
        released ? textOrEmpty(row, OWNER_NAME) : requiredText(row, OWNER_NAME),
        released ? lease(row).orElse(Duration.ZERO) : requiredLease(row),
        version,
        released,
        token(row, released ? GROWING_TOKEN_LIMIT : TOKEN_LIMIT),
        data(row),
        SessionKey.parse(text(row.get(SESSION)), version, sortKeyName != null),
        !released && CLOSED.equals(text(row.get(KEPT_CLOSED))),
        sentBefore(row.get(SENT_BEFORE)));
  }

  private static boolean released(Map<String, AttributeValue> row) throws NotALockException {
    AttributeValue value = row.get(IS_RELEASED);
    if (value != null && !RELEASED.equals(value.s())) {
      throw new NotALockException(IS_RELEASED, "is present, but not the string \"1\"");
    }
    return value != null;
  }

  private static String version(Map<String, AttributeValue> row, boolean released)
      throws NotALockException {
    // An acquisition's condition requires only the type of these attributes in a released item.
    return released && text(row.get(VERSION)) != null
        ? textOrEmpty(row, VERSION)
        : requiredText(row, VERSION);
  }

  private static Duration requiredLease(Map<String, AttributeValue> row) throws NotALockException {
    String text = requiredText(row, LEASE_DURATION);
    return LeaseText.parse(text)
        .orElseThrow(
            () ->
                new NotALockException(
                    LEASE_DURATION,
                    "is neither milliseconds nor a Go duration above zero and up to "
                        + LeaseText.MAX.toDays()
                        + " days"));
  }

  private static Optional<Duration> lease(Map<String, AttributeValue> row) {
    return LeaseText.parse(textOrEmpty(row, LEASE_DURATION));
  }

  private static OptionalLong token(Map<String, AttributeValue> row, long limit)
      throws NotALockException {
    AttributeValue value = row.get(FENCING_TOKEN);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value.n() == null) {
      throw new NotALockException(FENCING_TOKEN, "is not a number");
    }
    OptionalLong whole = Decimals.small(value.n());
    if (whole.isPresent()) {
      return whole;
    }
    BigDecimal token;
    try {
      token = new BigDecimal(value.n());
    } catch (NumberFormatException e) {
      throw new NotALockException(FENCING_TOKEN, "is not a number");
    }
    if (token.signum() < 0 || token.compareTo(BigDecimal.valueOf(limit)) >= 0) {
      throw new NotALockException(StoredItem.TOKEN_CANNOT_GROW);
    }
    return OptionalLong.of(token.longValue());
  }

  private static @Nullable SdkBytes data(Map<String, AttributeValue> row) throws NotALockException {
    AttributeValue value = row.get(DATA);
    if (value != null && value.b() == null) {
      throw new NotALockException(DATA, "is not binary");
    }
    return value == null ? null : value.b();
  }

  private static @Nullable SentBefore sentBefore(@Nullable AttributeValue value) {
    if (value == null) {
      return null;
    }
    return value.s() == null ? SentBefore.UNREADABLE : SentBefore.parse(value.s());
  }

  private static String requiredText(Map<String, AttributeValue> row, String attribute)
      throws NotALockException {
    AttributeValue value = row.get(attribute);
    if (value == null) {
      throw new NotALockException(attribute, "is missing");
    }
    String text = value.s();
    if (text == null) {
      throw new NotALockException(attribute, "is not a string");
    }
    if (text.isEmpty()) {
      throw new NotALockException(attribute, "is empty");
    }
    return text;
  }

  private static String textOrEmpty(Map<String, AttributeValue> row, String attribute) {
    String text = text(row.get(attribute));
    return text == null ? "" : text;
  }

  private static @Nullable String text(@Nullable AttributeValue value) {
    return value == null ? null : value.s();
  }

  /** The exception that ends the decoding of one row; never leaves this class. */
  private static final class NotALockException extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // Never serialized.
    private final NotALock finding;

    NotALockException(String attribute, String problem) {
      this(new NotALock(attribute, problem));
    }

    NotALockException(NotALock finding) {
      super(null, null, false, false);
      this.finding = finding;
    }
  }
}
