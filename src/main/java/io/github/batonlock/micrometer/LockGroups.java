package io.github.batonlock.micrometer;

import io.github.batonlock.LockKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The groups of locks: the values of one tag, and never more than some. Any thread. */
final class LockGroups {
  /** The group of the locks whose groups came after the bound. */
  static final String OTHER = "other";

  /** The group of the locks for which the user's function has no answer. */
  static final String NONE = "none";

  private final Function<LockKey, @Nullable String> function;
  private final int most;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /**
   * Makes groups by a user's function.
   *
   * @param most how many groups there may be, beside "none" and "other"
   */
  LockGroups(int most, Function<LockKey, @Nullable String> function) {
    this.most = most;
    this.function = function;
  }

  String of(LockKey key) {
    String group = ask(key);
    return known.contains(group) ? group : admitted(group);
  }

  private String ask(LockKey key) {
    try {
      String group = function.apply(key);
      return group == null || group.isBlank() ? NONE : group;
    } catch (RuntimeException e) {
      return NONE;
    }
  }

  private synchronized String admitted(String group) {
    if (group.equals(NONE) || known.contains(group)) {
      return group;
    } else if (known.size() >= most) {
      return OTHER;
    }
    known.add(group);
    return group;
  }
}
