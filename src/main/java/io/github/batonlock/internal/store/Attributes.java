package io.github.batonlock.internal.store;

import java.util.Set;

/** The attributes of a lock item that are the protocol's (section 1). */
final class Attributes {
  static final String OWNER_NAME = "ownerName";
  static final String LEASE_DURATION = "leaseDuration";
  static final String VERSION = "recordVersionNumber";
  static final String IS_RELEASED = "isReleased";
  static final String DATA = "data";
  static final String FENCING_TOKEN = "fencingToken";
  static final String SESSION = "session";
  static final String TTL = "ttl";
  static final String RELEASE_REQUEST = "releaseRequest";

  /** What {@link #IS_RELEASED} says where it is present. */
  static final String RELEASED = "1";

  /** Tokens are below this number, their fractions included; a grant adds one to smaller ones. */
  static final long TOKEN_LIMIT = Long.MAX_VALUE - 1;

  /** A token that is not below this number cannot grow: no grant may add one to it. */
  static final long GROWING_TOKEN_LIMIT = TOKEN_LIMIT - 1;

  /** All of them. */
  static final Set<String> RESERVED =
      Set.of(
          OWNER_NAME,
          LEASE_DURATION,
          VERSION,
          IS_RELEASED,
          DATA,
          FENCING_TOKEN,
          SESSION,
          TTL,
          RELEASE_REQUEST);

  private Attributes() {}
}
