package io.github.batonlock.internal.protocol;

import java.time.Duration;

/**
 * A request to release a lock, as it stands in the lock item while that is held.
 *
 * @param id unique
 * @param askedBy the owner name of who asks
 * @param reason for people
 * @param deadline how long the holder may take
 * @param token the fencing token of the hold that is meant
 * @param reserve whether who asks waits for the lock, and wants it kept for it on release
 */
public record AskedRelease(
    String id, String askedBy, String reason, Duration deadline, long token, boolean reserve) {

  /**
   * A request of somebody who does not wait for the lock.
   *
   * @param id unique
   * @param askedBy the owner name of who asks
   * @param reason for people
   * @param deadline how long the holder may take
   * @param token the fencing token of the hold that is meant
   */
  public AskedRelease(String id, String askedBy, String reason, Duration deadline, long token) {
    this(id, askedBy, reason, deadline, token, false);
  }
}
