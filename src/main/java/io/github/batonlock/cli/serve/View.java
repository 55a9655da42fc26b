package io.github.batonlock.cli.serve;

import io.github.batonlock.LockKey;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one browser wants to see.
 *
 * @param filter a part of the key or of the holder's name, in lower case; empty for all
 * @param group which locks
 * @param column by which column they are sorted
 * @param isDescending whether the order is reversed
 * @param page the page of the list, from 0 on
 * @param open the lock with details that are shown; null for none
 */
record View(
    String filter,
    Group group,
    Column column,
    boolean isDescending,
    int page,
    @Nullable LockKey open) {

  /** Locks that are counted, and can be shown alone. */
  enum Group {
    ALL,
    HELD,
    TROUBLE,
    ASKED,
    FROZEN,
    FREE;

    boolean has(SeenLock lock) {
      Life life = lock.life();
      return switch (this) {
        case ALL -> true;
        case HELD -> life.isHeld();
        case TROUBLE -> life == Life.DEAD || life == Life.SUSPECT || life == Life.NOT_A_LOCK;
        case ASKED -> !lock.row().asked().isEmpty();
        case FROZEN -> life == Life.FROZEN;
        case FREE -> life == Life.FREE || life == Life.ABSENT;
      };
    }

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The columns by which locks are sorted. */
  enum Column {
    KEY,
    HOLDER,
    STATE,
    SINCE,
    ASKED;

    private Comparator<SeenLock> order() {
      return switch (this) {
        case KEY -> BY_KEY;
        case HOLDER -> Comparator.comparing(SeenLock::holder);
        case STATE -> Comparator.comparing(SeenLock::life);
        case SINCE -> Comparator.comparingLong(SeenLock::heldSince);
        case ASKED -> Comparator.comparingLong(SeenLock::longestAsked).reversed();
      };
    }
  }

  private static final Comparator<SeenLock> BY_KEY =
      Comparator.<SeenLock, String>comparing(lock -> lock.row().key().partitionKey())
          .thenComparing(lock -> lock.row().key().sortKey().orElse(""));

  /** All locks, sorted by key. */
  static final View DEFAULT = new View("", Group.ALL, Column.KEY, false, 0, null);

  /**
   * Reads the query of a request. What cannot be read is as in {@link #DEFAULT}.
   *
   * @param query as it came; null for none
   */
  static View parse(@Nullable String query) {
    Map<String, String> values = values(query == null ? "" : query);
    String filter = values.getOrDefault("filter", "").strip().toLowerCase(Locale.ROOT);
    return new View(
        filter.substring(0, Math.min(filter.length(), PageBounds.FILTER_CHARACTERS)),
        constant(Group.class, values.get("group"), Group.ALL),
        constant(Column.class, values.get("sort"), Column.KEY),
        "desc".equals(values.get("order")),
        page(values.getOrDefault("page", "")),
        key(values.getOrDefault("open", ""), values.get("openSort")));
  }

  private static Map<String, String> values(String query) {
    Map<String, String> values = new HashMap<>();
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        values.put(part.substring(0, equals), decoded(part.substring(equals + 1)));
      }
    }
    return values;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, @Nullable String name, E other) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(name)) {
        return constant;
      }
    }
    return other;
  }

  private static int page(String text) {
    return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
  }

  private static @Nullable LockKey key(String partition, @Nullable String sort) {
    try {
      return partition.isEmpty()
          ? null
          : sort == null ? LockKey.of(partition) : LockKey.of(partition, sort);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The key as the page shows it. */
  static String label(SeenLock lock) {
    return lock.row().key().toString();
  }

  /** Whether a lock has what the filter asks for. */
  boolean matches(SeenLock lock) {
    return filter.isEmpty()
        || label(lock).toLowerCase(Locale.ROOT).contains(filter)
        || lock.row().owner().toLowerCase(Locale.ROOT).contains(filter);
  }

  /** The order of the list; locks that are equal in it are sorted by key. */
  Comparator<SeenLock> order() {
    Comparator<SeenLock> order = isDescending ? column.order().reversed() : column.order();
    return order.thenComparing(BY_KEY);
  }
}
