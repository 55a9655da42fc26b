package io.github.batonlock.cli.serve;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.operator.LockRow;
import io.github.batonlock.internal.operator.LockRow.Asker;
import io.github.batonlock.internal.operator.LockRow.State;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Rows as looks at a table give them. */
final class PageRows {
  static final Duration LEASE = Duration.ofSeconds(20);

  private PageRows() {}

  /** A held lock. */
  static LockRow held(String key, String owner, long token, String version, Asker... asked) {
    return row(key, State.HELD, item(owner, token, version, false), asked);
  }

  /** A lock with a holder whose lease is over by the table's clock. */
  static LockRow dead(String key, String owner, long token, String version) {
    return row(key, State.DEAD, item(owner, token, version, false));
  }

  /** A free lock. */
  static LockRow free(String key, String owner, long token, String version) {
    return row(key, State.FREE, item(owner, token, version, true));
  }

  /** A lock that an operator has closed. */
  static LockRow frozen(String key, String note, long token) {
    LockItem item =
        new LockItem(
            note,
            Duration.ofHours(4),
            "f" + token,
            false,
            OptionalLong.of(token),
            null,
            null,
            true,
            null);
    return row(key, State.FROZEN, item);
  }

  /** A row of another program. */
  static LockRow foreign(String key) {
    return new LockRow(
        LockKey.of(key),
        State.NOT_A_LOCK,
        null,
        new ItemState.NotALock("recordVersionNumber", "is missing"),
        Optional.empty(),
        null,
        List.of());
  }

  private static LockItem item(String owner, long token, String version, boolean released) {
    return new LockItem(owner, LEASE, version, released, OptionalLong.of(token), null, null);
  }

  private static LockRow row(String key, State state, LockItem item, Asker... asked) {
    return new LockRow(LockKey.of(key), state, item, null, Optional.empty(), item, List.of(asked));
  }
}
