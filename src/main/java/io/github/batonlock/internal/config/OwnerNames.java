package io.github.batonlock.internal.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Generated names for clients without a configured owner name. */
public final class OwnerNames {
  private static final int RANDOM_BYTES = 6;
  private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private OwnerNames() {}

  /**
   * Returns a name of host, process and a random part. It tells an operator where to look, and is
   * unique.
   *
   * @return the name
   */
  static String unique() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return host() + "-" + ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random);
  }

  /**
   * The name of this machine. Does not use InetAddress.getLocalHost, which may ask a name server,
   * for seconds.
   *
   * @return "host" if it is not known
   */
  public static String host() {
    for (String name :
        new @Nullable String[] {
          System.getenv("HOSTNAME"), linuxHostName(), System.getenv("COMPUTERNAME")
        }) {
      if (name != null && !name.isBlank()) {
        return name.strip();
      }
    }
    return "host";
  }

  private static @Nullable String linuxHostName() {
    try {
      return Files.isReadable(LINUX_HOST_NAME) ? Files.readString(LINUX_HOST_NAME) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
