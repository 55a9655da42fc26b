package io.github.batonlock;

import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.runtime.Printable;
import java.io.Serializable;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a lock: a partition key and, in tables that have one, a sort key.
 *
 * <p>Immutable, serializable. Two keys are equal when both parts are.
 */
public final class LockKey implements Serializable {
  private static final long serialVersionUID = 1L;

  /** See {@link #partitionKey()}. */
  private final String partitionKey;

  /** See {@link #sortKey()}. */
  private final @Nullable String sortKey;

  private LockKey(String partitionKey, @Nullable String sortKey) {
    this.partitionKey = partitionKey;
    this.sortKey = sortKey;
  }

  /**
   * Returns a key for a table without a sort key.
   *
   * @param partitionKey 1 to 2,048 bytes of UTF-8
   * @return the key
   * @throws IllegalArgumentException if the key is empty, too long or not well-formed Unicode
   */
  public static LockKey of(String partitionKey) {
    return new LockKey(checked("partition key", partitionKey, Bound.PARTITION_KEY_BYTES), null);
  }

  /**
   * Returns a key for a table with a sort key.
   *
   * @param partitionKey 1 to 2,048 bytes of UTF-8
   * @param sortKey 1 to 1,024 bytes of UTF-8
   * @return the key
   * @throws IllegalArgumentException if a part is empty, too long or not well-formed Unicode
   */
  public static LockKey of(String partitionKey, String sortKey) {
    return new LockKey(
        checked("partition key", partitionKey, Bound.PARTITION_KEY_BYTES),
        checked("sort key", sortKey, Bound.SORT_KEY_BYTES));
  }

  /**
   * Returns the partition key.
   *
   * @return never empty
   */
  public String partitionKey() {
    return partitionKey;
  }

  /**
   * Returns the sort key.
   *
   * @return empty for a key without one
   */
  public Optional<String> sortKey() {
    return Optional.ofNullable(sortKey);
  }

  private static String checked(String part, String value, Bound bound) {
    Objects.requireNonNull(value, part);
    if (value.isEmpty()) {
      throw new IllegalArgumentException("The " + part + " of a lock must not be empty");
    }
    int bytes;
    try {
      // A lone surrogate would be stored as '?', and two different locks would share an item.
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value)).remaining();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The " + part + " of a lock is not well-formed Unicode (unpaired surrogate)", e);
    }
    if (bytes > bound.defaultValue()) {
      throw new IllegalArgumentException(
          "The "
              + part
              + " '"
              + Printable.of(value.substring(0, 32))
              + "...' takes "
              + bytes
              + " bytes of UTF-8; DynamoDB allows "
              + bound.defaultValue()
              + ". Use a shorter key, or a hash of it");
    }
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LockKey that
        && partitionKey.equals(that.partitionKey)
        && Objects.equals(sortKey, that.sortKey);
  }

  @Override
  public int hashCode() {
    return 31 * partitionKey.hashCode() + Objects.hashCode(sortKey);
  }

  /**
   * Returns the key as messages show it: {@code partition} or {@code partition/sort}, with control
   * characters as their codes.
   */
  @Override
  public String toString() {
    return Printable.of(sortKey == null ? partitionKey : partitionKey + "/" + sortKey);
  }
}
