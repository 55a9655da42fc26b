package io.github.batonlock.internal.client;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;

/** Names for clients whose users give none. */
final class OwnerNames {
  private static final int RANDOM_BYTES = 6;

  private OwnerNames() {}

  /**
   * Host, process and a random part: tells an operator where to look, and is unique.
   *
   * @return the name
   */
  static String unique() {
    // Not InetAddress.getLocalHost: it may ask a name server, for seconds.
    String host =
        Objects.requireNonNullElseGet(
            System.getenv("HOSTNAME"),
            () -> Objects.requireNonNullElse(System.getenv("COMPUTERNAME"), "host"));
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return host + "-" + ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random);
  }
}
