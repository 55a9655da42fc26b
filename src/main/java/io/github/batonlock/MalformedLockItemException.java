package io.github.batonlock;

import io.github.batonlock.internal.runtime.Printable;
import java.util.Objects;

/**
 * The item stored under a lock's key is not a lock; Baton left the item unchanged.
 *
 * <p>An attribute that every lock item has is missing, has another type, or has a value that no
 * client writes.
 */
public final class MalformedLockItemException extends LockException {
  private static final long serialVersionUID = 1L;

  /** See {@link #key()}. */
  private final LockKey key;

  /** See {@link #attribute()}. */
  private final String attribute;

  /**
   * Creates the exception, for Baton and for tests of code that handles it.
   *
   * @param key the item's key
   * @param attribute the attribute at fault
   * @param problem what is wrong with it, as a clause: {@code is missing}
   */
  public MalformedLockItemException(LockKey key, String attribute, String problem) {
    super(
        "The item '"
            + key
            + "' is not a lock: attribute '"
            + Printable.of(attribute)
            + "' "
            + Printable.of(problem)
            + ". It was left as it is. The item may belong to another program: check first whether"
            + " this is the right table and partition key. If so, use another key; repair or delete"
            + " the item only if no program needs it",
        null);
    this.key = Objects.requireNonNull(key, "key");
    this.attribute = Objects.requireNonNull(attribute, "attribute");
  }

  /**
   * Returns the item's key.
   *
   * @return the key
   */
  public LockKey key() {
    return key;
  }

  /**
   * Returns the attribute at fault.
   *
   * @return its name
   */
  public String attribute() {
    return attribute;
  }
}
