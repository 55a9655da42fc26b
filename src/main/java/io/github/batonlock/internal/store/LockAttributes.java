package io.github.batonlock.internal.store;

import java.util.Set;

/** The attributes of a lock item that belong to the protocol (section 1). */
public final class LockAttributes {
  public static final String OWNER_NAME = "ownerName";
  public static final String LEASE_DURATION = "leaseDuration";
  public static final String VERSION = "recordVersionNumber";
  public static final String IS_RELEASED = "isReleased";
  public static final String DATA = "data";
  public static final String FENCING_TOKEN = "fencingToken";
  public static final String SESSION = "session";
  public static final String TTL = "ttl";
  public static final String RELEASE_REQUEST = "releaseRequest";
  public static final String KEPT_CLOSED = "keptClosed";

  /** See {@link io.github.batonlock.internal.protocol.SentBefore}. */
  public static final String SENT_BEFORE = "sentBefore";

  /** The value of {@link #IS_RELEASED} where it is present. */
  public static final String RELEASED = "1";

  /** The value of {@link #KEPT_CLOSED} where it is present. */
  public static final String CLOSED = "1";

  /** Tokens are below this number, their fractions included; a grant adds one to smaller ones. */
  public static final long TOKEN_LIMIT = Long.MAX_VALUE - 1;

  /** A token that is not below this number cannot grow: no grant may add one to it. */
  public static final long GROWING_TOKEN_LIMIT = TOKEN_LIMIT - 1;

  /** All attributes of the protocol. */
  public static final Set<String> RESERVED =
      Set.of(
          OWNER_NAME,
          LEASE_DURATION,
          VERSION,
          IS_RELEASED,
          DATA,
          FENCING_TOKEN,
          SESSION,
          TTL,
          RELEASE_REQUEST,
          KEPT_CLOSED,
          SENT_BEFORE);

  private LockAttributes() {}

  /**
   * Whether an attribute belongs to the protocol, so that users must not set it. The table's key
   * attributes are reserved, too, but depend on the table.
   *
   * @param attribute its name
   * @return true for the eleven names of the protocol
   */
  public static boolean isReserved(String attribute) {
    return RESERVED.contains(attribute);
  }
}
