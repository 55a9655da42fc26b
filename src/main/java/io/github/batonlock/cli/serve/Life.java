package io.github.batonlock.cli.serve;

import io.github.batonlock.internal.operator.LockRow;
import java.util.Locale;

/** What the page says of a lock. In the order of a list by state: trouble first. */
enum Life {
  /** The holder was silent for its lease. */
  DEAD,
  /** The holder was silent for half of its lease. */
  SUSPECT,
  /** The row is no lock. */
  NOT_A_LOCK,
  /** An operator has closed the lock. */
  FROZEN,
  /** The holder has released the lock and left it closed for a while. */
  CLOSED,
  /** A client holds the lock, and has not shown life to this page yet. */
  HELD,
  /** The holder has shown life less than half of its lease ago. */
  ALIVE,
  /** No client holds the lock. */
  FREE,
  /** There is no item: no client holds the lock. */
  ABSENT;

  /** Whether the item names a holder. */
  boolean isHeld() {
    return switch (this) {
      case DEAD, SUSPECT, HELD, ALIVE -> true;
      case NOT_A_LOCK, FROZEN, CLOSED, FREE, ABSENT -> false;
    };
  }

  /** The name as the page's code knows it. */
  String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What one look tells. Of a held lock, {@link SeenLock} tells more. */
  static Life of(LockRow.State state) {
    return switch (state) {
      case ABSENT -> ABSENT;
      case FREE -> FREE;
      case HELD -> HELD;
      case DEAD -> DEAD;
      case CLOSED -> CLOSED;
      case FROZEN -> FROZEN;
      case SESSION, SESSION_OVER, NOT_A_LOCK -> NOT_A_LOCK;
    };
  }
}
