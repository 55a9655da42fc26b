package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What the checkers read in a row; the library's own codec has no part in it.
 *
 * @param owner the holder; null where there is no row
 * @param version the record version number; null where there is no row
 * @param released whether the lock is free, the row being there
 * @param token the fencing token; zero for none
 * @param leaseMillis the lease
 * @param data the data, read as text; null for none
 * @param naming how the row names a session; null if it does not
 * @param session the session whose lease is this lock's; null for a lock with its own, and for a
 *     free one
 * @param expires whether the row has a time to live
 */
record Row(
    @Nullable String owner,
    @Nullable String version,
    boolean released,
    long token,
    long leaseMillis,
    @Nullable String data,
    @Nullable String naming,
    @Nullable LockKey session,
    boolean expires) {
  static final Row NONE = new Row(null, null, false, 0, 0, null, null, null, false);

  static Row of(@Nullable Map<String, AttributeValue> attributes) {
    if (attributes == null) {
      return NONE;
    }
    AttributeValue token = attributes.get("fencingToken");
    AttributeValue data = attributes.get("data");
    AttributeValue session = attributes.get("session");
    String naming = session == null ? null : session.s();
    String version = attributes.get("recordVersionNumber").s();
    boolean released = attributes.containsKey("isReleased");
    return new Row(
        attributes.get("ownerName").s(),
        version,
        released,
        token == null ? 0 : Long.parseLong(token.n()),
        Long.parseLong(attributes.get("leaseDuration").s()),
        data == null ? null : new String(data.b().asByteArray(), StandardCharsets.UTF_8),
        naming,
        released ? null : session(naming, version),
        attributes.containsKey("ttl"));
  }

  private static @Nullable LockKey session(@Nullable String naming, String version) {
    String start = version + " ";
    return naming == null || !naming.startsWith(start)
        ? null
        : LockKey.of(naming.substring(start.length()));
  }

  boolean isHeld() {
    return version != null && !released;
  }

  @Override
  public String toString() {
    return version == null
        ? "nothing"
        : owner
            + " "
            + Versions.brief(version)
            + " token "
            + token
            + (released ? " free" : session != null ? " shared" : "");
  }
}
