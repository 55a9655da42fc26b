package io.github.batonlock.cli.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The guard of the page: which requests are answered. Immutable.
 *
 * @param token the token of this start; null for a page that only reads
 */
record RequestGuard(@Nullable String token) {
  /** The header with the token. Another site's page cannot send it. */
  static final String TOKEN_HEADER = "X-Baton-Token";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> OWN = Set.of("same-origin", "none");

  /**
   * Checks a request for a file of the page.
   *
   * @param header finds a header; null if the request has none
   * @return why it is refused; null if it is not
   */
  @Nullable String refusalOfFile(Function<String, @Nullable String> header) {
    String host = header.apply("Host");
    // A name that an attacker's DNS resolves to this machine is in this header.
    return host != null && LOOPBACK.contains(withoutPort(host))
        ? null
        : "Open this page by the address that 'baton serve' has printed";
  }

  /** Checks a request for the locks. */
  @Nullable String refusalOfRead(Function<String, @Nullable String> header) {
    String refusal = refusalOfFile(header);
    if (refusal != null) {
      return refusal;
    }
    String origin = header.apply("Origin");
    String site = header.apply("Sec-Fetch-Site");
    boolean isOwn =
        (origin == null || origin.equalsIgnoreCase("http://" + header.apply("Host")))
            && (site == null || OWN.contains(site));
    return isOwn ? null : "Another site's page may not read the locks";
  }

  /** Checks a request for a change. */
  @Nullable String refusalOfChange(Function<String, @Nullable String> header) {
    String refusal = refusalOfRead(header);
    if (refusal != null) {
      return refusal;
    }
    String expected = token;
    if (expected == null) {
      return "This page only reads. Start 'baton serve --allow-break' to break locks";
    }
    String type = header.apply("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      return "A change is sent as application/json";
    }
    String given = header.apply(TOKEN_HEADER);
    return given != null && isSame(given, expected)
        ? null
        : "The token is missing or of an earlier start. Open the address that 'baton serve' has"
            + " printed, with its token";
  }

  private static boolean isSame(String given, String expected) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }

  private static String withoutPort(String host) {
    return host.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", "");
  }
}
